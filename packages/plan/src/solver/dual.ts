import type { Covering } from "./covering.ts";
import { roomPrice } from "./knapsack.ts";
import type { Dual } from "./volume.ts";

/** A dual with the price that is best for given multipliers: of weight left, or of budget. */
export interface PricedDual extends Dual {
  price(multipliers: Float64Array): number;
}

/**
 * Bounds the least cost of meeting every row but for rows of weight `slack` in all:
 * sum of min(needs u, price × weight) - price × slack + sum over columns of min(0, cost - sum of their rows' u),
 * where `price` is the best for these u; without slack no row may be left, as though the price had no end.
 */
export function costDual(covering: Covering, slack: number): PricedDual {
  const { rows, columns, columnStart, columnRows, costs, weights, needs } = covering;
  const worth = new Float64Array(rows);
  const scratch = { ratio: new Float64Array(rows), order: new Uint32Array(rows) };
  const start = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < columns; j++) {
    const share = costs[j]! / (columnStart[j + 1]! - columnStart[j]!);
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++)
      start[columnRows[a]!] = Math.min(start[columnRows[a]!]!, share);
  }
  for (let i = 0; i < rows; i++) if (!Number.isFinite(start[i]!) || needs[i] === 0) start[i] = 0;
  const most = Float64Array.from(needs, (need, i) => nthCost(covering, i, need));
  const priceOf = (multipliers: Float64Array): number => {
    for (let i = 0; i < rows; i++) worth[i] = needs[i]! * multipliers[i]!;
    return slack > 0 ? roomPrice(worth, weights, slack, scratch) : 0;
  };
  return {
    size: rows,
    most,
    start: start.map((u, i) => Math.min(u, most[i]!)),
    price: priceOf,
    value(multipliers, slope) {
      const price = priceOf(multipliers);
      let value = -price * slack;
      for (let i = 0; i < rows; i++) {
        const left = slack > 0 && worth[i]! > price * weights[i]!;
        value += left ? price * weights[i]! : worth[i]!;
        slope[i] = left ? 0 : needs[i]!;
      }
      for (let j = 0; j < columns; j++) {
        const end = columnStart[j + 1]!;
        let reduced = costs[j]!;
        for (let a = columnStart[j]!; a < end; a++) reduced -= multipliers[columnRows[a]!]!;
        if (reduced >= 0) continue;
        value += reduced;
        for (let a = columnStart[j]!; a < end; a++) slope[columnRows[a]!]! -= 1;
      }
      return value;
    },
  };
}

/**
 * The cost of the n-th cheapest column of row i, n being its need. A larger multiplier than that gains nothing, and
 * where it is carried over to more columns it loses.
 */
function nthCost({ rowStart, rowColumns, costs }: Covering, i: number, need: number): number {
  if (need === 0) return 0;
  const sorted = Float64Array.from(rowColumns.subarray(rowStart[i]!, rowStart[i + 1]!), (j) => costs[j]!).sort();
  return sorted[need - 1] ?? 0;
}

/**
 * Bounds the most weight that can be met within `budget`, as the negative of
 * sum of (weight - u) + price × budget + sum over columns of max(0, sum of their rows' u - price × cost), 0 <= u <= weight.
 */
export function weightDual(covering: Covering, budget: number): PricedDual {
  const { rows, columns, columnStart, columnRows, costs, weights, needs } = covering;
  const gain = new Float64Array(columns);
  const scratch = { ratio: new Float64Array(columns), order: new Uint32Array(columns) };
  const weigh = (multipliers: Float64Array): void => {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let a = columnStart[j]!, end = columnStart[j + 1]!; a < end; a++) sum += multipliers[columnRows[a]!]!;
      gain[j] = sum;
    }
  };
  // A row that needs two sites is met at most as often as half the columns that see it.
  const most = weights.map((w, i) => (needs[i] === 0 ? 0 : w / needs[i]!));
  return {
    size: rows,
    most,
    start: most.map((w) => w / 2),
    price(multipliers) {
      weigh(multipliers);
      return roomPrice(gain, costs, budget, scratch);
    },
    value(multipliers, slope) {
      let value = 0;
      for (let i = 0; i < rows; i++) {
        value -= weights[i]! - needs[i]! * multipliers[i]!;
        slope[i] = needs[i]!;
      }
      const price = this.price(multipliers);
      value -= price * budget;
      for (let j = 0; j < columns; j++) {
        const over = gain[j]! - price * costs[j]!;
        if (over <= 0) continue;
        value -= over;
        for (let a = columnStart[j]!, end = columnStart[j + 1]!; a < end; a++) slope[columnRows[a]!]! -= 1;
      }
      return value;
    },
  };
}
