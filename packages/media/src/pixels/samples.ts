import type { Layout } from "./layout.ts";

/** Ten seconds at two a second. */
const KEPT = 20;
/** Fewer clean samples than this do not tell ground from somebody who stood there. */
export const ENOUGH = 8;

export interface Median {
  readonly level: number;
  /** 1.48 times the median absolute deviation: the standard deviation, were it normal. */
  readonly noise: number;
}

/** The last samples of each cell that nobody touched, newest over oldest. */
export class CellSamples {
  readonly #cells: number;
  readonly #values: Uint8Array;
  readonly #counts: Uint8Array;
  readonly #sorting = new Uint8Array(KEPT);

  constructor({ cells }: Layout) {
    this.#cells = cells;
    this.#values = new Uint8Array(cells * KEPT);
    this.#counts = new Uint8Array(cells);
  }

  add(cell: number, level: number): void {
    const count = this.#counts[cell] as number;
    this.#values[(count % KEPT) * this.#cells + cell] = level;
    this.#counts[cell] = count + 1 < 2 * KEPT ? count + 1 : KEPT;
  }

  enough(cell: number): boolean {
    return (this.#counts[cell] as number) >= ENOUGH;
  }

  median(cell: number): Median {
    const count = Math.min(KEPT, this.#counts[cell] as number);
    const sorted = this.#sorting.subarray(0, count);
    for (let i = 0; i < count; i++) sorted[i] = this.#values[i * this.#cells + cell] as number;
    sorted.sort();
    const level = sorted[count >> 1] as number;
    for (let i = 0; i < count; i++) sorted[i] = Math.abs((sorted[i] as number) - level);
    sorted.sort();
    return { level, noise: 1.48 * (sorted[count >> 1] as number) };
  }

  forget(cell: number): void {
    this.#counts[cell] = 0;
  }

  forgetAll(): void {
    this.#counts.fill(0);
  }
}
