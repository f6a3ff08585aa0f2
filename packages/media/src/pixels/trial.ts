const TRIAL_MS = 1_000;
/** If more of the known cells differ than this, it is no longer that place, or no longer that light. */
const FIT_SHARE = 0.25;

export type Verdict = "none" | "trying" | "fits" | "differs";

/**
 * Whether ground from before an interruption may still be used. It was learnt when nobody stood there, so that whoever
 * stands there now differs from it and is hidden; but the camera must be seen to look at the same place for a second.
 */
export class Trial {
  #pending = false;
  #since = Number.NaN;
  #worst = 0;

  begin(): void {
    this.#pending = true;
    this.#since = Number.NaN;
    this.#worst = 0;
  }

  drop(): void {
    this.#pending = false;
  }

  /** @param share  How much of the known ground differs in the picture at `at` (ms). */
  judge(share: number, at: number): Verdict {
    if (!this.#pending) return "none";
    if (Number.isNaN(this.#since)) this.#since = at;
    this.#worst = Math.max(this.#worst, share);
    if (at - this.#since < TRIAL_MS) return "trying";
    this.#pending = false;
    return this.#worst <= FIT_SHARE ? "fits" : "differs";
  }
}
