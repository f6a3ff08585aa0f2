import { type Arena, ARENA_LIMIT } from "./arena.ts";
import { Choice } from "./choice.ts";
import { Cores } from "./cores.ts";
import type { Covering } from "./covering.ts";
import type { Random } from "./random.ts";
import type { Ranking } from "./ranking.ts";
import type { Search } from "./search.ts";
import { Windows } from "./windows.ts";

/** Where fewer columns are chosen than this, a window would hold most of them. */
const FEW = 60;
/** Moves of a turn: the shortest for the way that gains less; twice as long each time that the other one leads. */
const TURN = { shortest: 200_000, longest: 1_600_000 } as const;
/** How much the turns before the last one count: so much that where both gain nothing, the one that last did leads. */
const MEMORY = 0.1;
/** Moves of one step on a core. */
const CORE_STEP = 20_000;
/** Windows are cold before the end, so that the end is not left half way up. */
const COLD = 0.95;

/** A way of searching, and what its turns gained. */
interface Way {
  readonly moves: number;
  readonly step: (spent: number) => void;
  /** Cost saved per move, mostly in the last turn. */
  rate: number;
  /** Moves of the last turn. */
  turn: number;
}

/**
 * Least cost for all rows, or for all but a slack. Cores and windows take turns, the one that gains more the longer
 * ones: which it is depends on whether the covering is local, and on how far the search has come.
 */
export class CoverSearch implements Search {
  best: readonly number[];
  bestCost: number;
  readonly #covering: Covering;
  readonly #cores: Cores;
  readonly #windows: Windows;
  readonly #walking: Choice;
  readonly #bound: number;
  readonly #ways: readonly Way[];
  #turn = -1;
  #turnUntil = 0;
  #turnFrom = 0;
  #turnCost = 0;

  constructor(
    covering: Covering,
    from: {
      readonly start: readonly number[];
      readonly slack: number;
      readonly ranking: Ranking;
      readonly bound: number;
      readonly random: Random;
      readonly arena: Arena;
    },
  ) {
    const { start, slack, ranking, bound, random, arena } = from;
    this.#covering = covering;
    this.#bound = bound;
    this.#walking = new Choice(covering, start);
    this.best = start;
    this.bestCost = this.#walking.cost;
    this.#cores = new Cores(covering, ranking, slack, random, arena);
    this.#windows = new Windows(this.#walking, ranking, slack, random, arena);
    const cores = wayOf(this.#cores, () => this.#stepCores());
    const wins = wayOf(this.#windows, (spent) => this.#stepWindows(Math.max(0, 1 - spent / COLD)));
    if (covering.rows > ARENA_LIMIT) this.#ways = [wins];
    else this.#ways = start.length <= FEW ? [cores] : [cores, wins];
  }

  get moves(): number {
    return this.#cores.moves + this.#windows.moves;
  }

  step(spent: number): void {
    if (this.#turn < 0 || this.#ways[this.#turn]!.moves >= this.#turnUntil) this.#next();
    this.#ways[this.#turn]!.step(spent);
  }

  /** Each way has a short first turn; then leader and other alternate, and who gains more per move leads. */
  #next(): void {
    const { moves } = this;
    const before = this.#ways[this.#turn];
    if (before) {
      const rate = (this.#turnCost - this.bestCost) / (moves - this.#turnFrom);
      before.rate = (1 - MEMORY) * rate + MEMORY * before.rate;
    }
    this.#turn = (this.#turn + 1) % this.#ways.length;
    const way = this.#ways[this.#turn]!;
    const leads = way.moves > 0 && this.#ways.every(({ rate }) => rate <= way.rate);
    way.turn = leads ? Math.min(2 * way.turn, TURN.longest) : TURN.shortest;
    this.#turnUntil = way.moves + way.turn;
    this.#turnFrom = moves;
    this.#turnCost = this.bestCost;
  }

  #stepCores(): void {
    const gap = this.bestCost - this.#bound;
    const found = this.#cores.step(this.best, this.bestCost, gap, CORE_STEP);
    if (found === null) return;
    this.#keep(found, costOf(this.#covering, found));
    this.#walking.replace(this.#walking.chosen(), found);
    this.#walking.recount();
  }

  #stepWindows(warmth: number): void {
    this.#windows.step(warmth);
    if (this.#walking.cost >= this.bestCost * (1 - 1e-12)) return;
    this.#walking.recount();
    if (this.#walking.cost < this.bestCost) this.#keep(this.#walking.chosen(), this.#walking.cost);
  }

  #keep(choice: readonly number[], cost: number): void {
    this.best = choice;
    this.bestCost = cost;
  }
}

function wayOf(search: Cores | Windows, step: (spent: number) => void): Way {
  return {
    get moves() {
      return search.moves;
    },
    step,
    rate: 0,
    turn: TURN.shortest,
  };
}

const costOf = ({ costs }: Covering, choice: readonly number[]): number =>
  choice.reduce((sum, j) => sum + costs[j]!, 0);
