import type { Ground } from "./ground.ts";
import { CELL_PX, type Layout } from "./layout.ts";
import type { PicturePlanes } from "./picture.ts";

/** Grey that no camera picture is mistaken for, and no colour. */
const BLANK_LUMA = 60;
const NO_COLOUR = 128;
const SPACE_LUMA = 32;
/** A faint blue on the learnt ground. */
const TINT_U = 148;
const TINT_V = 120;
const TINT_UNKNOWN_LUMA = 96;
/** A block's colour changes only when its mean moved this far: less to add up over time, and less to encode. */
const STEADY = 6;

/** Paints the whole picture in one grey. */
export function paintBlank({ y, u, v }: PicturePlanes): void {
  y.fill(BLANK_LUMA);
  u.fill(NO_COLOUR);
  v.fill(NO_COLOUR);
}

/** Paints each set block in one dark grey that tells nothing of what is behind. */
export function paintSolid(picture: PicturePlanes, layout: Layout, blocks: Uint8Array): void {
  for (let block = 0; block < layout.blocks; block++)
    if (blocks[block]) fillBlock(picture, layout, block, SPACE_LUMA, NO_COLOUR, NO_COLOUR);
}

/** The look `blocks`: each set block gets its mean luma and half of its mean colour. One per camera. */
export class BlockPainter {
  readonly #layout: Layout;
  readonly #shown: Uint8Array;
  readonly #wasHidden: Uint8Array;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#shown = new Uint8Array(layout.blocks * 3);
    this.#wasHidden = new Uint8Array(layout.blocks);
  }

  /** @param cells  Mean luma of each cell of the picture. */
  paint(picture: PicturePlanes, cells: Uint8Array, blocks: Uint8Array): void {
    for (let block = 0; block < this.#layout.blocks; block++) {
      if (blocks[block]) this.#paintBlock(picture, cells, block);
      this.#wasHidden[block] = blocks[block] as number;
    }
  }

  #paintBlock(picture: PicturePlanes, cells: Uint8Array, block: number): void {
    const { blockPx, blockColumns, width, height } = this.#layout;
    const column = block % blockColumns;
    const x = column * blockPx;
    const y = ((block - column) / blockColumns) * blockPx;
    const right = Math.min(width, x + blockPx);
    const bottom = Math.min(height, y + blockPx);
    const luma = this.#meanLuma(cells, block);
    const u = mean(picture.u, picture.strideUv, x >> 1, y >> 1, (right + 1) >> 1, (bottom + 1) >> 1);
    const v = mean(picture.v, picture.strideUv, x >> 1, y >> 1, (right + 1) >> 1, (bottom + 1) >> 1);
    const shown = this.#shown;
    const at = block * 3;
    const steady =
      this.#wasHidden[block] &&
      Math.abs((shown[at] as number) - luma) <= STEADY &&
      Math.abs((shown[at + 1] as number) - muted(u)) <= STEADY &&
      Math.abs((shown[at + 2] as number) - muted(v)) <= STEADY;
    if (!steady) {
      shown[at] = luma;
      shown[at + 1] = muted(u);
      shown[at + 2] = muted(v);
    }
    const [shownLuma, shownU, shownV] = [shown[at], shown[at + 1], shown[at + 2]] as [number, number, number];
    fillBlock(picture, this.#layout, block, shownLuma, shownU, shownV);
  }

  /** From the cells that are whole: a strip at the picture's edge without any gets the level of blank ones. */
  #meanLuma(cells: Uint8Array, block: number): number {
    const { blockCells, blockColumns, cellColumns, cellRows } = this.#layout;
    const column = block % blockColumns;
    const left = column * blockCells;
    const top = ((block - column) / blockColumns) * blockCells;
    const right = Math.min(cellColumns, left + blockCells);
    const bottom = Math.min(cellRows, top + blockCells);
    let sum = 0;
    for (let row = top; row < bottom; row++)
      for (let at = row * cellColumns + left, end = row * cellColumns + right; at < end; at++)
        sum += cells[at] as number;
    const count = (right - left) * (bottom - top);
    return count > 0 ? Math.round(sum / count) : BLANK_LUMA;
  }
}

const muted = (chroma: number): number => (chroma + NO_COLOUR) >> 1;

/** The look `silhouette`: learnt ground with a flat tint where something is hidden. Nothing of the picture is used. */
export function paintSilhouette(picture: PicturePlanes, ground: Ground, blocks: Uint8Array): void {
  const { layout } = ground;
  for (let block = 0; block < layout.blocks; block++) {
    if (!blocks[block]) continue;
    fillBlock(picture, layout, block, TINT_UNKNOWN_LUMA, TINT_U, TINT_V);
    paintGround(picture, ground, block);
  }
}

function paintGround({ y, strideY }: PicturePlanes, { layout, known, level }: Ground, block: number): void {
  const { blockCells, blockColumns, cellColumns, cellRows } = layout;
  const column = block % blockColumns;
  const left = column * blockCells;
  const top = ((block - column) / blockColumns) * blockCells;
  const bottom = Math.min(cellRows, top + blockCells);
  const right = Math.min(cellColumns, left + blockCells);
  for (let row = top; row < bottom; row++)
    for (let across = left; across < right; across++) {
      const cell = row * cellColumns + across;
      if (!known[cell]) continue;
      const luma = Math.round(level[cell] as number);
      for (let line = 0; line < CELL_PX; line++) {
        const at = (row * CELL_PX + line) * strideY + across * CELL_PX;
        y.fill(luma, at, at + CELL_PX);
      }
    }
}

/** Of every other sample each way: colour is muted anyway. */
function mean(plane: Uint8Array, stride: number, left: number, top: number, right: number, bottom: number): number {
  let sum = 0;
  let count = 0;
  for (let row = top; row < bottom; row += 2) {
    const end = row * stride + right;
    for (let at = row * stride + left; at < end; at += 2) {
      sum += plane[at] as number;
      count++;
    }
  }
  return count > 0 ? Math.round(sum / count) : NO_COLOUR;
}

function fillBlock(picture: PicturePlanes, layout: Layout, block: number, luma: number, u: number, v: number): void {
  const { blockPx, blockColumns, width, height } = layout;
  const column = block % blockColumns;
  const x = column * blockPx;
  const y = ((block - column) / blockColumns) * blockPx;
  const right = Math.min(width, x + blockPx);
  const bottom = Math.min(height, y + blockPx);
  fillPart(picture.y, picture.strideY, luma, x, y, right, bottom);
  fillPart(picture.u, picture.strideUv, u, x >> 1, y >> 1, (right + 1) >> 1, (bottom + 1) >> 1);
  fillPart(picture.v, picture.strideUv, v, x >> 1, y >> 1, (right + 1) >> 1, (bottom + 1) >> 1);
}

/** Rows of a block are too short for `fill` to be worth its call. */
function fillPart(
  plane: Uint8Array,
  stride: number,
  value: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  for (let row = top; row < bottom; row++) {
    const end = row * stride + right;
    for (let at = row * stride + left; at < end; at++) plane[at] = value;
  }
}
