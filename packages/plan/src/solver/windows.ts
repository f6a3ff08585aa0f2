import { type Arena, ARENA_LIMIT } from "./arena.ts";
import type { Choice } from "./choice.ts";
import { Cutter } from "./excerpt.ts";
import type { Random } from "./random.ts";
import type { Ranking } from "./ranking.ts";
import { walk } from "./walk.ts";

/** How a window is made and searched. */
export interface Depth {
  /** How many chosen columns it frees. */
  readonly freed: { readonly least: number; readonly most: number };
  readonly moves: { readonly least: number; readonly most: number };
  /** How many columns of each row it may use, by reduced cost. */
  readonly width: number;
  /** What share of the old columns a soft window begins with. */
  readonly keeps: number;
  /** How much dearer a soft window may end at most, at the beginning, in mean costs of a column. */
  readonly warmest: number;
}

/** What most of the gain comes from. */
export const QUICK: Depth = {
  freed: { least: 5, most: 16 },
  moves: { least: 3_000, most: 16_000 },
  width: 16,
  keeps: 0.4,
  warmest: 1,
};
/** What finds the last of it, where a column is needed that looks bad. */
export const DEEP: Depth = {
  freed: { least: 6, most: 20 },
  moves: { least: 20_000, most: 60_000 },
  width: 64,
  keeps: 0,
  warmest: 0.5,
};

/** Columns of a row by which a window grows. */
const REACH = 6;
/** The share of windows that may end as dear as before, or a little dearer. */
const SOFT = 0.4;

/** Part of the choice, freed: the rows that only it meets, and what could meet them. */
interface Window {
  readonly freed: readonly number[];
  readonly rows: readonly number[];
  /** The freed ones first. */
  readonly columns: readonly number[];
  /** From which sites rows that need several are seen from outside. */
  readonly outside: ReadonlyMap<number, ReadonlySet<number>>;
}

/**
 * Frees a neighbourhood of the choice again and again, and searches for a cheaper way to meet what only it met. On
 * coverings that are local, as towns are, this goes on winning where a search of all rows at once has stopped.
 */
export class Windows {
  moves = 0;
  readonly #choice: Choice;
  readonly #ranking: Ranking;
  readonly #random: Random;
  readonly #arena: Arena;
  readonly #cutter: Cutter;
  readonly #slack: number;
  readonly #rowMark: Uint32Array;
  readonly #columnMark: Uint32Array;
  readonly #seenByFreed: Uint32Array;
  #mark = 0;

  constructor(choice: Choice, ranking: Ranking, slack: number, random: Random, arena: Arena) {
    const { covering } = choice;
    this.#choice = choice;
    this.#ranking = ranking;
    this.#slack = slack;
    this.#random = random;
    this.#arena = arena;
    this.#cutter = new Cutter(covering);
    this.#rowMark = new Uint32Array(covering.rows);
    this.#columnMark = new Uint32Array(covering.columns);
    this.#seenByFreed = new Uint32Array(covering.rows);
  }

  /**
   * Searches one window and changes the choice, if something was found.
   *
   * @param warmth  1 at the beginning, 0 at the end: how willingly the choice becomes dearer for a while.
   */
  step(warmth: number, how: Depth): void {
    const { covering } = this.#choice;
    const arena = this.#arena;
    const random = this.#random;
    const size = between(random, how.freed);
    const window = this.#open(random.below(covering.rows), size, how.width);
    const { freed, rows, columns, outside } = window;
    if (freed.length === 0 || rows.length > ARENA_LIMIT || columns.length > ARENA_LIMIT) {
      this.moves++;
      return;
    }
    const excerpt = this.#cutter.cut(
      rows,
      columns,
      (i) => covering.needs[i]! - (outside.get(i)?.size ?? 0),
      (j, i) => !outside.get(i)?.has(covering.sites[j]!),
    );
    arena.load(excerpt);
    const old = freed.reduce((sum, j) => sum + covering.costs[j]!, 0);
    const soft = random.unit() < SOFT;
    const dearer = soft ? 1e-9 * old + (warmth * how.warmest * random.unit() * old) / freed.length : 0;
    for (let k = 0; k < freed.length; k++) if (!soft || random.unit() < how.keeps) arena.choose(k);
    const goal = {
      moves: between(random, how.moves),
      below: old + dearer,
      slack: this.#slack === 0 ? 0 : this.#slackWithin(rows),
    };
    let found: number[] | null = null;
    walk(arena, random, goal, () => {
      found = Array.from(arena.chosen.items.subarray(0, arena.chosen.size), (c) => columns[c]!);
    });
    this.moves += Math.max(1, arena.moves);
    if (found === null) return;
    this.#choice.replace(freed, found);
    if (this.#slack > 0) this.#choice.recount();
  }

