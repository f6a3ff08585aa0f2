import type { CameraId, EpochId, Instant, SegmentId, Track } from "@overt/core";
import { periodStart } from "@overt/rules";
import type { PreparedEpoch } from "./batch.ts";
import { epochEnd } from "./epoch-grid.ts";

/** A track whose epochs are kept ready. */
export interface Seat {
  readonly camera: CameraId;
  readonly track: Track;
  readonly retentionMs: number;
  /** At most an hour and at most a 24th of the retention (`periodMs` of the permit). */
  readonly periodMs: number;
}

/** Leave to seal one segment. Who gets it owns the key, and wipes it (`SegmentSealer` does). */
export interface SegmentGrant {
  readonly epoch: EpochId;
  readonly segment: SegmentId;
  readonly key: Uint8Array;
  /** Trusted UTC ms: nothing that begins later may be sealed under this epoch. */
  readonly epochEnds: Instant;
  /** With the first segment of an epoch: to be stored before anything that is sealed under it. */
  readonly envelopeRecord: Uint8Array | null;
}

export interface ReadyEpoch {
  readonly prepared: PreparedEpoch;
  /** Of the period in which it must begin. */
  readonly periodStart: Instant;
}

interface OpenEpoch extends ReadyEpoch {
  readonly ends: Instant;
  nextSegment: number;
}

/** The segment keys of one track: those of the running epoch and those of the next. What is over is overwritten. */
export class SeatKeys {
  readonly seat: Seat;
  readonly #epochMs: number;
  #current: OpenEpoch | null = null;
  #spare: ReadyEpoch | null = null;
  #waiting: (() => void)[] = [];

  constructor(seat: Seat, epochMs: number) {
    this.seat = seat;
    this.#epochMs = epochMs;
  }

  /** When the next epoch will begin: it must lie under the period key of that moment. */
  nextStart(now: Instant): Instant {
    return this.#current && this.#current.ends > now ? this.#current.ends : now;
  }

  get hasSpare(): boolean {
    return this.#spare !== null;
  }

  /** The next segment of the epoch that runs at `now`, or `null` when there is none. */
  grant(now: Instant): SegmentGrant | null {
    this.expire(now);
    if (!this.#current && !this.#begin(now)) return null;
    const epoch = this.#current as unknown as OpenEpoch;
    const { segments, envelopeRecord } = epoch.prepared;
    const first = epoch.nextSegment === 0;
    const { segment, key } = segments[epoch.nextSegment++]!;
    return {
      epoch: epoch.prepared.epoch,
      segment,
      key,
      epochEnds: epoch.ends,
      envelopeRecord: first ? envelopeRecord : null,
    };
  }

  deliver(ready: ReadyEpoch): void {
    if (this.#spare) wipe(this.#spare, 0);
    this.#spare = ready;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Forgets what can no longer be used at `now`. */
  expire(now: Instant): void {
    const current = this.#current;
    if (current && (now >= current.ends || current.nextSegment === current.prepared.segments.length)) this.endEpoch();
    const period = periodStart(now, this.seat.periodMs);
    if (!this.#current && this.#spare && this.#spare.periodStart !== period) this.#dropSpare();
  }

  endEpoch(): void {
    if (this.#current) wipe(this.#current, this.#current.nextSegment);
    this.#current = null;
  }

  /** Forgets everything, and lets go whoever waits. */
  forget(): void {
    this.endEpoch();
    this.#dropSpare();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async ready(): Promise<void> {
    if (this.#current || this.#spare) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #begin(now: Instant): boolean {
    const spare = this.#spare;
    if (!spare) return false;
    this.#spare = null;
    this.#current = { ...spare, ends: epochEnd(this.seat, now, this.#epochMs, this.seat.periodMs), nextSegment: 0 };
    return true;
  }

  #dropSpare(): void {
    if (this.#spare) wipe(this.#spare, 0);
    this.#spare = null;
  }
}

function wipe({ prepared }: ReadyEpoch, from: number): void {
  for (const { key } of prepared.segments.slice(from)) key.fill(0);
}
