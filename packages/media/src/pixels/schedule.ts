import type { DetectionScale } from "./boxes.ts";

const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;
/**
 * While any ground is unknown, runs are this share of the time since learning began apart: often at first, when whoever
 * stands there must be found before it is taken for ground, and seldom for what stays in doubt for minutes.
 */
const SHARE_OF_LEARNING = 1 / 60;
/** Less unknown ground than this is one person, or a thing that looks like one: it stays hidden and can wait. */
const LITTLE = 0.01;
const FIRST_MS = 60_000;
/** With all ground known, whoever is there differs from it; the detector only fills in what differs too little. */
const CALM_TILES_EVERY = 6;
/** Pictures further apart than this are stills: both scales look at each. */
const STILLS_MS = 900;

/** When the detector looks, and at what scale. Its runs cost as much as thirty pictures without it. */
export class DetectionSchedule {
  #firstAt = Number.NaN;
  #nextAt = Number.NEGATIVE_INFINITY;
  #runs = 0;
  #periodMs = SHORTEST_MS;

  /** Time between two runs, in ms. */
  get periodMs(): number {
    return this.#periodMs;
  }

  /**
   * @param sinceMs  Time since the last picture.
   * @param unknownShare  Share of the ground that is unknown, 0 to 1.
   */
  due(at: number, sinceMs: number, unknownShare: number): readonly DetectionScale[] {
    if (Number.isNaN(this.#firstAt)) this.#firstAt = at;
    this.#periodMs = this.#periodAt(at, unknownShare);
    this.#nextAt = Math.min(this.#nextAt, at + this.#periodMs);
    if (at < this.#nextAt) return [];
    this.#nextAt = at + this.#periodMs;
    this.#runs++;
    if (sinceMs > STILLS_MS) return ["whole", "tiles"];
    const tiles = this.#runs % (unknownShare > 0 ? 2 : CALM_TILES_EVERY) === 0;
    return tiles ? ["tiles"] : ["whole"];
  }

  /** The next picture is looked at as if it were the first. */
  restart(): void {
    this.#firstAt = Number.NaN;
    this.#nextAt = Number.NEGATIVE_INFINITY;
  }

  #periodAt(at: number, unknownShare: number): number {
    const learningMs = at - this.#firstAt;
    if (unknownShare === 0 || (unknownShare < LITTLE && learningMs > FIRST_MS)) return LONGEST_MS;
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, learningMs * SHARE_OF_LEARNING));
  }
}
