import { type Box, blocksOf, cellsOf, coveredShare, grown, plausible } from "./boxes.ts";
import type { Layout } from "./layout.ts";

/** A detection is believed by itself from this score on. */
const STRONG = 0.3;
/** A detection this weak keeps ground from being learnt. */
const DOUBT = 0.15;
/** Weak evidence counts where at least this share is hidden already: a person once seen is kept by it. */
const MOSTLY = 0.8;
/** Somebody of whom at least this share differs from the ground is moving, or walked in. */
const HALF = 0.5;
const MOVING_LIFE_MS = 500;
/** Runs of the detector that somebody who stands still may be missed in. */
const STILL_RUNS = 4;

/** The detector often ends a person above the feet, most of all behind a sign or a parked car. */
const FEET_SHARE = 0.1;

const withFeet = (box: Box): Box => ({ ...box, bottom: box.bottom + (box.bottom - box.top) * FEET_SHARE });

interface LivingBox {
  readonly box: Box;
  readonly until: number;
}

/** What the detector said lately: boxes that hide, and cells that must not be learnt yet. */
export class People {
  readonly #layout: Layout;
  /** When a detection last touched a cell, in the time of the pictures. */
  readonly touchedAt: Float64Array;
  #living: LivingBox[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
    this.touchedAt = new Float64Array(layout.cells).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * @param periodMs  Time between two runs of the detector.
   * @param moving  Blocks that differ from the ground.
   * @param hidden  Blocks that were hidden in the picture before.
   */
  see(boxes: readonly Box[], at: number, periodMs: number, moving: Uint8Array, hidden: Uint8Array): void {
    for (const box of boxes) {
      if (!plausible(box, this.#layout)) continue;
      if (box.score >= DOUBT) this.#touch(withFeet(grown(box, 0.1)), at);
      if (box.score < STRONG && coveredShare(box, this.#layout, hidden) < MOSTLY) continue;
      const life = coveredShare(box, this.#layout, moving) >= HALF ? MOVING_LIFE_MS : STILL_RUNS * periodMs;
      this.#living.push({ box: grown(box, 0.1), until: at + life });
    }
  }

  /** Sets the blocks of the boxes that live at `at`. */
  hide(at: number, blocks: Uint8Array): void {
    if (this.#living.some(({ until }) => until < at)) this.#living = this.#living.filter(({ until }) => until >= at);
    for (const { box } of this.#living) {
      const { left, top, right, bottom } = blocksOf(box, this.#layout);
      for (let row = top; row < bottom; row++)
        blocks.fill(1, row * this.#layout.blockColumns + left, row * this.#layout.blockColumns + right);
    }
  }

  forget(): void {
    this.#living = [];
    this.touchedAt.fill(Number.NEGATIVE_INFINITY);
  }

  #touch(box: Box, at: number): void {
    const { left, top, right, bottom } = cellsOf(box, this.#layout);
    for (let row = top; row < bottom; row++)
      this.touchedAt.fill(at, row * this.#layout.cellColumns + left, row * this.#layout.cellColumns + right);
  }
}
