import { expect, test } from "vitest";
import { makeCovering } from "./covering.ts";
import { curve } from "./curve.ts";
import { nested } from "./nested.ts";
import { faultsOf } from "./testing/check.ts";
import { townModel } from "./testing/instances.ts";

const model = townModel(600, 120, 3);
const covering = makeCovering(model);

function last<T>(steps: Generator<unknown, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

test("four years' plans hold one by one, each contains the one before, and little is lost by it", () => {
  const budgets = [1_000, 2_000, 3_000, 4_000];
  const { years, moves } = last(nested(covering, budgets, { spent: (moved) => moved / 1_000_000 }));
  let before: readonly number[] = [];
  for (const [year, { plan, alone }] of years.entries()) {
    const rules = { ask: "weight", budget: budgets[year]! } as const;
    expect(faultsOf(model, rules, alone)).toEqual([]);
    expect(plan.cost).toBeLessThanOrEqual(budgets[year]!);
    expect(plan.value).toBeLessThanOrEqual(alone.bound);
    expect(before.filter((j) => !plan.chosen.includes(j))).toEqual([]);
    before = plan.chosen;
  }
  const sum = (of: "plan" | "alone") => years.reduce((total, year) => total + year[of].value, 0);
  expect(sum("plan") / sum("alone")).toBeGreaterThan(0.95);
  expect(moves).toBeLessThan(1_100_000);
});

test("what stays is in each year's plan, and what cannot be had in none", () => {
  const rules = { fixed: [0, 8], forbidden: [16, 17] };
  const { years } = last(nested(covering, [1_000, 2_000], { spent: (moved) => moved / 50_000, ...rules }));
  for (const { plan } of years) {
    expect(plan.chosen).toEqual(expect.arrayContaining(rules.fixed));
    expect(plan.chosen.filter((j) => rules.forbidden.includes(j))).toEqual([]);
  }
});

test("a larger share of the weight never costs less", () => {
  const points = last(curve(covering, [0.99, 0.5, 0.8, 0.9], { spent: (moved) => moved / 400_000 }));
  for (const { share, answer } of points)
    expect(faultsOf(model, { ask: "cover", slack: (1 - share) * covering.rows }, answer), `${share}`).toEqual([]);
  const costs = points.toSorted((a, b) => a.share - b.share).map(({ answer }) => answer.cost);
  expect(costs).toEqual(costs.toSorted((a, b) => a - b));
});
