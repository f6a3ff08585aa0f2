import type { Building, MapModel } from "./model.ts";
import { type Box, boxHolds, boxOf, grownBox, type Ring, type Shape } from "./shape.ts";

/**
 * Points of public ground on a grid, x0, y0, x1, y1 …, row by row from the south-west: what a plan must cover. The grid
 * lies on whole multiples of its spacing, so that the same ground has the same points in whatever box it is cut.
 */
export function groundPointsOf(map: Pick<MapModel, "box" | "ground" | "buildings">, spacingM: number): Float64Array {
  const grid = new Grid(map.box, spacingM);
  for (const ground of map.ground) {
    if (ground.kind === "area") grid.fill(ground.shape, 1);
    else grid.stroke(ground.line, ground.width.m / 2);
  }
  for (const building of map.buildings) if (coversGround(building)) grid.fill(building.shape, 0);
  return grid.points();
}

/** People walk under what hangs higher than this. */
const HEADROOM_M = 2.2;
const coversGround = ({ min }: Building): boolean => min.m < HEADROOM_M;

class Grid {
  readonly #spacing: number;
  readonly #box: Box;
  readonly #column0: number;
  readonly #row0: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: Uint8Array;

  constructor(box: Box, spacing: number) {
    this.#box = box;
    this.#spacing = spacing;
    this.#column0 = Math.ceil(box.minX / spacing);
    this.#row0 = Math.ceil(box.minY / spacing);
    this.#columns = Math.max(0, Math.floor(box.maxX / spacing) - this.#column0 + 1);
    this.#rows = Math.max(0, Math.floor(box.maxY / spacing) - this.#row0 + 1);
    this.#cells = new Uint8Array(this.#columns * this.#rows);
  }

  /** Marks or clears the points within a shape. */
  fill({ outer, holes }: Shape, value: 0 | 1): void {
    const { fromRow, toRow } = this.#within(boxOf(outer));
    for (let row = fromRow; row <= toRow; row++) {
      const crossings = [outer, ...holes].flatMap((ring) => crossingsAt(ring, this.#y(row))).sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const from = this.#column(crossings[i]!, Math.ceil);
        const to = this.#column(crossings[i + 1]!, Math.floor);
        for (let column = from; column <= to; column++) this.#cells[row * this.#columns + column] = value;
      }
    }
  }

  /** Marks the points within `radius` of a line. */
  stroke(line: Ring, radius: number): void {
    for (let i = 0; i + 3 < line.length; i += 2) {
      const [ax, ay, bx, by] = [line[i]!, line[i + 1]!, line[i + 2]!, line[i + 3]!];
      const { fromRow, toRow, fromColumn, toColumn } = this.#within(grownBox(boxOf(line.subarray(i, i + 4)), radius));
      const [dx, dy] = [bx - ax, by - ay];
      const length2 = dx * dx + dy * dy || 1;
      for (let row = fromRow; row <= toRow; row++)
        for (let column = fromColumn; column <= toColumn; column++) {
          const [x, y] = [this.#x(column) - ax, this.#y(row) - ay];
          const along = Math.max(0, Math.min(1, (x * dx + y * dy) / length2));
          if ((x - along * dx) ** 2 + (y - along * dy) ** 2 <= radius * radius)
            this.#cells[row * this.#columns + column] = 1;
        }
    }
  }

  points(): Float64Array {
    let count = 0;
    for (const cell of this.#cells) count += cell;
    const out = new Float64Array(2 * count);
    let at = 0;
    for (let row = 0; row < this.#rows; row++)
      for (let column = 0; column < this.#columns; column++) {
        const [x, y] = [this.#x(column), this.#y(row)];
        if (this.#cells[row * this.#columns + column] !== 1 || !boxHolds(this.#box, x, y)) continue;
        out[at++] = x;
        out[at++] = y;
      }
    return out.subarray(0, at);
  }

  #x(column: number): number {
    return (this.#column0 + column) * this.#spacing;
  }

  #y(row: number): number {
    return (this.#row0 + row) * this.#spacing;
  }

  #column(x: number, round: (value: number) => number): number {
    const column = round(x / this.#spacing) - this.#column0;
    // One off either end is no column: a loop from there to there does nothing.
    return Math.max(
      round === Math.floor ? -1 : 0,
      Math.min(round === Math.floor ? this.#columns - 1 : this.#columns, column),
    );
  }

  #within({ minX, minY, maxX, maxY }: Box) {
    return {
      fromRow: Math.max(0, Math.ceil(minY / this.#spacing) - this.#row0),
      toRow: Math.min(this.#rows - 1, Math.floor(maxY / this.#spacing) - this.#row0),
      fromColumn: this.#column(minX, Math.ceil),
      toColumn: this.#column(maxX, Math.floor),
    };
  }
}

function crossingsAt(ring: Ring, y: number): number[] {
  const out: number[] = [];
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [yi, yj] = [ring[i + 1]!, ring[j + 1]!];
    if (yi > y !== yj > y) out.push(((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!);
  }
  return out;
}
