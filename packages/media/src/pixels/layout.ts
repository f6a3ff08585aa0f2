/** Side of a cell of the ground model, in pixels. */
export const CELL_PX = 4;

/** How a picture is divided: cells are compared with the learnt ground, blocks are hidden. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly blockPx: number;
  readonly cellColumns: number;
  readonly cellRows: number;
  readonly blockColumns: number;
  readonly blockRows: number;
  readonly cells: number;
  readonly blocks: number;
  /** Cells along one side of a whole block. */
  readonly blockCells: number;
}

/**
 * A head is a seventh of a body, and nobody is taller than the picture: with blocks of a 24th of the height a head
 * spans fewer than four of them even then.
 */
export function layoutOf(width: number, height: number): Layout {
  const blockPx = Math.max(CELL_PX * 2, Math.ceil(height / 24 / CELL_PX) * CELL_PX);
  const cellColumns = Math.floor(width / CELL_PX);
  const cellRows = Math.floor(height / CELL_PX);
  const blockColumns = Math.ceil(width / blockPx);
  const blockRows = Math.ceil(height / blockPx);
  return {
    width,
    height,
    blockPx,
    cellColumns,
    cellRows,
    blockColumns,
    blockRows,
    cells: cellColumns * cellRows,
    blocks: blockColumns * blockRows,
    blockCells: blockPx / CELL_PX,
  };
}

/** A rectangle of cells or blocks: first inclusive, last exclusive. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function cellsOfBlock(layout: Layout, block: number): Extent {
  const column = block % layout.blockColumns;
  const row = (block - column) / layout.blockColumns;
  const side = layout.blockCells;
  return {
    left: column * side,
    top: row * side,
    right: Math.min(layout.cellColumns, (column + 1) * side),
    bottom: Math.min(layout.cellRows, (row + 1) * side),
  };
}

/** Sides of a block, as bits. */
export const SIDE = { left: 1, right: 2, above: 4, below: 8 } as const;
const ALL_SIDES = 15;

/** Sets `value` for a block and those around it, at the given sides only. */
export function fillRing(
  values: { fill(value: number, from: number, to: number): unknown },
  { blockColumns, blockRows }: Layout,
  block: number,
  value: number,
  sides = ALL_SIDES,
): void {
  const column = block % blockColumns;
  const row = (block - column) / blockColumns;
  const left = column - (sides & SIDE.left && column > 0 ? 1 : 0);
  const right = column + (sides & SIDE.right && column < blockColumns - 1 ? 2 : 1);
  const top = row - (sides & SIDE.above && row > 0 ? 1 : 0);
  const bottom = row + (sides & SIDE.below && row < blockRows - 1 ? 2 : 1);
  for (let at = top; at < bottom; at++) values.fill(value, at * blockColumns + left, at * blockColumns + right);
}
