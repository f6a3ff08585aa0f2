/** H.264 and H.265 hold at most 16 pictures for reordering. */
export const MAX_REORDER = 16;

/**
 * Decode times from presentation times in decoding order, without delay: with a reorder depth of d pictures, the
 * decode time of a picture is the (d + 1)-th largest presentation time so far. That is never later than its own
 * presentation time, and grows with each picture (case rtp-13).
 */
export class DecodeTimes {
  /** The largest presentation times so far, ascending. */
  readonly #latest: number[] = [];
  #depth: number;
  #last = Number.NEGATIVE_INFINITY;

  /** @param depth pictures, from the SPS; raised when the stream turns out to reorder more. */
  constructor(depth: number) {
    this.#depth = Math.min(depth, MAX_REORDER);
  }

  get depth(): number {
    return this.#depth;
  }

  /** The latest presentation time; -Infinity before the first. */
  get latest(): number {
    return this.#latest.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  setDepth(depth: number): void {
    this.#depth = Math.min(depth, MAX_REORDER);
  }

  /** How many pictures were decoded before and are shown after `presentationTicks`; more than 16 count as 17. */
  laterThan(presentationTicks: number): number {
    let at = this.#latest.length;
    while (at > 0 && this.#latest[at - 1]! > presentationTicks) at--;
    return this.#latest.length - at;
  }

  /**
   * The decode time of the next picture, in ticks: larger than the one before.
   *
   * @param intervalTicks the usual distance of pictures, for the first ones, whose decode times lie before the first
   *   presentation time and so can be negative.
   */
  next(presentationTicks: number, intervalTicks: number): number {
    const later = this.laterThan(presentationTicks);
    if (later > this.#depth && later <= MAX_REORDER) this.#depth = later;
    this.#insert(presentationTicks, later);
    const ready = this.#latest.length - 1 - this.#depth;
    const wanted = ready >= 0 ? this.#latest[ready]! : this.#latest[0]! + ready * intervalTicks;
    this.#last = Math.max(wanted, this.#last + 1);
    return this.#last;
  }

  #insert(presentationTicks: number, later: number): void {
    this.#latest.splice(this.#latest.length - later, 0, presentationTicks);
    if (this.#latest.length > MAX_REORDER + 1) this.#latest.shift();
  }
}
