import { type GapCause, type Instant, laterOf } from "@overt/core";

/** What the store is told: at most one gap of a track is open at a time. */
export interface GapRows {
  open(at: Instant, cause: GapCause): void;
  close(at: Instant): void;
}

/** Under which cause a gap is filed that begins at `from`; `before`: the cause of the one that it continues. */
export type FileUnder = (cause: GapCause, from: Instant, before: GapCause | null) => GapCause;

/** No gap is drawn below this unless its cause is known: cameras send fewer pictures than they say (case ops-02). */
export const HOLE_MS = 2_000;

/**
 * Sees to it that each moment of an asked track is either recorded or in exactly one gap. A gap begins at the end of the
 * last picture, not when it was noticed; when its cause changes the row is ended and the next one begins there.
 */
export class GapKeeper {
  readonly #rows: GapRows;
  readonly #file: FileUnder;
  #recordedTo: Instant;
  #open: { from: Instant; cause: GapCause } | null = null;

  /** `recordedTo`: the end of what the track holds already, or the moment it was first asked for. */
  constructor(rows: GapRows, recordedTo: Instant, file: FileUnder = (cause) => cause) {
    this.#rows = rows;
    this.#file = file;
    this.#recordedTo = recordedTo;
  }

  get cause(): GapCause | null {
    return this.#open?.cause ?? null;
  }

  /** When the gap that lasts began. */
  get since(): Instant | null {
    return this.#open?.from ?? null;
  }

  /** End of the last picture that was recorded. */
  get recordedTo(): Instant {
    return this.#recordedTo;
  }

  /** Pictures of `[from, to)` were taken into the track. A hole that nobody named was the camera's silence. */
  recorded(from: Instant, to: Instant): void {
    if (!this.#open && from - this.#recordedTo >= HOLE_MS) this.missing("camera_silent", from);
    if (this.#open) {
      this.#rows.close(laterOf(from, this.#open.from));
      this.#open = null;
    }
    this.#recordedTo = laterOf(to, this.#recordedTo);
  }

  /** Nothing is recorded since the last picture, because of `cause`; `now` is when that was noticed. */
  missing(cause: GapCause, now: Instant): void {
    const from = this.#open ? laterOf(now, this.#open.from) : this.#recordedTo;
    const filed = this.#file(cause, from, this.cause);
    if (this.#open?.cause === filed) return;
    if (this.#open) this.#rows.close(from);
    this.#rows.open(from, filed);
    this.#open = { from, cause: filed };
  }

  /** More is known about why: the gap that lasts is filed anew, from its beginning. */
  reconsider(): void {
    const open = this.#open;
    if (!open) return;
    const filed = this.#file(open.cause, open.from, null);
    if (filed === open.cause) return;
    this.#rows.close(open.from);
    this.#rows.open(open.from, filed);
    this.#open = { from: open.from, cause: filed };
  }

  /** The track is asked for, from here on: what was not recorded before is no gap. */
  asked(now: Instant): void {
    if (!this.#open) this.#recordedTo = laterOf(now, this.#recordedTo);
  }

  /** The track is no longer asked for: silence from here on is no gap. */
  unasked(now: Instant): void {
    if (this.#open) this.#rows.close(laterOf(now, this.#open.from));
    this.#open = null;
    this.#recordedTo = laterOf(now, this.#recordedTo);
  }
}
