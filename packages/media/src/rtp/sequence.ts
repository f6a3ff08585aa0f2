/** RFC 3550 A.1: a packet up to this far behind is late, one up to this far ahead shows a loss. */
const MAX_MISORDER = 100;
const MAX_DROPOUT = 3_000;

export type Step =
  | { readonly kind: "next" | "late" | "restarted" }
  | { readonly kind: "lost"; readonly packets: number };

const NEXT: Step = { kind: "next" };
const LATE: Step = { kind: "late" };
const RESTARTED: Step = { kind: "restarted" };

/** Follows the 16-bit sequence numbers of one source, and what a receiver report says of it (RFC 3550 A.1, A.3, A.8). */
export class SequenceTracker {
  readonly #clockRate: number;
  #first = -1;
  /** Extended with the number of wraps. */
  #highest = 0;
  #received = 0;
  #lostAtRestarts = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit = Number.NaN;
  #jitterTicks = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Takes the sequence number of the next packet in order of arrival. */
  next(sequence: number): Step {
    if (this.#first < 0) return this.#begin(sequence, NEXT);
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead === 0 || ahead >= 0x10000 - MAX_MISORDER) return LATE;
    if (ahead > MAX_DROPOUT) {
      this.#lostAtRestarts = this.lost;
      return this.#begin(sequence, RESTARTED);
    }
    this.#highest += ahead;
    this.#received++;
    return ahead === 1 ? NEXT : { kind: "lost", packets: ahead - 1 };
  }

  /** A packet of the same source that is not ours to read; where its number is the next one, it was no loss. */
  pass(sequence: number): void {
    if (this.#first < 0 || ((sequence - this.#highest) & 0xffff) !== 1) return;
    this.#highest++;
    this.#received++;
  }

  /** Interarrival jitter (RFC 3550 §6.4.1), for each packet. */
  arrived(timestamp: number, receivedAtMs: number): void {
    const transit = (receivedAtMs / 1000) * this.#clockRate - timestamp;
    const difference = Math.abs(transit - this.#transit);
    this.#transit = transit;
    // A wrapped or jumped timestamp says nothing about the network.
    if (difference < 10 * this.#clockRate) this.#jitterTicks += (difference - this.#jitterTicks) / 16;
  }

  /** Packets lost since the beginning. */
  get lost(): number {
    return this.#lostAtRestarts + Math.max(0, this.#expected - this.#received);
  }

  /** The numbers of a report block since the last call (RFC 3550 §6.4.1). */
  reportBlock(): { fractionLost: number; lost: number; highestSequence: number; jitterTicks: number } {
    const expected = this.#expected - this.#expectedBefore;
    const lost = expected - (this.#received - this.#receivedBefore);
    this.#expectedBefore = this.#expected;
    this.#receivedBefore = this.#received;
    return {
      fractionLost: expected > 0 && lost > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      lost: this.lost,
      highestSequence: this.#highest % 2 ** 32,
      jitterTicks: Math.round(this.#jitterTicks),
    };
  }

  get #expected(): number {
    return this.#first < 0 ? 0 : this.#highest - this.#first + 1;
  }

  #begin(sequence: number, step: Step): Step {
    this.#first = sequence;
    this.#highest = sequence;
    this.#received = 1;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    return step;
  }
}
