import { DecodeTimes, MAX_REORDER } from "./decode-times.ts";
import type { Tally } from "./tally.ts";

const WRAP = 2 ** 32;
/** How far ahead of its arrival a picture may be stamped. */
const FORWARD_SLACK_S = 2;
/** How far back reordering can reach. */
const REORDER_LIMIT_S = 3;
/** Reorder depth assumed where the SPS does not say; real encoders stay at 1 to 4. */
const UNKNOWN_REORDER = 4;
/** How fast the lead of media over arrival may change by itself: well above any crystal's error. */
const DRIFT = 500e-6;
/** No more drift than that of so long is forgotten at once, since the slack covers what a silence adds. */
const FORGET_AT_MOST_S = 10;

interface Reference {
  raw: number;
  out: number;
  atMs: number;
}

/**
 * One growing time line out of 32-bit RTP timestamps, in ticks since the first picture: wraps are undone (rtp-11), a
 * lone outlier is placed beside its neighbours, a jump that lasts is joined without a hole (rtp-10), and pictures in
 * decoding order are let go back and forth (rtp-13).
 */
export class Timeline {
  readonly #clockRate: number;
  readonly #tally: Tally;
  readonly #decode = new DecodeTimes(0);
  #reorderLimit = UNKNOWN_REORDER;
  #last: Reference | null = null;
  /** The last picture that did not fit, as the possible start of a new time line. */
  #candidate: Reference | null = null;
  #restarted = false;
  #intervalTicks: number;
  /** Largest seen (media time - arrival), seconds: that of the least delayed picture. */
  #leadS = Number.NEGATIVE_INFINITY;
  #leadAtMs = 0;
  /** Pictures since the one that is shown last so far. */
  #sinceLatest = 0;

  constructor(clockRate: number, tally: Tally) {
    this.#clockRate = clockRate;
    this.#tally = tally;
    this.#intervalTicks = clockRate / 25;
  }

  /** What the active SPS says of reordering and rate; null where it says nothing. */
  expect(maxReorder: number | null, frameRate: number | null): void {
    this.#reorderLimit = Math.min(MAX_REORDER, Math.max(2, maxReorder ?? UNKNOWN_REORDER));
    if (maxReorder !== null) this.#decode.setDepth(maxReorder);
    if (!this.#last && frameRate && frameRate >= 1 && frameRate <= 240)
      this.#intervalTicks = this.#clockRate / frameRate;
  }

  /** The source was replaced: the next picture goes on from the last by arrival time, whatever its timestamp. */
  restart(): void {
    this.#restarted = true;
    this.#candidate = null;
  }

  /**
   * Places the next picture in decoding order.
   *
   * @param timestamp 32-bit RTP timestamp.
   * @returns presentation and decode time, in ticks.
   */
  place(timestamp: number, receivedAtMs: number): { presentation: number; decode: number } {
    const presentation = this.#present(timestamp, receivedAtMs);
    return { presentation, decode: this.#decode.next(presentation, Math.round(this.#intervalTicks)) };
  }

  /** A timestamp of a sender report on this line; null before the first picture or when it is minutes away. */
  locate(timestamp: number): number | null {
    if (!this.#last || this.#restarted) return null;
    const delta = (timestamp - this.#last.raw) | 0;
    return Math.abs(delta) <= 120 * this.#clockRate ? this.#last.out + delta : null;
  }

  #present(raw: number, atMs: number): number {
    const last = this.#last;
    if (!last) return this.#accept({ raw, out: 0, atMs });
    if (this.#restarted) {
      this.#restarted = false;
      return this.#accept({ raw, out: this.#beside(atMs), atMs });
    }
    const out = last.out + this.#delta(last, raw, atMs);
    if (this.#fits(out, atMs)) {
      this.#candidate = null;
      this.#learnInterval(out);
      return this.#accept({ raw, out, atMs });
    }
    return this.#misfit(raw, atMs);
  }

  #misfit(raw: number, atMs: number): number {
    const candidate = this.#candidate;
    if (candidate) {
      const joined = candidate.out + this.#delta(candidate, raw, atMs);
      if (this.#fits(joined, atMs)) {
        this.#tally.note("timeline-joined");
        this.#candidate = null;
        return this.#accept({ raw, out: joined, atMs });
      }
    }
    this.#tally.note("timestamp-outlier");
    const out = this.#beside(atMs);
    this.#candidate = { raw, out, atMs };
    return out;
  }

  #accept(reference: Reference): number {
    this.#last = reference;
    const lead = reference.out / this.#clockRate - reference.atMs / 1000;
    const forgotten = Math.min(this.#sinceLeadS(reference.atMs), FORGET_AT_MOST_S) * DRIFT;
    this.#leadS = Math.max(lead, this.#leadS - forgotten);
    this.#leadAtMs = reference.atMs;
    return reference.out;
  }

  #sinceLeadS(atMs: number): number {
    return Math.max(0, atMs - this.#leadAtMs) / 1000;
  }

  /** Ticks from a reference, of all that equal the 32-bit difference the one nearest to what arrival says. */
  #delta(from: Reference, raw: number, atMs: number): number {
    const difference = (raw - from.raw) | 0;
    const elapsed = ((atMs - from.atMs) / 1000) * this.#clockRate;
    return difference + Math.round((elapsed - difference) / WRAP) * WRAP;
  }

  /** Not stamped before it can have been taken, nor further back than pictures are reordered. */
  #fits(out: number, atMs: number): boolean {
    const interval = this.#intervalTicks / this.#clockRate;
    const lead = out / this.#clockRate - atMs / 1000;
    const slack = Math.max(FORWARD_SLACK_S, 3 * interval) + this.#sinceLeadS(atMs) * DRIFT;
    if (lead > this.#leadS + slack) return false;
    const latest = this.#decode.latest;
    if (out > latest) return true;
    return latest - out <= REORDER_LIMIT_S * this.#clockRate && this.#decode.laterThan(out) <= this.#reorderLimit;
  }

  /**
   * After the latest picture, by the time since the last one arrived: within a half and one and a half of the usual
   * interval, unless there was a pause that is longer than a network's delays.
   */
  #beside(atMs: number): number {
    const elapsed = ((atMs - (this.#candidate ?? this.#last)!.atMs) / 1000) * this.#clockRate;
    const usual = this.#intervalTicks * 1.5;
    const paused = elapsed > usual + FORWARD_SLACK_S * this.#clockRate;
    const step = paused ? elapsed : Math.min(Math.max(elapsed, this.#intervalTicks / 2), usual);
    return this.#decode.latest + Math.max(1, Math.round(step));
  }

  #learnInterval(out: number): void {
    this.#sinceLatest++;
    const step = (out - this.#decode.latest) / this.#sinceLatest;
    if (step <= 0) return;
    this.#sinceLatest = 0;
    if (step < 60 * this.#clockRate) this.#intervalTicks += (step - this.#intervalTicks) / 8;
  }
}
