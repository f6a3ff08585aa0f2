import { OvertError } from "@overt/core";

/**
 * A covering instance: each row is a point to be seen, each column a camera that could be bought and the rows it sees.
 * Rows and columns count from 0. Arcs are kept both ways, since the search walks them both ways.
 */
export interface Covering {
  readonly rows: number;
  readonly columns: number;
  /** The columns of row i are `rowColumns[rowStart[i]]` up to, not including, `rowStart[i + 1]`; ascending. */
  readonly rowStart: Uint32Array;
  readonly rowColumns: Uint32Array;
  /** Likewise the rows of column j. */
  readonly columnStart: Uint32Array;
  readonly columnRows: Uint32Array;
  /** Of each column; 0 for what already hangs. */
  readonly costs: Float64Array;
  /** What covering each row is worth, where not all rows must be covered. */
  readonly weights: Float64Array;
  /** From how many different sites each row must be seen. */
  readonly needs: Uint8Array;
  /** The site of each column, numbered anew from 0. Where nothing is said, each column is a site of its own. */
  readonly sites: Uint32Array;
}

/** What a covering is made of; the lists may be plain or typed arrays. */
export interface CoveringModel {
  readonly costs: ArrayLike<number>;
  /** For each row the columns that cover it, in any order, none twice. */
  readonly rows: ArrayLike<ArrayLike<number>>;
  readonly weights?: ArrayLike<number> | undefined;
  readonly needs?: ArrayLike<number> | undefined;
  readonly sites?: ArrayLike<number> | undefined;
}

/** Beyond these the arrays no longer fit a browser's worker; a city is a tenth of it. */
export const COVERING_LIMITS = { rows: 2_000_000, columns: 8_000_000, arcs: 64_000_000 } as const;

/** Sums of this size and below keep their fractions in a double. */
const LARGEST = 1e12;

/** @throws OvertError COVERING_… naming the row or column, counted from 1 as files do */
export function makeCovering(model: CoveringModel): Covering {
  const rows = model.rows.length;
  const columns = model.costs.length;
  const rowStart = new Uint32Array(rows + 1);
  for (let i = 0; i < rows; i++) rowStart[i + 1] = rowStart[i]! + model.rows[i]!.length;
  limit({ rows, columns, arcs: rowStart[rows]! });
  const rowColumns = new Uint32Array(rowStart[rows]!);
  const lastRow = new Int32Array(columns).fill(-1);
  for (let i = 0; i < rows; i++) {
    const list = model.rows[i]!;
    for (let k = 0; k < list.length; k++) {
      const j = list[k]!;
      if (!(Number.isInteger(j) && j >= 0 && j < columns))
        throw new OvertError("COVERING_COLUMN_UNKNOWN", `Row ${i + 1} names column ${j + 1} of ${columns}.`);
      if (lastRow[j] === i) throw new OvertError("COVERING_COLUMN_TWICE", `Row ${i + 1} names column ${j + 1} twice.`);
      lastRow[j] = i;
      rowColumns[rowStart[i]! + k] = j;
    }
    rowColumns.subarray(rowStart[i]!, rowStart[i + 1]!).sort();
  }
  return {
    rows,
    columns,
    rowStart,
    rowColumns,
    ...transpose(rows, columns, rowStart, rowColumns),
    costs: amounts("cost", "column", model.costs, columns),
    weights: amounts("weight", "row", model.weights, rows),
    needs: Uint8Array.from(counts("need", "row", model.needs ?? new Uint8Array(rows).fill(1), rows, 255)),
    sites: renumbered(counts("site", "column", model.sites ?? new Uint32Array(columns).map((_, j) => j), columns)),
  };
}

/** @throws OvertError COVERING_TOO_LARGE */
export function limit(size: Readonly<Record<keyof typeof COVERING_LIMITS, number>>): void {
  for (const what of ["rows", "columns", "arcs"] as const)
    if (!(size[what] <= COVERING_LIMITS[what]))
      throw new OvertError("COVERING_TOO_LARGE", `${size[what]} ${what}; the most is ${COVERING_LIMITS[what]}.`, {
        hint: "Split the town by district.",
      });
}

function transpose(rows: number, columns: number, rowStart: Uint32Array, rowColumns: Uint32Array) {
  const columnStart = new Uint32Array(columns + 1);
  for (const j of rowColumns) columnStart[j + 1]!++;
  for (let j = 0; j < columns; j++) columnStart[j + 1]! += columnStart[j]!;
  const columnRows = new Uint32Array(rowColumns.length);
  const next = columnStart.slice(0, columns);
  for (let i = 0; i < rows; i++)
    for (let a = rowStart[i]!; a < rowStart[i + 1]!; a++) columnRows[next[rowColumns[a]!]!++] = i;
  return { columnStart, columnRows };
}

function renumbered(sites: ArrayLike<number>): Uint32Array {
  const ids = new Map<number, number>();
  return Uint32Array.from(sites, (site) => {
    const id = ids.get(site) ?? ids.size;
    ids.set(site, id);
    return id;
  });
}

function amounts(what: string, of: string, given: ArrayLike<number> | undefined, length: number): Float64Array {
  if (given === undefined) return new Float64Array(length).fill(1);
  sameLength(what, of, given, length);
  for (let k = 0; k < length; k++)
    if (!(given[k]! >= 0 && given[k]! <= LARGEST))
      throw new OvertError("COVERING_AMOUNT_INVALID", `The ${what} of ${of} ${k + 1} is ${given[k]}.`, {
        hint: `It must be from 0 to ${LARGEST}.`,
      });
  return Float64Array.from(given);
}

function counts(what: string, of: string, given: ArrayLike<number>, length: number, most = 2 ** 32 - 1) {
  sameLength(what, of, given, length);
  for (let k = 0; k < length; k++)
    if (!(Number.isInteger(given[k]) && given[k]! >= 0 && given[k]! <= most))
      throw new OvertError("COVERING_COUNT_INVALID", `The ${what} of ${of} ${k + 1} is ${given[k]}.`, {
        hint: `It must be a whole number from 0 to ${most}.`,
      });
  return given;
}

function sameLength(what: string, of: string, given: ArrayLike<number>, length: number): void {
  if (given.length === length) return;
  throw new OvertError("COVERING_LENGTH", `There are ${given.length} ${what}s for ${length} ${of}s.`);
}
