import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { boundOf } from "./certificate.ts";
import { type CoveringModel, makeCovering } from "./covering.ts";
import type { Question } from "./question.ts";
import { solve, solved } from "./solve.ts";
import { bestOf, faultsOf } from "./testing/check.ts";
import { clr, cyc, randomModel, stein, townModel } from "./testing/instances.ts";

const byMoves = (limit: number) => (moves: number) => moves / limit;
const answerTo = (model: CoveringModel, question: Question, moves: number, seed = 1) =>
  solved(makeCovering(model), question, { seed, spent: byMoves(moves) });

const MOST_COLUMNS = 9;
/** Small enough to try all choices: costs of 0 and fractions, equal columns, rows that nothing or everything sees. */
const anyModel: fc.Arbitrary<CoveringModel> = fc.integer({ min: 1, max: MOST_COLUMNS }).chain((columns) =>
  fc.integer({ min: 1, max: 8 }).chain((rows) =>
    fc.record({
      costs: fc.array(fc.oneof(fc.nat(9), fc.constantFrom(0, 0.1, 0.3, 2.5)), {
        minLength: columns,
        maxLength: columns,
      }),
      rows: fc.array(fc.uniqueArray(fc.nat(columns - 1), { minLength: 1 }), { minLength: rows, maxLength: rows }),
      weights: fc.array(fc.oneof(fc.nat(5), fc.constantFrom(0.5, 0.7)), { minLength: rows, maxLength: rows }),
      needs: fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { minLength: rows, maxLength: rows }),
      sites: fc.array(fc.nat(4), { minLength: columns, maxLength: columns }),
    }),
  ),
);
const someColumns = fc.uniqueArray(fc.nat(MOST_COLUMNS - 1), { maxLength: 2 });
const anyCase = fc
  .record({ model: anyModel, fixed: someColumns, forbidden: someColumns, amount: fc.nat(12) })
  .map(({ model, fixed, forbidden, amount }) => ({
    model,
    amount,
    rules: {
      fixed: fixed.filter((j) => j < model.costs.length),
      forbidden: forbidden.filter((j) => j < model.costs.length && !fixed.includes(j)),
    },
  }));

describe("against all choices there are", () => {
  test.prop([anyCase])(
    "the cheapest cover is found and checked, or it is said that there is none",
    ({ model, rules }) => {
      expectBest(model, { ask: "cover", ...rules });
    },
  );

  test.prop([anyCase])("so is the cheapest one that may leave some weight", ({ model, rules, amount }) => {
    expectBest(model, { ask: "cover", slack: amount / 2, ...rules });
  });

  test.prop([anyCase])("so is the most weight within a budget", ({ model, rules, amount }) => {
    expectBest(model, { ask: "weight", budget: amount, ...rules });
  });

  test.prop([anyCase, fc.array(fc.double({ noNaN: true, min: -2, max: 20 }), { minLength: 8, maxLength: 8 })])(
    "no multipliers, however bad, prove more than is true",
    ({ model, rules, amount }, multipliers) => {
      const covering = makeCovering(model);
      const certificate = { multipliers: Float64Array.from(multipliers).slice(0, covering.rows), price: amount / 3 };
      const cover: Question = { ask: "cover", slack: amount / 2, ...rules };
      expect(boundOf(covering, cover, certificate)).toBeLessThanOrEqual(
        bestOf(model, cover) ?? Number.POSITIVE_INFINITY,
      );
      const weight: Question = { ask: "weight", budget: amount, ...rules };
      expect(boundOf(covering, weight, certificate)).toBeGreaterThanOrEqual(
        bestOf(model, weight) ?? Number.NEGATIVE_INFINITY,
      );
    },
  );
});

function expectBest(model: CoveringModel, question: Question): void {
  const best = bestOf(model, question);
  if (best === null) {
    expect(() => answerTo(model, question, 3_000)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^COVER_(INFEASIBLE|BUDGET_BELOW_FIXED)$/) }),
    );
    return;
  }
  const answer = answerTo(model, question, 3_000);
  expect(faultsOf(model, question, answer)).toEqual([]);
  expect(answer.value).toBeCloseTo(best, 9);
}

describe("on instances whose best value is known", () => {
  test.each([
    ["CYC of 6", cyc(6), 60],
    ["CYC of 7", cyc(7), 144],
    ["CLR of 10", clr(10), 25],
    ["STEIN of 81", stein(4), 61],
  ])("%s", (_, model, best) => {
    const answer = answerTo(model, { ask: "cover" }, 1_500_000);
    expect(faultsOf(model, { ask: "cover" }, answer)).toEqual([]);
    expect(answer.value).toBe(best);
  });
});

describe("a random covering and a town", () => {
  const models = [randomModel(150, 600, 0.05, 7), townModel(600, 120, 3)];

  test.each(models)("give answers that hold, to each question", (model) => {
    const total = model.rows.length;
    const questions: Question[] = [
      { ask: "cover" },
      { ask: "cover", slack: total / 10 },
      { ask: "cover", fixed: [1, 2, 3], forbidden: [4, 5, 6] },
      { ask: "weight", budget: 1_500 },
    ];
    for (const question of questions)
      expect(faultsOf(model, question, answerTo(model, question, 100_000)), JSON.stringify(question)).toEqual([]);
  });

  test("give the same answer to the same seed and moves, and whole answers on the way that only get better", () => {
    const covering = makeCovering(models[1]!);
    const run = () => [...solve(covering, { ask: "cover" }, { seed: 5, spent: byMoves(300_000) })];
    const [one, other] = [run(), run()];
    expect(one.at(-1)).toEqual(other.at(-1));
    for (const answer of one) expect(faultsOf(models[1]!, { ask: "cover" }, answer)).toEqual([]);
    const values = one.map(({ value }) => value);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  }, 120_000);

  test("a place seen from two sites is seen from two", () => {
    const model = {
      ...models[1]!,
      needs: models[1]!.rows.length ? Array.from(models[1]!.rows, (_, i) => 1 + (i % 2)) : [],
    };
    const seeable = Array.from(model.rows, (row) => new Set(Array.from(row, (j) => model.sites![j])).size);
    const asked = { ...model, needs: model.needs.map((need, i) => Math.min(need, seeable[i]!)) };
    const answer = answerTo(asked, { ask: "cover" }, 200_000);
    expect(faultsOf(asked, { ask: "cover" }, answer)).toEqual([]);
  });
});

test("rows that no choice meets are named, from 1 as in the file", () => {
  const model = { costs: [1, 2], rows: [[0], [], [1], []] };
  expect(() => answerTo(model, { ask: "cover" }, 10)).toThrow(
    expect.objectContaining({ code: "COVER_INFEASIBLE", message: expect.stringContaining("rows 2, 4.") }),
  );
  expect(answerTo(model, { ask: "weight", budget: 5 }, 10)).toMatchObject({ value: 2, unmeetable: [1, 3] });
});

test("a budget of 0 buys what costs nothing", () => {
  const model = { costs: [0, 2], rows: [[0], [1]], weights: [3, 4] };
  expect(answerTo(model, { ask: "weight", budget: 0 }, 10)).toMatchObject({ value: 3, cost: 0, chosen: [0], gap: 0 });
});

test("a bound that the core has reached is reached on all rows too", () => {
  const model = { costs: [19, 20, 36], rows: [[0], [0, 1], [1, 2]] };
  expect(answerTo(model, { ask: "cover" }, 1_000)).toMatchObject({ value: 39, bound: 39, gap: 0, chosen: [0, 1] });
});
