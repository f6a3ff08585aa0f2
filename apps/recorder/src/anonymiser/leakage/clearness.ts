import type { PicturePlanes } from "@overt/media/pixels";

const CELL = 4;
/** Sum of squares of a cell's detail in the input below which nothing can be told from it. */
const TELLING = 16 * 9;
/** Detail of the output that goes with the input's at least this much is that detail. */
const ALIKE = 0.5;
/** And at least this share of it must be there: a trace of the encoder's ringing is not a face. */
const PRESENT = 0.25;
/**
 * A cell is judged with those that touch it: the smallest thing that can be shown, a block, is 3 x 3 cells or more. If
 * none of them has detail (a black coat, plain pavement), by those further off, up to the width of a block.
 */
const REACHES = [1, 2, 5];
const SAME_LEVEL = 3;

/** Per cell of 4 x 4 pixels: 1 where the output still shows the input's detail. */
export interface Clearness {
  readonly columns: number;
  readonly rows: number;
  readonly clear: Uint8Array;
}

/**
 * Compares an output picture with the input picture of the same time, pixel by pixel and without knowing what the
 * anonymiser meant to hide. In each cell the detail (what differs from the cell's mean) of both is correlated, and the
 * majority of a cell and its neighbours decides: deblocking at the edge of a hidden block looks like a trace of detail.
 * Where the input has no detail at all, a cell is clear when its level is kept.
 */
export function clearnessOf(input: PicturePlanes, output: PicturePlanes): Clearness {
  const columns = Math.floor(input.width / CELL);
  const rows = Math.floor(input.height / CELL);
  const told = new Int8Array(columns * rows);
  const sameLevel = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const { verdict, same } = judge(input, output, column * CELL, row * CELL);
      told[row * columns + column] = verdict;
      sameLevel[row * columns + column] = same ? 1 : 0;
    }
  const clear = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column;
      let verdict = 0;
      for (const reach of REACHES) verdict ||= around(told, columns, rows, column, row, reach);
      clear[cell] = verdict > 0 || (verdict === 0 && sameLevel[cell]) ? 1 : 0;
    }
  return { columns, rows, clear };
}

/** 1 clear, -1 hidden, 0 cannot be told. */
function judge(
  input: PicturePlanes,
  output: PicturePlanes,
  x: number,
  y: number,
): { verdict: -1 | 0 | 1; same: boolean } {
  let sumIn = 0;
  let sumOut = 0;
  let squaresIn = 0;
  let squaresOut = 0;
  let products = 0;
  for (let row = y; row < y + CELL; row++)
    for (let column = x; column < x + CELL; column++) {
      const a = input.y[row * input.strideY + column] as number;
      const b = output.y[row * output.strideY + column] as number;
      sumIn += a;
      sumOut += b;
      squaresIn += a * a;
      squaresOut += b * b;
      products += a * b;
    }
  const count = CELL * CELL;
  const detailIn = squaresIn - (sumIn * sumIn) / count;
  const detailOut = squaresOut - (sumOut * sumOut) / count;
  const shared = products - (sumIn * sumOut) / count;
  const same = Math.abs(sumIn - sumOut) / count <= SAME_LEVEL;
  if (detailIn < TELLING) return { verdict: 0, same };
  const alike = detailOut > 0 ? shared / Math.sqrt(detailIn * detailOut) : 0;
  return { verdict: alike >= ALIKE && shared / detailIn >= PRESENT ? 1 : -1, same };
}

function around(told: Int8Array, columns: number, rows: number, column: number, row: number, reach: number): number {
  let sum = 0;
  for (let r = Math.max(0, row - reach); r <= Math.min(rows - 1, row + reach); r++)
    for (let c = Math.max(0, column - reach); c <= Math.min(columns - 1, column + reach); c++)
      sum += told[r * columns + c] as number;
  return Math.sign(sum);
}
