import { type Arena, ARENA_LIMIT, type Excerpt } from "./arena.ts";
import type { Covering } from "./covering.ts";
import { Cutter } from "./excerpt.ts";
import type { Random } from "./random.ts";
import type { Ranking } from "./ranking.ts";
import { walk } from "./walk.ts";

/** How many columns of each row a core holds, by reduced cost; one after the other. */
const WIDTHS = [12, 24, 64, 16, 128, 8] as const;
/** Moves on one core in the first round; it grows with the rounds. */
const ROUND = 100_000;

/**
 * Searches all rows at once, on the most promising columns. Row weights are kept from core to core, for they say which
 * rows are hard, and begun anew every third time.
 */
export class Cores {
  moves = 0;
  readonly #covering: Covering;
  readonly #ranking: Ranking;
  readonly #slack: number;
  readonly #random: Random;
  readonly #arena: Arena;
  readonly #cutter: Cutter;
  readonly #rows: Uint32Array;
  #weights: Int32Array | null = null;
  #columns: number[] = [];
  #excerpt: Excerpt | null = null;
  #round = 0;
  #left = 0;

  constructor(covering: Covering, ranking: Ranking, slack: number, random: Random, arena: Arena) {
    this.#covering = covering;
    this.#ranking = ranking;
    this.#slack = slack;
    this.#random = random;
    this.#arena = arena;
    this.#cutter = new Cutter(covering);
    this.#rows = new Uint32Array(covering.rows).map((_, i) => i);
  }

  /**
   * Goes on for about so many moves.
   *
   * @param gap  How far the incumbent is above the bound: dearer reduced costs are in no better answer.
   * @returns a cheaper choice than the incumbent, or null
   */
  step(incumbent: readonly number[], cost: number, gap: number, moves: number): number[] | null {
    // The arena is shared: windows may have been searched in it since.
    if (this.#left <= 0 || this.#arena.excerpt !== this.#excerpt) this.#load(incumbent, gap);
    const arena = this.#arena;
    const before = arena.moves;
    let found: number[] | null = null;
    walk(arena, this.#random, { moves: Math.min(moves, this.#left), below: cost, slack: this.#slack }, () => {
      found = Array.from(arena.chosen.items.subarray(0, arena.chosen.size), (c) => this.#columns[c]!);
    });
    // At least one, so that a search that cannot move ends too.
    const moved = Math.max(1, arena.moves - before);
    this.moves += moved;
    this.#left -= moved;
    this.#weights = arena.weight.slice(0, this.#covering.rows);
    return found;
  }

  #load(incumbent: readonly number[], gap: number): void {
    const { rank, reduced } = this.#ranking;
    const width = WIDTHS[this.#round % WIDTHS.length]!;
    const inCore = new Uint8Array(this.#covering.columns);
    for (let j = 0; j < inCore.length; j++) if (rank[j]! < width && reduced[j]! < gap) inCore[j] = 1;
    for (const j of incumbent) inCore[j] = 1;
    this.#columns = Array.from(inCore.keys()).filter((j) => inCore[j]);
    if (this.#columns.length > ARENA_LIMIT) {
      const known = new Set(incumbent);
      this.#columns.sort((a, b) => Number(known.has(b)) - Number(known.has(a)) || rank[a]! - rank[b]! || a - b);
      this.#columns.length = ARENA_LIMIT;
    }
    const place = new Map(this.#columns.map((j, c) => [j, c]));
    const { needs } = this.#covering;
    this.#excerpt = this.#cutter.cut(
      this.#rows,
      this.#columns,
      (i) => needs[i]!,
      () => true,
    );
    this.#arena.load(this.#excerpt, this.#round % 3 === 2 ? null : this.#weights);
    for (const j of incumbent) this.#arena.choose(place.get(j)!);
    this.#left = ROUND * (1 + (this.#round >> 2));
    this.#round++;
  }
}
