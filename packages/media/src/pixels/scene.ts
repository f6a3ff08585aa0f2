import { OvertError } from "@overt/core";
import type { Box, DetectionScale } from "./boxes.ts";
import { cellMeans } from "./cells.ts";
import { Ground } from "./ground.ts";
import { restoreGround, saveGround } from "./ground-file.ts";
import { cellsOfBlock, fillRing, layoutOf, type Layout } from "./layout.ts";
import { BlockPainter, paintBlank, paintSilhouette, paintSolid } from "./paint.ts";
import { People } from "./people.ts";
import { type PicturePlanes, requireWhole } from "./picture.ts";
import { DetectionSchedule } from "./schedule.ts";
import { blocksOfSpaces, cellsOfBlocks, type Polygon } from "./spaces.ts";
import { Trial } from "./trial.ts";

const BLANK_MS = 10_000;
const SAMPLE_MS = 500;
const ADAPT_MS = 1_000;
/** Levels per second that shown ground may drift. */
const ADAPT_PER_S = 1;
/** Each scale of the detector must have looked twice. */
const CLEAN_RUNS = 4;
const HOLD_MS = 400;
const CELLS_FOR_HIT = 2;
/** More than this share of the cells differing is no person: the camera moved, or night fell. */
const UPSET_SHARE = 0.6;
const UPSET_MS = 2_000;

export type SceneState = "learning" | "showing" | "relearning";

export interface SceneOptions {
  readonly look: "blocks" | "silhouette";
  readonly privateSpaces?: readonly Polygon[];
  /** What `saveGround` gave before a restart; used only if the place still looks like it. */
  readonly ground?: Uint8Array;
  /** For the leak test and bench alone: what is left when a half of the method is missing. */
  readonly without?: "detector" | "background" | "all";
}

/** What became of one picture. */
export interface Hidden {
  readonly blank: boolean;
  readonly state: SceneState;
}

/**
 * Hides people in the pictures of one camera, in place. For each picture,
 * in order: `look`, then the detector at the scales that it names, then `hide`.
 *
 * Time is that of the pictures, in ms.
 */
export class Scene {
  readonly layout: Layout;
  readonly #options: SceneOptions;
  readonly #ground: Ground;
  readonly #people: People;
  readonly #painter: BlockPainter;
  readonly #spaces: Uint8Array;
  readonly #cells: Uint8Array;
  readonly #perBlock: Uint8Array;
  readonly #sides: Uint8Array;
  readonly #moving: Uint8Array;
  readonly #unknown: Uint8Array;
  readonly #heldUntil: Float64Array;
  readonly #mask: Uint8Array;
  readonly #schedule = new DetectionSchedule();
  readonly #trial = new Trial();
  #state: SceneState = "learning";
  #blankUntil = Number.NaN;
  #lastAt = Number.NaN;
  #nextSampleAt = 0;
  #nextAdaptAt = 0;
  #expected = 0;
  #upsetSince = Number.NaN;

