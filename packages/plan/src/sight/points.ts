import { type Obstacles, SHEET, TREE } from "./obstacles.ts";
import { placeIn } from "./within.ts";

/** Side of a cell: a mount's reach is a few of them. */
const CELL_M = 20;

/** Many places at one height above ground, in cells of a grid. Place `p` keeps the number that it came with. */
export interface Points {
  readonly heightM: number;
  readonly count: number;
  /** In order of cells. */
  readonly xy: Float64Array;
  readonly numbers: Uint32Array;
  /** 1 where the place lies in or on a house at its height: nobody sees it. In a tree, its leaves decide. */
  readonly buried: Uint8Array;
  readonly minX: number;
  readonly minY: number;
  readonly columns: number;
  readonly rows: number;
  /** Places of cell `c`: `[first[c], first[c + 1])`. */
  readonly first: Uint32Array;
}

export function pointsOf(xy: ArrayLike<number>, heightM: number, obstacles: Obstacles): Points {
  const count = xy.length / 2;
  let [minX, minY, maxX, maxY] = [0, 0, 0, 0];
  for (let p = 0; p < count; p++) {
    const [x, y] = [xy[2 * p]!, xy[2 * p + 1]!];
    if (p === 0) [minX, minY, maxX, maxY] = [x, y, x, y];
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  const columns = Math.floor((maxX - minX) / CELL_M) + 1;
  const rows = Math.floor((maxY - minY) / CELL_M) + 1;
  const cellOf = (p: number): number =>
    Math.floor((xy[2 * p + 1]! - minY) / CELL_M) * columns + Math.floor((xy[2 * p]! - minX) / CELL_M);
  const first = new Uint32Array(columns * rows + 1);
  for (let p = 0; p < count; p++) first[cellOf(p) + 1]!++;
  for (let c = 0; c < columns * rows; c++) first[c + 1]! += first[c]!;
  const next = first.slice();
  const sorted = new Float64Array(2 * count);
  const numbers = new Uint32Array(count);
  for (let p = 0; p < count; p++) {
    const at = next[cellOf(p)]!++;
    sorted[2 * at] = xy[2 * p]!;
    sorted[2 * at + 1] = xy[2 * p + 1]!;
    numbers[at] = p;
  }
  const points = {
    heightM,
    count,
    xy: sorted,
    numbers,
    buried: new Uint8Array(count),
    minX,
    minY,
    columns,
    rows,
    first,
  };
  bury(points, obstacles);
  return points;
}

function bury(points: Points, obstacles: Obstacles): void {
  const { xy, first, columns, heightM, buried } = points;
  for (let b = 0; b < obstacles.kind.length; b++) {
    if (
      obstacles.kind[b] === SHEET ||
      obstacles.kind[b] === TREE ||
      obstacles.minM[b]! > heightM ||
      obstacles.topM[b]! <= heightM
    )
      continue;
    const box = obstacles.boxes.subarray(4 * b, 4 * b + 4);
    const [minX, minY, maxX, maxY] = [box[0]!, box[1]!, box[2]!, box[3]!];
    const cells = cellsOf(points, minX, minY, maxX, maxY);
    for (let row = cells.fromRow; row <= cells.toRow; row++)
      for (let at = first[row * columns + cells.fromColumn]!; at < first[row * columns + cells.toColumn + 1]!; at++) {
        const [x, y] = [xy[2 * at]!, xy[2 * at + 1]!];
        if (x < minX || x > maxX || y < minY || y > maxY) continue;
        if (placeIn(obstacles, b, x, y) !== "outside") buried[at] = 1;
      }
  }
}

/** Rows and columns that a box touches; of rows outside the grid, none. */
export function cellsOf({ minX, minY, columns, rows }: Points, fromX: number, fromY: number, toX: number, toY: number) {
  const clamp = (cell: number, count: number): number => Math.max(0, Math.min(count - 1, cell));
  const outside = toX < minX || toY < minY || fromX > minX + columns * CELL_M || fromY > minY + rows * CELL_M;
  return {
    fromColumn: clamp(Math.floor((fromX - minX) / CELL_M), columns),
    toColumn: clamp(Math.floor((toX - minX) / CELL_M), columns),
    fromRow: outside ? 1 : clamp(Math.floor((fromY - minY) / CELL_M), rows),
    toRow: outside ? 0 : clamp(Math.floor((toY - minY) / CELL_M), rows),
  };
}
