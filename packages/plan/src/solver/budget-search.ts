import { type Arena, ARENA_LIMIT } from "./arena.ts";
import { Choice } from "./choice.ts";
import type { Covering } from "./covering.ts";
import { Cutter } from "./excerpt.ts";
import type { Random } from "./random.ts";
import type { Search } from "./search.ts";

/** Ruins of one step. */
const RUINS = 100;
/** How many columns a ruin drops at most. */
const DROPPED = 6;
/** The share of columns that are passed over though they would be the best: what makes each refilling different. */
const BLINK = 0.4;
/** A refilled choice is kept when it is no worse than the one so many ruins ago (late acceptance, Burke & Bykov 2017). */
const MEMORY = 500;
/** Ruins without a better choice after which the search begins anew from the best, on the columns still in question. */
const PATIENCE = 30_000;
/** Weights become whole numbers for the search; what counts is always the true weight. */
const FINEST = 1 << 16;

/**
 * Most weight within a budget: drops a few chosen columns, half of the time near each other, and refills with what
 * gains most for its cost (ruin and recreate). Row weighting never beat the greedy choice here, since most rows stay
 * unmet.
 */
export class BudgetSearch implements Search {
  moves = 0;
  best: readonly number[];
  bestWeight: number;
  readonly #covering: Covering;
  readonly #budget: number;
  readonly #random: Random;
  readonly #arena: Arena;
  /** What is at least lost of the bound with each column, if it is in an answer. */
  readonly #forfeit: Float64Array;
  readonly #bound: number;
  readonly #cutter: Cutter;
  readonly #late = new Float64Array(MEMORY);
  #columns: Uint32Array = new Uint32Array(0);
  #total = 0;
  #now = 0;
  #ruins = 0;
  #better = 0;

  constructor(
    covering: Covering,
    from: {
      readonly start: readonly number[];
      readonly budget: number;
      readonly multipliers: Float64Array;
      readonly price: number;
      readonly bound: number;
      readonly random: Random;
      readonly arena: Arena;
    },
  ) {
    this.#covering = covering;
    this.#budget = from.budget;
    this.#bound = from.bound;
    this.#random = from.random;
    this.#arena = from.arena;
    this.#cutter = new Cutter(covering);
    this.#forfeit = forfeits(covering, from.multipliers, from.price);
    this.best = from.start;
    const all = new Choice(covering).missing;
    this.bestWeight = all - new Choice(covering, from.start).missing;
    this.#load();
  }