  constructor(width: number, height: number, options: SceneOptions) {
    this.layout = layoutOf(width, height);
    this.#options = options;
    this.#people = new People(this.layout);
    this.#painter = new BlockPainter(this.layout);
    this.#spaces = blocksOfSpaces(options.privateSpaces ?? [], this.layout);
    this.#ground = new Ground(this.layout, cellsOfBlocks(this.#spaces, this.layout));
    this.#cells = new Uint8Array(this.layout.cells);
    this.#perBlock = new Uint8Array(this.layout.blocks);
    this.#sides = new Uint8Array(this.layout.blocks);
    this.#moving = new Uint8Array(this.layout.blocks);
    this.#unknown = new Uint8Array(this.layout.blocks).fill(1);
    this.#heldUntil = new Float64Array(this.layout.blocks);
    this.#mask = new Uint8Array(this.layout.blocks).fill(1);
    if (options.ground && restoreGround(this.#ground, options.ground)) {
      this.#noteUnknown(0);
      this.#trial.begin();
    }
  }

  get state(): SceneState {
    return this.#state;
  }

  /** Share of the cells whose ground is learnt, 0 to 1. */
  get learntShare(): number {
    return this.#ground.knownShare;
  }

  /** Blocks that are hidden in the last picture: for the leak test's comparison, not for display. */
  get mask(): Uint8Array {
    return this.#mask;
  }

  /**
   * Takes in a picture. @returns the scales at which the detector must look at it before `hide`.
   * @throws OvertError `PICTURE_SHORT`, `PICTURE_SIZE`, `PICTURE_ORDER`: call `relearn` and show nothing of it.
   */
  look(picture: PicturePlanes, at: number): readonly DetectionScale[] {
    requireWhole(picture);
    if (picture.width !== this.layout.width || picture.height !== this.layout.height)
      throw new OvertError("PICTURE_SIZE", `A picture of ${picture.width}x${picture.height} came into another scene.`);
    if (at <= this.#lastAt) throw new OvertError("PICTURE_ORDER", "A picture came before the one that it follows.");
    const sinceMs = at - this.#lastAt;
    this.#lastAt = at;
    if (Number.isNaN(this.#blankUntil)) this.#blankUntil = at + BLANK_MS;
    cellMeans(picture, this.layout, this.#cells);
    const scales = this.#usesDetector ? this.#schedule.due(at, sinceMs, this.#unknownShare) : [];
    this.#expected = scales.length;
    return scales;
  }

  /**
   * Hides what must be hidden in the picture of the last `look`.
   * @param detections  One list per scale that `look` named. @throws OvertError `DETECTION_MISSING`
   */
  hide(picture: PicturePlanes, at: number, detections: readonly (readonly Box[])[]): Hidden {
    if (detections.length !== this.#expected)
      throw new OvertError("DETECTION_MISSING", "A picture came without the detections that it needs.");
    if (this.#options.without === "all") return { blank: false, state: "showing" };
    let share = this.#compare(at);
    for (const boxes of detections) this.#people.see(boxes, at, this.#schedule.periodMs, this.#moving, this.#mask);
    // Ground that has become known in this very picture has not been compared with it yet: whoever walks there shows.
    if (this.#options.without !== "background" && this.#learn(at)) share = this.#compare(at);
    this.#judge(share, at);
    if (this.#state !== "showing" || share > UPSET_SHARE) {
      this.#mask.fill(1);
      paintBlank(picture);
      return { blank: true, state: this.#state };
    }
    this.#compose(at);
    this.#adapt(at);
    if (this.#options.look === "blocks") this.#painter.paint(picture, this.#cells, this.#mask);
    else paintSilhouette(picture, this.#ground, this.#mask);
    paintSolid(picture, this.layout, this.#spaces);
    return { blank: false, state: this.#state };
  }

  /** After an interruption: blanks until the ground is seen to fit still. */
  doubt(): void {
    if (this.#state !== "showing") return;
    this.#state = "relearning";
    this.#trial.begin();
  }

  /** Forgets the ground and blanks until it is learnt anew: after any doubt. */
  relearn(): void {
    this.#ground.forgetAll();
    this.#people.forget();
    this.#trial.drop();
    this.#unknown.fill(1);
    this.#mask.fill(1);
    this.#heldUntil.fill(0);
    this.#blankUntil = Number.NaN;
    this.#upsetSince = Number.NaN;
    this.#lastAt = Number.NaN;
    this.#schedule.restart();
    this.#nextSampleAt = this.#nextAdaptAt = Number.NEGATIVE_INFINITY;
    this.#state = "relearning";
  }

  /** The learnt ground for after a restart, or null before there is any. It shows the place without people. */
  saveGround(): Uint8Array<ArrayBuffer> | null {
    return this.#state === "showing" ? saveGround(this.#ground) : null;
  }

  /** Which blocks differ from the ground, with a ring around them, held for a while. */
  #compare(at: number): number {
    const differing = this.#ground.countDifferences(this.#cells, this.#perBlock, this.#sides);
    for (let block = 0; block < this.#heldUntil.length; block++)
      if ((this.#perBlock[block] as number) >= CELLS_FOR_HIT)
        fillRing(this.#heldUntil, this.layout, block, at + HOLD_MS, this.#sides[block] as number);
    for (let block = 0; block < this.#moving.length; block++)
      this.#moving[block] = (this.#heldUntil[block] as number) >= at ? 1 : 0;
    return differing / Math.max(1, this.#ground.knownCount);
  }

  get #usesDetector(): boolean {
    return this.#options.without !== "detector" && this.#options.without !== "all";
  }

  /** Without the background model there is nothing else that hides people, so that the detector never rests. */
  get #unknownShare(): number {
    return this.#options.without === "background" ? 1 : 1 - this.learntShare;
  }

  /** @returns whether more ground is known than before */
  #learn(at: number): boolean {
    if (at < this.#nextSampleAt) return false;
    this.#nextSampleAt = at + SAMPLE_MS;
    if (this.#ground.complete) return false;
    this.#ground.sample(this.#cells, this.#people.touchedAt, at - CLEAN_RUNS * this.#schedule.periodMs);
    if (at < this.#blankUntil) return false;
    const more = this.#ground.settle();
    this.#noteUnknown(at);
    return more;
  }

  /**
   * Blocks with an unknown cell; and the blocks around them where the detector saw somebody lately, since its boxes
   * often leave out feet and elbows.
   */
  #noteUnknown(at: number): void {
    this.#unknown.fill(0);
    for (let block = 0; block < this.layout.blocks; block++) {
      // Hidden anyway, and never known.
      if (this.#spaces[block]) continue;
      const unknown = this.#unknownIn(block, at - CLEAN_RUNS * this.#schedule.periodMs);
      if (unknown === "ground") this.#unknown[block] = 1;
      if (unknown === "person") fillRing(this.#unknown, this.layout, block, 1);
    }
  }

  #unknownIn(block: number, since: number): "nothing" | "ground" | "person" {
    const { cellColumns } = this.layout;
    const { left, top, right, bottom } = cellsOfBlock(this.layout, block);
    let unknown = left >= right || top >= bottom;
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) {
        const cell = row * cellColumns + column;
        if (this.#ground.known[cell]) continue;
        if ((this.#people.touchedAt[cell] as number) >= since) return "person";
        unknown = true;
      }
    return unknown ? "ground" : "nothing";
  }

  #judge(share: number, at: number): void {
    const verdict = this.#trial.judge(share, at);
    if (verdict === "differs") this.relearn();
    if (verdict === "fits") this.#state = "showing";
    if (verdict !== "none") return;
    if (this.#state !== "showing") {
      if (at >= this.#blankUntil && (this.#ground.knownCount > 0 || this.#options.without === "background"))
        this.#state = "showing";
      return;
    }
    if (share <= UPSET_SHARE) this.#upsetSince = Number.NaN;
    else if (Number.isNaN(this.#upsetSince)) this.#upsetSince = at;
    else if (at - this.#upsetSince >= UPSET_MS) this.relearn();
  }

  #compose(at: number): void {
    if (this.#options.without === "background") this.#mask.fill(0);
    else
      for (let block = 0; block < this.layout.blocks; block++)
        this.#mask[block] = (this.#unknown[block] as number) | (this.#moving[block] as number);
    this.#people.hide(at, this.#mask);
    for (let block = 0; block < this.layout.blocks; block++) if (this.#spaces[block]) this.#mask[block] = 1;
  }

  #adapt(at: number): void {
    if (at < this.#nextAdaptAt) return;
    this.#nextAdaptAt = at + ADAPT_MS;
    this.#ground.adapt(this.#cells, this.#mask, (ADAPT_PER_S * ADAPT_MS) / 1_000);
  }
}
