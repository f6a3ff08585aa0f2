import { CellSamples } from "./samples.ts";
import { type Layout, SIDE } from "./layout.ts";

/** Luma of black in limited range, with some room for noise: exposure scales what is above it. */
const BLACK = 12;
/** From here on a camera may have clipped the light: how bright it was cannot be told at another exposure. */
const SATURATED = 230;
const LEAST_DIFFERENCE = 8;
const NOISE_FACTOR = 3;
/** Every 13th known cell takes part in the exposure fit: coprime to any grid's width, so that it is spread. */
const FIT_STEP = 13;
/** What differs hides the blocks next to its own only if it is nearer to them than this share of a block. */
const RING_SHARE = 0.8;
const GAIN_BINS = 512;
/** Gains up to 4 are told apart. */
const GAIN_SCALE = GAIN_BINS / 4;

/**
 * What the place looks like without people: one luma level per cell, learnt only from moments when nobody was seen
 * there, and never from what is hidden.
 */
export class Ground {
  readonly layout: Layout;
  readonly level: Float32Array;
  readonly noise: Float32Array;
  readonly known: Uint8Array;
  /** Cells of private spaces: never learnt, never compared, never kept (promise 6). */
  readonly #outside: Uint8Array;
  /** Cells that can become known. */
  readonly #inside: number;
  readonly #samples: CellSamples;
  /** Least and greatest known level of the 3 x 3 cells around: edges may shake by a cell without being a difference. */
  readonly #low: Uint8Array;
  readonly #high: Uint8Array;
  readonly #allowed: Uint8Array;
  readonly #rowLow: Uint8Array;
  readonly #rowHigh: Uint8Array;
  readonly #fitted = new Int16Array(256);
  readonly #fittedLow = new Int16Array(256);
  readonly #fittedHigh = new Int16Array(256);
  readonly #gainBins = new Uint16Array(GAIN_BINS);
  readonly #offsetBins = new Uint16Array(512);
  #knownCount = 0;
  #gain = 1;
  #offset = 0;

  /** @param outside  cells that are set here are left out of everything */
  constructor(layout: Layout, outside: Uint8Array = new Uint8Array(layout.cells)) {
    this.layout = layout;
    this.#outside = outside;
    this.#inside = outside.reduce((count, cell) => count - (cell ? 1 : 0), layout.cells);
    this.#samples = new CellSamples(layout);
    this.level = new Float32Array(layout.cells);
    this.noise = new Float32Array(layout.cells);
    this.known = new Uint8Array(layout.cells);
    this.#low = new Uint8Array(layout.cells);
    this.#high = new Uint8Array(layout.cells).fill(255);
    this.#allowed = new Uint8Array(layout.cells).fill(255);
    this.#rowLow = new Uint8Array(layout.cells);
    this.#rowHigh = new Uint8Array(layout.cells);
  }

  get knownCount(): number {
    return this.#knownCount;
  }

  /** Share of what can be known that is, 0 to 1. */
  get knownShare(): number {
    return this.#knownCount / Math.max(1, this.#inside);
  }

  get complete(): boolean {
    return this.#knownCount === this.#inside;
  }

