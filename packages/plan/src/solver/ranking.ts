import type { Covering } from "./covering.ts";

/** How promising each column is, by multipliers of its rows: what cores and windows are made of. */
export interface Ranking {
  /** The column's cost less its rows' multipliers. */
  readonly reduced: Float64Array;
  /** The best place the column has, by reduced cost, among the columns of any of its rows; from 0. */
  readonly rank: Uint32Array;
}

export function rankBy(covering: Covering, multipliers: Float64Array): Ranking {
  const { rows, columns, rowStart, rowColumns, columnStart, columnRows, costs } = covering;
  const reduced = costs.slice();
  for (let j = 0; j < columns; j++)
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) reduced[j]! -= multipliers[columnRows[a]!]!;
  const rank = new Uint32Array(columns).fill(0xffff_ffff);
  for (let i = 0; i < rows; i++) {
    const sorted = rowColumns.slice(rowStart[i]!, rowStart[i + 1]!).sort((a, b) => reduced[a]! - reduced[b]! || a - b);
    for (let place = 0; place < sorted.length; place++) if (place < rank[sorted[place]!]!) rank[sorted[place]!] = place;
  }
  return { reduced, rank };
}