  step(): void {
    const before = this.#arena.moves;
    for (let k = 0; k < RUINS; k++) this.#ruin();
    // At least one each, so that a search that cannot move ends too.
    this.moves += Math.max(RUINS, this.#arena.moves - before);
    if (this.#ruins - this.#better > PATIENCE) this.#load();
  }

  #ruin(): void {
    const arena = this.#arena;
    const random = this.#random;
    const before = this.#now;
    const dropped: number[] = [];
    const added: number[] = [];
    const near = random.unit() < 0.5;
    let last = -1;
    for (let k = 1 + random.below(DROPPED); k > 0 && arena.chosen.size > 0; k--) {
      const j = near && last >= 0 ? this.#near(last) : arena.chosen.items[random.below(arena.chosen.size)]!;
      last = j;
      if (!arena.isChosen[j]) continue;
      arena.drop(j);
      dropped.push(j);
    }
    for (let j = this.#mostGain(); j >= 0; j = this.#mostGain()) {
      arena.choose(j);
      added.push(j);
    }
    this.#now = this.#total - arena.missing;
    const slot = this.#ruins++ % MEMORY;
    if (this.#now < before && this.#now < this.#late[slot]!) {
      for (const j of added) if (arena.isChosen[j]) arena.drop(j);
      for (const j of dropped) if (!arena.isChosen[j]) arena.choose(j);
      this.#now = before;
    }
    this.#late[slot] = this.#now;
    if (this.#now > this.bestWeight + 1e-9) {
      this.bestWeight = this.#now;
      this.best = Array.from(arena.chosen.items.subarray(0, arena.chosen.size), (c) => this.#columns[c]!);
      this.#better = this.#ruins;
    }
  }

  /** A column that shares a row with one that shares a row with j: chosen or not. */
  #near(j: number): number {
    const { rowStart, rowColumns, columnStart, columnRows } = this.#arena.excerpt;
    let at = j;
    for (let hop = 0; hop < 12; hop++) {
      const rows = columnStart[at + 1]! - columnStart[at]!;
      if (rows === 0) break;
      const i = columnRows[columnStart[at]! + this.#random.below(rows)]!;
      at = rowColumns[rowStart[i]! + this.#random.below(rowStart[i + 1]! - rowStart[i]!)]!;
      if (this.#arena.isChosen[at]) return at;
    }
    return at;
  }

  #mostGain(): number {
    const { score, isChosen, excerpt, cost } = this.#arena;
    const { columns, costs } = excerpt;
    const room = this.#budget * (1 + 1e-12) - cost;
    let best = -1;
    let bestGain = 0;
    let bestCost = 1;
    for (let j = 0; j < columns; j++) {
      const c = costs[j]!;
      const gain = score[j]!;
      if (gain * bestCost <= bestGain * c || isChosen[j] === 1 || c > room) continue;
      if (this.#random.unit() < BLINK) continue;
      best = j;
      bestGain = gain;
      bestCost = c;
    }
    return best;
  }

  /** Puts the best choice and what could still better it into the arena. */
  #load(): void {
    const { needs } = this.#covering;
    const { columns, rows } = this.#core();
    this.#columns = columns;
    const excerpt = this.#cutter.cut(
      rows,
      columns,
      (i) => needs[i]!,
      () => true,
    );
    const most = excerpt.values.reduce((a, b) => Math.max(a, b), 0);
    const scale = excerpt.values.every(Number.isInteger) && most <= FINEST ? 1 : FINEST / most;
    this.#arena.load(
      excerpt,
      Int32Array.from(excerpt.values, (w) => Math.round(w * scale)),
    );
    this.#total = excerpt.values.reduce((a, b) => a + b, 0);
    const place = new Map(Array.from(this.#columns, (j, c) => [j, c]));
    for (const j of this.best) this.#arena.choose(place.get(j)!);
    this.#now = this.#total - this.#arena.missing;
    this.#late.fill(this.#now);
    this.#better = this.#ruins;
  }

  /** The best choice and the columns that could be in a better one, as far as there is room; and the rows they see. */
  #core(): { columns: Uint32Array; rows: Uint32Array } {
    const { rows, columnStart, columnRows } = this.#covering;
    const forfeit = this.#forfeit;
    const known = new Set(this.best);
    const gap = this.#bound - this.bestWeight;
    const able = Array.from(forfeit.keys()).filter((j) => forfeit[j]! <= gap && !known.has(j));
    able.sort((a, b) => forfeit[a]! - forfeit[b]! || a - b);
    const isSeen = new Uint8Array(rows);
    const inCore: number[] = [];
    let seen = 0;
    for (const j of [...known, ...able]) {
      if (inCore.length === ARENA_LIMIT || seen + columnStart[j + 1]! - columnStart[j]! > ARENA_LIMIT) break;
      inCore.push(j);
      for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) {
        const i = columnRows[a]!;
        if (isSeen[i] === 0) seen++;
        isSeen[i] = 1;
      }
    }
    return {
      columns: Uint32Array.from(inCore).sort(),
      rows: Uint32Array.from(Array.from(isSeen.keys()).filter((i) => isSeen[i] === 1)),
    };
  }
}

/** The room a column takes, at the bound's price, less what its rows are worth there. */
function forfeits(covering: Covering, multipliers: Float64Array, price: number): Float64Array {
  const { columns, columnStart, columnRows, costs } = covering;
  return new Float64Array(columns).map((_, j) => {
    let forfeit = price * costs[j]!;
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) forfeit -= multipliers[columnRows[a]!]!;
    return forfeit;
  });
}
