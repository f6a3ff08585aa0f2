import { cellsOfBlock, type Layout } from "./layout.ts";

/** Corners of a private space as shares of the picture's width and height, in order. */
export type Polygon = readonly (readonly [x: number, y: number])[];

/** Blocks that a private space touches are set: whole blocks, so that nothing of it shows through a border. */
export function blocksOfSpaces(spaces: readonly Polygon[], layout: Layout): Uint8Array {
  const blocks = new Uint8Array(layout.blocks);
  for (const space of spaces)
    for (let block = 0; block < layout.blocks; block++) {
      const column = block % layout.blockColumns;
      const row = (block - column) / layout.blockColumns;
      const left = (column * layout.blockPx) / layout.width;
      const top = (row * layout.blockPx) / layout.height;
      const right = left + layout.blockPx / layout.width;
      const bottom = top + layout.blockPx / layout.height;
      if (touches(space, left, top, right, bottom)) blocks[block] = 1;
    }
  return blocks;
}

/** The cells of those blocks. */
export function cellsOfBlocks(blocks: Uint8Array, layout: Layout): Uint8Array {
  const cells = new Uint8Array(layout.cells);
  for (let block = 0; block < layout.blocks; block++) {
    if (!blocks[block]) continue;
    const { left, top, right, bottom } = cellsOfBlock(layout, block);
    for (let row = top; row < bottom; row++)
      cells.fill(1, row * layout.cellColumns + left, row * layout.cellColumns + right);
  }
  return cells;
}

/** A polygon and a rectangle share a point if an edge enters the rectangle, or the rectangle lies inside. */
function touches(space: Polygon, left: number, top: number, right: number, bottom: number): boolean {
  for (let i = 0; i < space.length; i++) {
    const from = space[i] as readonly [number, number];
    const to = space[(i + 1) % space.length] as readonly [number, number];
    if (edgeEnters(from, to, left, top, right, bottom)) return true;
  }
  return inside(space, (left + right) / 2, (top + bottom) / 2);
}

/** Liang and Barsky: cuts the edge by each side of the rectangle in turn. */
function edgeEnters(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  left: number,
  top: number,
  right: number,
  bottom: number,
): boolean {
  const dx = toX - fromX;
  const dy = toY - fromY;
  let first = 0;
  let last = 1;
  const sides = [
    [-dx, fromX - left],
    [dx, right - fromX],
    [-dy, fromY - top],
    [dy, bottom - fromY],
  ] as const;
  for (const [toward, room] of sides) {
    if (toward === 0 && room < 0) return false;
    if (toward < 0) first = Math.max(first, room / toward);
    if (toward > 0) last = Math.min(last, room / toward);
  }
  return first <= last;
}

function inside(space: Polygon, x: number, y: number): boolean {
  let odd = false;
  for (let i = 0; i < space.length; i++) {
    const [ax, ay] = space[i] as readonly [number, number];
    const [bx, by] = space[(i + 1) % space.length] as readonly [number, number];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}
