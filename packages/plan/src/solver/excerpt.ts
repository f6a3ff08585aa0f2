import { ARENA_LIMIT, type Excerpt } from "./arena.ts";
import type { Covering } from "./covering.ts";

/** Cuts excerpts out of one covering; its marks are as long as the covering, so it is made once. */
export class Cutter {
  readonly #covering: Covering;
  readonly #columnPlace: Int32Array;
  readonly #sitePlace: Int32Array;

  constructor(covering: Covering) {
    this.#covering = covering;
    this.#columnPlace = new Int32Array(covering.columns).fill(-1);
    this.#sitePlace = new Int32Array(covering.columns).fill(-1);
  }

  /**
   * The given rows and columns alone; ids are their places in the lists.
   *
   * @param needOf  From how many sites the row must be seen here.
   * @param counts  Whether a column's site counts for a row: not when it sees that row from outside already.
   */
  cut(
    rowIds: ArrayLike<number>,
    columnIds: ArrayLike<number>,
    needOf: (row: number) => number,
    counts: (column: number, row: number) => boolean,
  ): Excerpt {
    const { rowStart: fullStart, rowColumns: fullColumns, costs, weights, sites } = this.#covering;
    const rows = rowIds.length;
    const columns = columnIds.length;
    if (rows > ARENA_LIMIT || columns > ARENA_LIMIT) throw new RangeError(`excerpt of ${rows} × ${columns}`);
    const place = this.#columnPlace;
    for (let c = 0; c < columns; c++) place[columnIds[c]!] = c;
    const rowStart = new Uint32Array(rows + 1);
    const columnStart = new Uint32Array(columns + 1);
    let most = 0;
    for (let r = 0; r < rows; r++) most += fullStart[rowIds[r]! + 1]! - fullStart[rowIds[r]!]!;
    const rowColumns = new Uint16Array(most);
    const needs = new Uint8Array(rows);
    let arcs = 0;
    for (let r = 0; r < rows; r++) {
      const i = rowIds[r]!;
      needs[r] = needOf(i);
      for (let b = fullStart[i]!, end = fullStart[i + 1]!; b < end; b++) {
        const j = fullColumns[b]!;
        const c = place[j]!;
        if (c < 0 || !counts(j, i)) continue;
        rowColumns[arcs++] = c;
        columnStart[c + 1]!++;
      }
      rowStart[r + 1] = arcs;
    }
    for (let c = 0; c < columns; c++) columnStart[c + 1]! += columnStart[c]!;
    const columnRows = new Uint16Array(arcs);
    const next = columnStart.slice(0, columns);
    for (let r = 0; r < rows; r++)
      for (let b = rowStart[r]!; b < rowStart[r + 1]!; b++) columnRows[next[rowColumns[b]!]!++] = r;
    const result = {
      rows,
      columns,
      rowStart,
      rowColumns: rowColumns.subarray(0, arcs),
      columnStart,
      columnRows,
      costs: new Float64Array(columns),
      values: Float64Array.from(rowIds, (i) => weights[i]!),
      needs,
      sites: new Uint16Array(columns),
    };
    let siteCount = 0;
    for (let c = 0; c < columns; c++) {
      const site = sites[columnIds[c]!]!;
      if (this.#sitePlace[site]! < 0) this.#sitePlace[site] = siteCount++;
      result.costs[c] = costs[columnIds[c]!]!;
      result.sites[c] = this.#sitePlace[site]!;
    }
    for (let c = 0; c < columns; c++) {
      place[columnIds[c]!] = -1;
      this.#sitePlace[sites[columnIds[c]!]!] = -1;
    }
    return result;
  }
}
