import type { Covering } from "./covering.ts";
import type { Answer } from "./question.ts";
import { solve } from "./solve.ts";

export interface NestedOptions {
  readonly seed?: number;
  /** As in `solve`, over all the plans that are made on the way. */
  readonly spent: (moves: number) => number;
  readonly fixed?: readonly number[];
  readonly forbidden?: readonly number[];
}

export interface NestedYear {
  /** Its columns are among the next year's. */
  readonly plan: Answer;
  /** What the year's budget would buy if no other year mattered; its bound holds for any plan. */
  readonly alone: Answer;
}

export interface NestedPlan {
  /** `backward`: each year's choice is made out of the next year's; `forward`: the next year adds to it. */
  readonly direction: "backward" | "forward";
  /** One per budget. */
  readonly years: readonly NestedYear[];
  readonly moves: number;
}

/**
 * Choices for growing budgets, year by year, of which nothing is taken down again. They are made backward from the last
 * year and forward from the first, and those are kept that meet more weight, summed over the years.
 *
 * @param budgets  What may have been spent by the end of each year, ascending.
 */
export function* nested(
  covering: Covering,
  budgets: readonly number[],
  { seed = 1, spent, fixed = [], forbidden = [] }: NestedOptions,
): Generator<Answer, NestedPlan> {
  const solves = 3 * budgets.length - 2;
  let made = 0;
  let moves = 0;
  const best = function* (budget: number, rules: { fixed: readonly number[]; forbidden: readonly number[] }) {
    const before = moves;
    const from = made++;
    const options = { seed, spent: (own: number): number => spent(before + own) * solves - from };
    const answer = yield* solve(covering, { ask: "weight", budget, ...rules }, options);
    moves += answer.moves;
    return answer;
  };

  const alone: Answer[] = [];
  for (const budget of budgets) alone.push(yield* best(budget, { fixed, forbidden }));
  const backward = alone.slice(-1);
  for (const budget of budgets.slice(0, -1).reverse()) {
    const later = new Set(backward[0]!.chosen);
    const others = Array.from({ length: covering.columns }, (_, j) => j).filter((j) => !later.has(j));
    backward.unshift(yield* best(budget, { fixed, forbidden: others }));
  }
  const forward = alone.slice(0, 1);
  for (const budget of budgets.slice(1))
    forward.push(yield* best(budget, { fixed: forward.at(-1)!.chosen, forbidden }));

  const direction = worthOf(forward) > worthOf(backward) ? "forward" : "backward";
  const plans = direction === "forward" ? forward : backward;
  return { direction, years: plans.map((plan, year) => ({ plan, alone: alone[year]! })), moves };
}

const worthOf = (years: readonly Answer[]): number => years.reduce((sum, { value }) => sum + value, 0);
