import { type GapCause, type Instant, laterOf } from "@overt/core";

/** What the store is told: at most one gap of a track is open at a time. */
export interface GapRows {
  open(at: Instant, cause: GapCause): void;
  close(at: Instant): void;
}

/**
 * Sees to it that each moment of an asked track is either recorded or in exactly one gap. A gap begins at the end of the
 * last picture, not when it was noticed; when its cause changes the row is ended and the next one begins there.
 */
export class GapKeeper {
  readonly #rows: GapRows;
  #recordedTo: Instant;
  #open: { from: Instant; cause: GapCause } | null = null;

  /** `recordedTo`: the end of what the track holds already, or the moment it was first asked for. */
  constructor(rows: GapRows, recordedTo: Instant) {
    this.#rows = rows;
    this.#recordedTo = recordedTo;
  }

  get cause(): GapCause | null {
    return this.#open?.cause ?? null;
  }

  /** End of the last picture that was recorded. */
  get recordedTo(): Instant {
    return this.#recordedTo;
  }

  /** Pictures of `[from, to)` were taken into the track. */
  recorded(from: Instant, to: Instant): void {
    if (this.#open) {
      this.#rows.close(laterOf(from, this.#open.from));
      this.#open = null;
    }
    this.#recordedTo = laterOf(to, this.#recordedTo);
  }

  /** Nothing is recorded since the last picture, because of `cause`; `now` is when that was noticed. */
  missing(cause: GapCause, now: Instant): void {
    if (this.#open?.cause === cause) return;
    const from = this.#open ? laterOf(now, this.#open.from) : this.#recordedTo;
    if (this.#open) this.#rows.close(from);
    this.#rows.open(from, cause);
    this.#open = { from, cause };
  }

  /** The track is no longer asked for: silence from here on is no gap. */
  unasked(now: Instant): void {
    if (this.#open) this.#rows.close(laterOf(now, this.#open.from));
    this.#open = null;
    this.#recordedTo = laterOf(now, this.#recordedTo);
  }
}
