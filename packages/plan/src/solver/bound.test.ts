import { describe, expect, test } from "vitest";
import { boundOf } from "./certificate.ts";
import { makeCovering } from "./covering.ts";
import { costDual, weightDual } from "./dual.ts";
import { randomModel, townModel } from "./testing/instances.ts";
import { volume } from "./volume.ts";

function settled(dual: ReturnType<typeof costDual>) {
  const steps = volume(dual);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

describe("the bound", () => {
  test("of rows that share no column is the sum of their cheapest columns", () => {
    const covering = makeCovering({ costs: [3, 5, 7, 2], rows: [[0, 1], [2], [3]] });
    expect(settled(costDual(covering, 0)).value).toBeCloseTo(12, 2);
  });

  test("of the triangle is that of halves: three rows, each seen by two of three columns", () => {
    const covering = makeCovering({
      costs: [1, 1, 1],
      rows: [
        [0, 1],
        [1, 2],
        [0, 2],
      ],
    });
    expect(settled(costDual(covering, 0)).value).toBeCloseTo(1.5, 3);
  });

  test("within a budget is that of fractions too: half of a column sees half of its rows", () => {
    const covering = makeCovering({ costs: [2, 2], rows: [[0], [0], [1], [1]] });
    expect(-settled(weightDual(covering, 3)).value).toBeCloseTo(3, 3);
  });

  test.each([
    ["a random covering", randomModel(100, 400, 0.06, 3)],
    ["a town", townModel(400, 80, 5)],
  ])("of %s is what its certificate proves", (_, model) => {
    const covering = makeCovering(model);
    for (const slack of [0, 15]) {
      const dual = costDual(covering, slack);
      const { value, multipliers } = settled(dual);
      const certificate = { multipliers, price: dual.price(multipliers) };
      expect(boundOf(covering, { ask: "cover", slack }, certificate)).toBeCloseTo(value, 5);
    }
    const dual = weightDual(covering, 1_000);
    const { value, multipliers } = settled(dual);
    const certificate = { multipliers, price: dual.price(multipliers) };
    expect(boundOf(covering, { ask: "weight", budget: 1_000 }, certificate)).toBeCloseTo(-value, 5);
  });
});

test("a certificate of no numbers proves nothing", () => {
  const covering = makeCovering({ costs: [3], rows: [[0]] });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(boundOf(covering, { ask: "cover" }, { multipliers: Float64Array.of(bad), price: 0 })).toBe(0);
    expect(boundOf(covering, { ask: "weight", budget: 1 }, { multipliers: Float64Array.of(0), price: bad })).toBe(
      Number.POSITIVE_INFINITY,
    );
  }
});
