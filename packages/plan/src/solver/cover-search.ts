import { type Arena, ARENA_LIMIT } from "./arena.ts";
import { Choice } from "./choice.ts";
import { Cores } from "./cores.ts";
import type { Covering } from "./covering.ts";
import { fused } from "./fusion.ts";
import type { Random } from "./random.ts";
import type { Ranking } from "./ranking.ts";
import type { Search } from "./search.ts";
import { DEEP, type Depth, QUICK, Windows } from "./windows.ts";

/** Where fewer columns are chosen than this, a window would hold most of them. */
const FEW = 60;
/** Moves of the trial of each way, for each chosen column, and the share of the effort at which the first one ends. */
const TRIAL = { moves: 8_000, until: 0.2 } as const;
/** Windows go on winning where cores have stopped, so only if they are worse by more than this share they are left. */
const WORSE = 0.005;
/** Windows begin warm and end cold: moves of such a round for each chosen column. */
const ROUND = 35_000;
/** Where there is time for so many rounds, they are made one after the other up to a share of the effort; then comes a deep one. */
const ROUNDS = { least: 2, until: 0.75 } as const;
/** Cold from this share of the effort on, so that the end is not left half way up. */
const COLD = 0.95;
/** Moves of one step on a core. */
const CORE_STEP = 20_000;

/**
 * Least cost for all rows, or for all but a slack. Cores and windows are tried from the same start. Where cores win,
 * they go on. Windows go on in rounds: each begins at the start anew, and what it ends with is fused with the best; the
 * last one begins at the best and looks deeper.
 */
export class CoverSearch implements Search {
  best: readonly number[];
  bestCost: number;
  readonly #covering: Covering;
  readonly #start: readonly number[];
  readonly #slack: number;
  readonly #bound: number;
  readonly #cores: Cores;
  readonly #windows: Windows;
  /** What the windows change; it may be dearer than the best for a while. */
  readonly #walking: Choice;
  #stage: "try cores" | "try windows" | "cores" | "rounds" | "deep";
  #trial: number;
  #coresCost = Number.POSITIVE_INFINITY;
  #roundFrom = 0;

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
    this.#start = start;
    this.#slack = slack;
    this.#bound = bound;
    this.#walking = new Choice(covering, start);
    this.best = start;
    this.bestCost = this.#walking.cost;
    this.#cores = new Cores(covering, ranking, slack, random, arena);
    this.#windows = new Windows(this.#walking, ranking, slack, random, arena);
    this.#trial = TRIAL.moves * start.length;
    if (covering.rows > ARENA_LIMIT) this.#stage = "rounds";
    else this.#stage = start.length <= FEW ? "cores" : "try cores";
  }

  get moves(): number {
    return this.#cores.moves + this.#windows.moves;
  }

  step(spent: number): void {
    const { moves } = this.#windows;
    if (this.#stage === "rounds") this.#stepRound(spent);
    else if (this.#stage === "deep") this.#stepWindows(1 - (spent - ROUNDS.until) / (COLD - ROUNDS.until), DEEP);
    else if (this.#stage === "try windows") this.#stepWindows(1 - moves / this.#trial, QUICK);
    else this.#stepCores();
    if (this.#stage === "try cores" && (this.#cores.moves >= this.#trial || spent >= TRIAL.until)) {
      this.#trial = this.#cores.moves;
      this.#coresCost = this.bestCost;
      this.#stage = "try windows";
    } else if (this.#stage === "try windows" && moves >= this.#trial) {
      this.#stage = this.#walking.cost > this.#coresCost * (1 + WORSE) ? "cores" : "rounds";
      this.#endRound();
    }
  }

  #stepRound(spent: number): void {
    const { moves } = this.#windows;
    const length = ROUND * this.#start.length;
    const affordable = this.moves / Math.max(spent, 1e-9) / length;
    const several = affordable >= ROUNDS.least;
    const round = (moves - this.#roundFrom) / length;
    this.#stepWindows(1 - Math.max(several ? round : 0, spent / (several ? ROUNDS.until : COLD)), QUICK);
    if (!several) return;
    if (round >= 1 || spent >= ROUNDS.until) this.#endRound();
    if (spent < ROUNDS.until) return;
    this.#walk(this.best);
    this.#stage = "deep";
  }

  /** What a round ended with may be better than the best choice in some places though it is dearer in all. */
  #endRound(): void {
    this.#roundFrom = this.#windows.moves;
    // Two choices that each leave their slack would leave both together.
    if (this.#slack === 0) {
      this.#walk(fused(this.#covering, this.best, this.#walking.chosen()));
      if (this.#walking.cost < this.bestCost) this.#keep(this.#walking.chosen(), this.#walking.cost);
    }
    this.#walk(this.#slack === 0 ? this.#start : this.best);
  }

  #walk(choice: readonly number[]): void {
    this.#walking.replace(this.#walking.chosen(), choice);
    this.#walking.recount();
  }

  #stepCores(): void {
    const gap = this.bestCost - this.#bound;
    const found = this.#cores.step(this.best, this.bestCost, gap, CORE_STEP);
    if (found === null) return;
    this.#keep(found, costOf(this.#covering, found));
  }

  #stepWindows(warmth: number, depth: Depth): void {
    this.#windows.step(Math.max(0, warmth), depth);
    if (this.#walking.cost >= this.bestCost * (1 - 1e-12)) return;
    this.#walking.recount();
    if (this.#walking.cost < this.bestCost) this.#keep(this.#walking.chosen(), this.#walking.cost);
  }

  #keep(choice: readonly number[], cost: number): void {
    this.best = choice;
    this.bestCost = cost;
  }
}

const costOf = ({ costs }: Covering, choice: readonly number[]): number =>
  choice.reduce((sum, j) => sum + costs[j]!, 0);