  /** Takes one sample of each unknown cell that nobody touched since `cleanSince`, at the exposure of the ground. */
  sample(cells: Uint8Array, touchedAt: Float64Array, cleanSince: number): void {
    for (let cell = 0; cell < cells.length; cell++) {
      if (this.known[cell] || this.#outside[cell] || (touchedAt[cell] as number) > cleanSince) continue;
      const level = ((cells[cell] as number) - BLACK - this.#offset) / this.#gain + BLACK;
      this.#samples.add(cell, Math.min(255, Math.max(0, Math.round(level))));
    }
  }

  /** Makes every cell known that has samples enough. @returns whether any became known */
  settle(): boolean {
    let changed = false;
    for (let cell = 0; cell < this.known.length; cell++) {
      if (this.known[cell] || !this.#samples.enough(cell)) continue;
      const { level, noise } = this.#samples.median(cell);
      this.know(cell, level, noise);
      changed = true;
    }
    if (changed) this.noteKnown();
    return changed;
  }

  /** After the last of several calls of `know` or `forget`. */
  noteKnown(): void {
    this.#refreshAllowed();
    this.refresh();
  }

  /** Callers call `noteKnown` after the last cell. */
  know(cell: number, level: number, noise: number): void {
    if (this.#outside[cell]) return;
    if (!this.known[cell]) this.#knownCount++;
    this.level[cell] = level;
    this.noise[cell] = noise;
    this.known[cell] = 1;
  }

  forget(cell: number): void {
    if (this.known[cell]) this.#knownCount--;
    this.known[cell] = 0;
    this.#samples.forget(cell);
  }

  forgetAll(): void {
    this.known.fill(0);
    this.#knownCount = 0;
    this.#samples.forgetAll();
    this.#gain = 1;
    this.#offset = 0;
    this.noteKnown();
  }

  /** Moves known cells of blocks that are shown by `step` levels towards what is seen. */
  adapt(cells: Uint8Array, hidden: Uint8Array, step: number): void {
    const { blockCells, blockColumns, cellColumns, cellRows } = this.layout;
    let cell = 0;
    for (let row = 0; row < cellRows; row++) {
      const firstBlock = Math.floor(row / blockCells) * blockColumns;
      for (let column = 0; column < cellColumns; column++, cell++) {
        if (!this.known[cell] || hidden[firstBlock + Math.floor(column / blockCells)]) continue;
        const seen = cells[cell] as number;
        if (seen >= SATURATED) continue;
        const level = this.level[cell] as number;
        const difference = seen - (this.#fitted[Math.round(level)] as number);
        if (difference > 0) this.level[cell] = Math.min(255, level + step);
        else if (difference < 0) this.level[cell] = Math.max(0, level - step);
      }
    }
    this.refresh();
  }

  /**
   * Counts the cells of each block that differ from the ground, and tells at which of its sides (`SIDE`) some do.
   * @returns how many cells differ in all.
   */
  countDifferences(cells: Uint8Array, perBlock: Uint8Array, sides: Uint8Array): number {
    this.#fitExposure(cells);
    perBlock.fill(0);
    sides.fill(0);
    const { blockCells, blockColumns, cellColumns, cellRows } = this.layout;
    const fittedLow = this.#fittedLow;
    const fittedHigh = this.#fittedHigh;
    const low = this.#low;
    const high = this.#high;
    const allowed = this.#allowed;
    const ring = Math.round(blockCells * RING_SHARE);
    let cell = 0;
    let all = 0;
    for (let row = 0; row < cellRows; row++) {
      const firstBlock = Math.floor(row / blockCells) * blockColumns;
      const down = row % blockCells;
      const upDown = (down < ring ? SIDE.above : 0) | (down >= blockCells - ring ? SIDE.below : 0);
      for (let column = 0; column < cellColumns; column++, cell++) {
        const seen = cells[cell] as number;
        const room = allowed[cell] as number;
        if (seen >= (fittedLow[low[cell] as number] as number) - room)
          if (seen <= (fittedHigh[high[cell] as number] as number) + room) continue;
        const block = firstBlock + ((column / blockCells) | 0);
        perBlock[block] = (perBlock[block] as number) + 1;
        const across = column % blockCells;
        sides[block] =
          (sides[block] as number) |
          upDown |
          (across < ring ? SIDE.left : 0) |
          (across >= blockCells - ring ? SIDE.right : 0);
        all++;
      }
    }
    return all;
  }

  /** After levels changed: the ranges that a cell may lie in. Unknown cells never differ; their blocks are hidden. */
  refresh(): void {
    this.#rangeOfThreeInRows();
    const { cellColumns, cellRows } = this.layout;
    for (let row = 0; row < cellRows; row++) {
      const above = row > 0 ? -cellColumns : 0;
      const below = row < cellRows - 1 ? cellColumns : 0;
      for (let cell = row * cellColumns, end = cell + cellColumns; cell < end; cell++) {
        if (!this.known[cell]) continue;
        let low = this.#rowLow[cell] as number;
        let high = this.#rowHigh[cell] as number;
        if ((this.#rowLow[cell + above] as number) < low) low = this.#rowLow[cell + above] as number;
        if ((this.#rowLow[cell + below] as number) < low) low = this.#rowLow[cell + below] as number;
        if ((this.#rowHigh[cell + above] as number) > high) high = this.#rowHigh[cell + above] as number;
        if ((this.#rowHigh[cell + below] as number) > high) high = this.#rowHigh[cell + below] as number;
        this.#low[cell] = low;
        this.#high[cell] = high;
      }
    }
  }

  /** After other cells became known. */
  #refreshAllowed(): void {
    const typical = this.#medianNoise();
    for (let cell = 0; cell < this.known.length; cell++) {
      const noise = Math.max(this.noise[cell] as number, typical);
      const allowed = Math.min(255, Math.floor(Math.max(LEAST_DIFFERENCE, NOISE_FACTOR * noise)));
      this.#allowed[cell] = this.known[cell] ? allowed : 255;
      if (this.known[cell]) continue;
      this.#low[cell] = 0;
      this.#high[cell] = 255;
    }
  }

  /** Least and greatest of three cells side by side; unknown ones do not count. */
  #rangeOfThreeInRows(): void {
    const { cellColumns, cellRows } = this.layout;
    for (let row = 0; row < cellRows; row++) {
      const first = row * cellColumns;
      let [lowLeft, highLeft] = [255, 0];
      let [low, high] = this.known[first] ? [rounded(this.level[first]), rounded(this.level[first])] : [255, 0];
      for (let cell = first, last = first + cellColumns - 1; cell <= last; cell++) {
        const counts = cell < last && this.known[cell + 1];
        const right = counts ? rounded(this.level[cell + 1]) : 0;
        const lowRight = counts ? right : 255;
        const highRight = right;
        this.#rowLow[cell] = Math.min(lowLeft, low, lowRight);
        this.#rowHigh[cell] = Math.max(highLeft, high, highRight);
        lowLeft = low;
        highLeft = high;
        low = lowRight;
        high = highRight;
      }
    }
  }

  #medianNoise(): number {
    const bins = this.#offsetBins.fill(0);
    for (let cell = 0; cell < this.known.length; cell++)
      if (this.known[cell]) {
        const bin = Math.min(511, Math.round((this.noise[cell] as number) * 2));
        bins[bin] = (bins[bin] as number) + 1;
      }
    return medianBin(bins, this.#knownCount) / 2;
  }

  /** Cameras change their exposure: first the median gain above black, then the median offset that is left. */
  #fitExposure(cells: Uint8Array): void {
    const gains = this.#gainBins.fill(0);
    let lit = 0;
    for (let cell = 0; cell < cells.length; cell += FIT_STEP) {
      if (!this.known[cell]) continue;
      const ground = (this.level[cell] as number) - BLACK;
      if (ground < BLACK) continue;
      const gain = ((cells[cell] as number) - BLACK) / ground;
      const bin = Math.min(GAIN_BINS - 1, Math.max(0, Math.round(gain * GAIN_SCALE)));
      gains[bin] = (gains[bin] as number) + 1;
      lit++;
    }
    const middle = medianBin(gains, lit);
    const gain = middle > 0 ? middle / GAIN_SCALE : 1;
    this.#gain = gain;
    const offsets = this.#offsetBins.fill(0);
    let fitting = 0;
    for (let cell = 0; cell < cells.length; cell += FIT_STEP) {
      if (!this.known[cell]) continue;
      const expected = gain * ((this.level[cell] as number) - BLACK) + BLACK;
      const bin = Math.min(511, Math.max(0, Math.round((cells[cell] as number) - expected) + 256));
      offsets[bin] = (offsets[bin] as number) + 1;
      fitting++;
    }
    const offset = fitting ? medianBin(offsets, fitting) - 256 : 0;
    this.#offset = offset;
    for (let level = 0; level < 256; level++) {
      const fitted = Math.round(gain * (level - BLACK) + BLACK + offset);
      this.#fitted[level] = fitted;
      this.#fittedLow[level] = Math.min(fitted, SATURATED);
      this.#fittedHigh[level] = level >= SATURATED ? Math.max(fitted, level) : fitted;
    }
  }
}

function medianBin(bins: Uint16Array, all: number): number {
  let below = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    below += bins[bin] as number;
    if (below * 2 > all) return bin;
  }
  return 0;
}

/** Levels are never negative. */
const rounded = (level: number | undefined): number => ((level as number) + 0.5) | 0;
