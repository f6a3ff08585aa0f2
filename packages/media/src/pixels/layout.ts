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
