import type { Covering } from "./covering.ts";

/** When to stop: at so much weight of met rows, and what must not be overspent. */
interface Until {
  readonly weight: number;
  readonly budget: number;
}

/**
 * The greedy choice: again and again the column that newly meets the most worth for its cost. It is the first plan that
 * is shown, and where the searches start.
 *
 * Gains only fall, so a column whose old gain is below another's new one need not be reckoned again (Minoux 1978).
 *
 * @param worth  Of each row; a row that needs several sites gives a share with each.
 */
export function greedy(covering: Covering, worth: Float64Array, until: Until): number[] {
  const { columns, columnStart, columnRows, costs, weights, needs, sites } = covering;
  const left = needs.slice();
  const seenFrom = new Set<number>();
  const pair = (i: number, j: number): number => i * columns + sites[j]!;
  const counts = (i: number, j: number): boolean => left[i]! > 0 && (needs[i] === 1 || !seenFrom.has(pair(i, j)));
  const rate = (j: number): number => {
    let gain = 0;
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) {
      const i = columnRows[a]!;
      if (counts(i, j)) gain += worth[i]! / needs[i]!;
    }
    return gain / costs[j]!;
  };
  const queue = new Queue(columns, rate);
  const chosen: number[] = [];
  let weight = 0;
  let cost = 0;
  while (weight < until.weight) {
    const j = queue.next(rate);
    if (j < 0) break;
    if (cost + costs[j]! > until.budget) continue;
    chosen.push(j);
    cost += costs[j]!;
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) {
      const i = columnRows[a]!;
      if (!counts(i, j)) continue;
      if (needs[i]! > 1) seenFrom.add(pair(i, j));
      if (--left[i]! === 0) weight += weights[i]!;
    }
  }
  return chosen;
}

/** A binary heap of columns by a rate that only falls. */
class Queue {
  readonly #heap: Uint32Array;
  readonly #rate: Float64Array;
  #size: number;

  constructor(columns: number, rate: (j: number) => number) {
    this.#rate = new Float64Array(columns).map((_, j) => rate(j));
    this.#heap = new Uint32Array(columns).map((_, j) => j);
    this.#size = columns;
    for (let k = (columns >> 1) - 1; k >= 0; k--) this.#sink(k);
  }

  /** Takes the column of the highest rate out; -1 when none has any. */
  next(rate: (j: number) => number): number {
    while (this.#size > 0) {
      const j = this.#heap[0]!;
      const now = rate(j);
      const fell = now < this.#rate[j]!;
      this.#rate[j] = now;
      if (!fell && now > 0) {
        this.#heap[0] = this.#heap[--this.#size]!;
        this.#sink(0);
        return j;
      }
      if (now <= 0) this.#heap[0] = this.#heap[--this.#size]!;
      this.#sink(0);
    }
    return -1;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const rate = this.#rate;
    const item = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#above(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#above(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    if (at < rate.length) heap[at] = item;
  }

  #above(a: number, b: number): boolean {
    const difference = this.#rate[a]! - this.#rate[b]!;
    return difference > 0 || (difference === 0 && a < b);
  }
}
