import { CELL_PX, type Extent, type Layout } from "./layout.ts";

/** Where a person may be, in pixels of the picture, with the detector's score of 0 to 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly score: number;
}

/** The detector on the whole picture (finds near people) or on four overlapping tiles of it (finds far ones). */
export type DetectionScale = "whole" | "tiles";

/** Boxes of these shapes are nearly always wrong: whole streets, or bands of pavement. */
export function plausible(box: Box, layout: Layout): boolean {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  if (width <= 0 || height <= 0) return false;
  if (width * height > 0.12 * layout.width * layout.height && box.score < 0.6) return false;
  return !(width > 1.4 * height && box.score < 0.5);
}

export function grown(box: Box, share: number): Box {
  const dx = (box.right - box.left) * share;
  const dy = (box.bottom - box.top) * share;
  return { ...box, left: box.left - dx, right: box.right + dx, top: box.top - dy, bottom: box.bottom + dy };
}

export const cellsOf = (box: Box, { cellColumns, cellRows }: Layout): Extent =>
  extentOf(box, CELL_PX, cellColumns, cellRows);

export const blocksOf = (box: Box, { blockPx, blockColumns, blockRows }: Layout): Extent =>
  extentOf(box, blockPx, blockColumns, blockRows);

function extentOf(box: Box, side: number, columns: number, rows: number): Extent {
  const within = (n: number, limit: number) => Math.min(limit, Math.max(0, n));
  return {
    left: within(Math.floor(box.left / side), columns),
    top: within(Math.floor(box.top / side), rows),
    right: within(Math.ceil(box.right / side), columns),
    bottom: within(Math.ceil(box.bottom / side), rows),
  };
}

/** Share of a box's blocks that are set in `blocks`. */
export function coveredShare(box: Box, layout: Layout, blocks: Uint8Array): number {
  const { left, top, right, bottom } = blocksOf(box, layout);
  let set = 0;
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) if (blocks[row * layout.blockColumns + column]) set++;
  const all = (right - left) * (bottom - top);
  return all > 0 ? set / all : 1;
}
