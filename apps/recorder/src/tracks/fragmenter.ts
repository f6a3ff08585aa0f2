import type { DurationMs, Instant } from "@overt/core";

/** One picture of a track in decode order, as it will stand in a fragment. */
export interface TrackPicture {
  readonly nals: readonly Uint8Array[];
  readonly key: boolean;
  /** Grows from picture to picture; 90 kHz. */
  readonly decodeTicks: number;
  /** Presentation minus decode time; 90 kHz. */
  readonly compositionOffsetTicks: number;
  /** When it was taken, by the recorder's clock. */
  readonly at: Instant;
}

export interface TimedPicture extends TrackPicture {
  readonly durationTicks: number;
}

/** Pictures that become durable together. Never empty. */
export interface PictureRun {
  readonly pictures: readonly TimedPicture[];
  readonly at: Instant;
  readonly durationMs: DurationMs;
}

export const TICKS_PER_SECOND = 90_000;
/** Below the 1 s that a fragment may span, so that waiting, writing and syncing it stay below the 2 s that may be lost. */
export const FRAGMENT_MS = 900;
/** How far apart a track's pictures stand. */
export interface Pace {
  /** A longer distance is a hole, and its picture gets the duration of the one before. */
  readonly longestMs: DurationMs;
  /** For a picture that no other one follows or precedes. */
  readonly guessMs: DurationMs;
}

export const MOVING: Pace = { longestMs: 2_000, guessMs: 66 };

const ticksOf = (ms: DurationMs): number => Math.round((ms * TICKS_PER_SECOND) / 1000);

/**
 * Cuts a track into runs of at most `FRAGMENT_MS`, each starting where the last one ended. A picture's duration is known
 * only when the next one comes, so one picture is always held back; `flush` lets it go with the duration before it.
 */
export class Fragmenter {
  #open: TimedPicture[] = [];
  #held: TrackPicture | null = null;
  readonly #longestTicks: number;
  #lastDurationTicks: number;

  constructor(pace: Pace = MOVING) {
    this.#longestTicks = ticksOf(pace.longestMs);
    this.#lastDurationTicks = ticksOf(pace.guessMs);
  }

  /** When the oldest picture in here was taken. */
  get oldestAt(): Instant | null {
    return this.#open[0]?.at ?? this.#held?.at ?? null;
  }

  /** @returns what is complete now: a run ends before a key picture and before it grows over `FRAGMENT_MS`. */
  push(picture: TrackPicture): PictureRun[] {
    const runs: PictureRun[] = [];
    if (this.#held) {
      this.#settle(this.#held, this.#plausible(picture.decodeTicks - this.#held.decodeTicks));
      const first = this.#open[0] as TimedPicture;
      const spanTicks = picture.decodeTicks - first.decodeTicks;
      if (picture.key || spanTicks >= ticksOf(FRAGMENT_MS) || spanTicks < 0) runs.push(this.#close());
    }
    this.#held = picture;
    return runs;
  }

  /** Everything that is held, for the end of a segment or when no next picture comes. */
  flush(): PictureRun | null {
    if (this.#held) this.#settle(this.#held, this.#lastDurationTicks);
    this.#held = null;
    return this.#open.length > 0 ? this.#close() : null;
  }

  #plausible(ticks: number): number {
    return ticks > 0 && ticks <= this.#longestTicks ? ticks : this.#lastDurationTicks;
  }

  #settle(picture: TrackPicture, durationTicks: number): void {
    this.#lastDurationTicks = durationTicks;
    this.#open.push({ ...picture, durationTicks });
  }

  #close(): PictureRun {
    const pictures = this.#open;
    this.#open = [];
    const ticks = pictures.reduce((sum, picture) => sum + picture.durationTicks, 0);
    return {
      pictures,
      at: (pictures[0] as TimedPicture).at,
      durationMs: Math.round((ticks * 1000) / TICKS_PER_SECOND),
    };
  }
}
