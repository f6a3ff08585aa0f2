import type { Covering } from "./covering.ts";

/** A choice of columns on a whole covering, and how often each row is seen by it. */
export class Choice {
  readonly covering: Covering;
  readonly isChosen: Uint8Array;
  /** How many chosen columns see each row. */
  readonly seen: Uint32Array;
  cost = 0;
  count = 0;
  /** Weight of the rows that are unmet. */
  missing = 0;

  constructor(covering: Covering, chosen: Iterable<number> = []) {
    this.covering = covering;
    this.isChosen = new Uint8Array(covering.columns);
    this.seen = new Uint32Array(covering.rows);
    this.replace([], chosen);
    this.recount();
  }

  /** Drops the ones and chooses the others. */
  replace(dropped: Iterable<number>, added: Iterable<number>): void {
    for (const j of dropped) this.#flip(j, -1);
    for (const j of added) this.#flip(j, 1);
  }

  /** Cost and missing weight afresh. */
  recount(): void {
    const { rows, columns, costs, weights, needs } = this.covering;
    this.cost = 0;
    for (let j = 0; j < columns; j++) if (this.isChosen[j]) this.cost += costs[j]!;
    this.missing = 0;
    for (let i = 0; i < rows; i++) if (this.viewsOf(i, NONE) < needs[i]!) this.missing += weights[i]!;
  }

  /** From how many sites row i is seen, the columns in `but` left out. */
  viewsOf(i: number, but: ReadonlySet<number>): number {
    return this.covering.needs[i]! > 1 || but.size > 0 ? this.sitesOf(i, but).size : this.seen[i]!;
  }

  /** The sites that see row i, the columns in `but` left out. */
  sitesOf(i: number, but: ReadonlySet<number>): Set<number> {
    const { rowStart, rowColumns, sites } = this.covering;
    const from = new Set<number>();
    for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) {
      const j = rowColumns[b]!;
      if (this.isChosen[j] && !but.has(j)) from.add(sites[j]!);
    }
    return from;
  }

  chosen(): number[] {
    const list: number[] = [];
    for (let j = 0; j < this.isChosen.length; j++) if (this.isChosen[j]) list.push(j);
    return list;
  }

  #flip(j: number, change: 1 | -1): void {
    const { columnStart, columnRows, costs } = this.covering;
    this.isChosen[j] = change === 1 ? 1 : 0;
    this.cost += change * costs[j]!;
    this.count += change;
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) this.seen[columnRows[a]!]! += change;
  }
}

const NONE: ReadonlySet<number> = new Set();
