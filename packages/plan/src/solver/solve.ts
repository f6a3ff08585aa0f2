import { Arena } from "./arena.ts";
import { BudgetSearch } from "./budget-search.ts";
import { boundOf } from "./certificate.ts";
import { answerOf } from "./answer.ts";
import { CoverSearch } from "./cover-search.ts";
import type { Covering } from "./covering.ts";
import { costDual, type PricedDual, weightDual } from "./dual.ts";
import { greedy } from "./greedy.ts";
import type { Answer, Certificate, Question } from "./question.ts";
import { Random } from "./random.ts";
import { rankBy } from "./ranking.ts";
import { type Part, type Reduced, reduce } from "./reduced.ts";
import type { Search } from "./search.ts";
import { type Dual, type VolumeState, volume } from "./volume.ts";

export interface SolveOptions {
  /** The same seed, question and moves give the same answer. */
  readonly seed?: number;
  /**
   * Asked between steps, with the moves so far: 0 at the beginning, 1 and more when it is time to stop. By moves it is
   * `(moves) => moves / limit`; a clock, where it is wanted, is the caller's.
   */
  readonly spent: (moves: number) => number;
}

/** The search's state lies in one place per process, whatever is solved. */
let arena: Arena | null = null;

/** Of the effort: until when the bound of the reduced covering is sought, and until when it is carried over to all of it. */
const BOUND_UNTIL = 0.25;
const CARRIED_UNTIL = 0.33;
/** Steps of the two at most. */
const BOUND_STEPS = 2_000;
const CARRIED_STEPS = 600;

/**
 * Answers a question, better with every step: each answer that is yielded is whole, so whoever has waited long enough
 * takes the last one. The greedy answer comes first, then the bound, then the search until the effort is spent or the
 * bound is reached.
 *
 * @throws OvertError COVER_INFEASIBLE and others of `reduce`
 */
export function* solve(
  covering: Covering,
  question: Question,
  { seed = 1, spent }: SolveOptions,
): Generator<Answer, Answer> {
  const reduced = reduce(covering, question);
  const { core, open } = reduced;
  const start = startOf(reduced);
  let certificate: Certificate = { multipliers: new Float64Array(covering.rows), price: 0 };
  let bound = boundOf(covering, question, certificate);
  const answer = (choice: readonly number[], moves: number): Answer =>
    answerOf(covering, question, reduced, choice, { certificate, bound, moves });
  let latest = answer(start, 0);
  yield latest;

  const coreDual = dualOf(core, reduced.question);
  const inner = settle(coreDual, BOUND_STEPS, () => spent(0) >= BOUND_UNTIL);
  let step = inner.next();
  for (; !step.done; step = inner.next()) yield latest;
  const { multipliers, value } = step.value;
  const openDual = dualOf(open, reduced.question);
  const carried = settle(
    { ...openDual, start: spread(core, multipliers, open) },
    CARRIED_STEPS,
    () => spent(0) >= CARRIED_UNTIL,
  );
  let outer = carried.next();
  for (; !outer.done; outer = carried.next()) yield latest;
  const whole = new Float64Array(covering.rows);
  open.rowIds.forEach((i, r) => {
    whole[i] = outer.value.multipliers[r]!;
  });
  // What nothing sees adds nothing to what can be met.
  if (question.ask === "weight")
    for (const i of reduced.unmeetable)
      if (covering.rowStart[i] === covering.rowStart[i + 1]) whole[i] = covering.weights[i]!;
  certificate = { multipliers: whole, price: openDual.price(outer.value.multipliers) };
  bound = rounded(covering, question, boundOf(covering, question, certificate));
  latest = answer(start, 0);
  yield latest;

  const search = searchOf(reduced, start, { multipliers, value, price: coreDual.price(multipliers) }, new Random(seed));
  while (latest.gap > 0 && core.covering.columns > 0 && spent(search.moves) < 1) {
    const before = search.best;
    search.step(spent(search.moves));
    if (search.best !== before) latest = answer(search.best, search.moves);
    yield latest;
  }
  return { ...latest, moves: search.moves };
}

/** The last answer: for those who only wait. */
export function solved(covering: Covering, question: Question, options: SolveOptions): Answer {
  const steps = solve(covering, question, options);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

function startOf({ core, question }: Reduced): number[] {
  const { covering } = core;
  const total = covering.weights.reduce((sum, w) => sum + w, 0);
  if (question.ask === "weight")
    return greedy(covering, covering.weights, { weight: Number.POSITIVE_INFINITY, budget: question.budget });
  const slack = question.slack ?? 0;
  const worth = slack > 0 ? covering.weights : new Float64Array(covering.rows).fill(1);
  return greedy(covering, worth, {
    weight: slack > 0 ? total - slack : Number.POSITIVE_INFINITY,
    budget: Number.POSITIVE_INFINITY,
  });
}

function dualOf({ covering }: Part, question: Question): PricedDual {
  return question.ask === "cover" ? costDual(covering, question.slack ?? 0) : weightDual(covering, question.budget);
}

function* settle(dual: Dual, steps: number, isOver: () => boolean): Generator<undefined, VolumeState> {
  const states = volume(dual);
  for (;;) {
    const { value, done } = states.next();
    if (done || value.steps >= steps || isOver()) return value;
    yield;
  }
}

/** Multipliers of the core's rows as multipliers of all open ones. */
function spread(core: Part, multipliers: Float64Array, open: Part): Float64Array {
  const ofRow = new Map(Array.from(core.rowIds, (i, r) => [i, multipliers[r]!]));
  return Float64Array.from(open.rowIds, (i) => ofRow.get(i) ?? 0);
}

function searchOf({ core, question }: Reduced, start: readonly number[], bound: CoreBound, random: Random): Search {
  const { covering } = core;
  const { multipliers, price, value } = bound;
  arena ??= new Arena();
  if (question.ask === "weight") {
    const { budget } = question;
    return new BudgetSearch(covering, { start, budget, multipliers, price, bound: -value, random, arena });
  }
  const ranking = rankBy(covering, multipliers);
  return new CoverSearch(covering, { start, slack: question.slack ?? 0, ranking, bound: value, random, arena });
}

interface CoreBound {
  readonly multipliers: Float64Array;
  readonly price: number;
  readonly value: number;
}

/** Where all answers are whole numbers, so is the best one. */
function rounded({ costs, weights }: Covering, { ask }: Question, bound: number): number {
  if (!(ask === "cover" ? costs : weights).every(Number.isInteger)) return bound;
  return ask === "cover" ? Math.ceil(bound) : Math.floor(bound);
}