  /** What may be missing among the rows of a window: all that is not missing elsewhere. */
  #slackWithin(rows: readonly number[]): number {
    const { covering } = this.#choice;
    let here = 0;
    for (const i of rows) if (this.#choice.viewsOf(i, NONE) < covering.needs[i]!) here += covering.weights[i]!;
    return this.#slack - (this.#choice.missing - here);
  }

  #open(row: number, size: number, width: number): Window {
    const near = this.#nearest(row, size);
    const { freed } = near;
    const { rowStart, rowColumns, columnStart, columnRows, needs } = this.#choice.covering;
    const { rank } = this.#ranking;
    const seenByFreed = this.#seenByFreed;
    for (const j of freed) for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) seenByFreed[columnRows[a]!]!++;
    const mark = ++this.#mark;
    const columns = freed.slice();
    for (const j of freed) this.#columnMark[j] = mark;
    const rows: number[] = [];
    const outside = new Map<number, ReadonlySet<number>>();
    const without = new Set(freed);
    const take = (i: number): void => {
      if (this.#rowMark[i] === mark) return;
      this.#rowMark[i] = mark;
      if (needs[i] === 1) {
        if (this.#choice.seen[i]! > seenByFreed[i]!) return;
      } else {
        const sites = this.#choice.sitesOf(i, without);
        if (sites.size >= needs[i]!) return;
        outside.set(i, sites);
      }
      rows.push(i);
      for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) {
        const j = rowColumns[b]!;
        if (rank[j]! >= width || this.#columnMark[j] === mark || this.#choice.isChosen[j]) continue;
        this.#columnMark[j] = mark;
        columns.push(j);
      }
    };
    for (const j of freed) for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) take(columnRows[a]!);
    for (const i of near.unmet) take(i);
    for (const j of freed) for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) seenByFreed[columnRows[a]!] = 0;
    return { freed, rows, columns, outside };
  }

  /** The chosen columns nearest to a row, breadth first over rows and columns, and the unmet rows met with on the way. */
  #nearest(row: number, size: number): { freed: number[]; unmet: number[] } {
    const choice = this.#choice;
    const { rowStart, rowColumns, columnStart, columnRows, needs } = choice.covering;
    const { rank } = this.#ranking;
    const mark = ++this.#mark;
    const queue = [row];
    this.#rowMark[row] = mark;
    const freed: number[] = [];
    const unmet: number[] = [];
    for (let q = 0; q < queue.length && freed.length < size; q++) {
      const i = queue[q]!;
      if (this.#slack > 0 && choice.viewsOf(i, NONE) < needs[i]!) unmet.push(i);
      for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) {
        const j = rowColumns[b]!;
        if (this.#columnMark[j] === mark || (!choice.isChosen[j] && rank[j]! >= REACH)) continue;
        this.#columnMark[j] = mark;
        if (choice.isChosen[j] && freed.length < size) freed.push(j);
        for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) {
          const r = columnRows[a]!;
          if (this.#rowMark[r] === mark) continue;
          this.#rowMark[r] = mark;
          queue.push(r);
        }
      }
    }
    return { freed, unmet };
  }
}

const between = (random: Random, { least, most }: { readonly least: number; readonly most: number }): number =>
  least + random.below(most - least + 1);

const NONE: ReadonlySet<number> = new Set();
