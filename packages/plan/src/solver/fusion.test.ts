import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { makeCovering } from "./covering.ts";
import { fused } from "./fusion.ts";
import { worthOf } from "./testing/check.ts";

const COLUMNS = 10;
const anyCase = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: COLUMNS, maxLength: COLUMNS }),
  rows: fc.array(fc.uniqueArray(fc.nat(COLUMNS - 1), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
  drops: fc.tuple(fc.uniqueArray(fc.nat(COLUMNS - 1)), fc.uniqueArray(fc.nat(COLUMNS - 1))),
});

test.prop([anyCase])("two covers fuse to one that costs no more than either", ({ costs, rows, drops }) => {
  const covering = makeCovering({ costs, rows });
  const all = Array.from({ length: COLUMNS }, (_, j) => j);
  const covers = drops.map((drop) =>
    drop.reduce((chosen, j) => {
      const without = chosen.filter((k) => k !== j);
      return worthOf({ costs, rows }, without).missing === 0 ? without : chosen;
    }, all),
  );
  const [one, other] = covers as [number[], number[]];
  const both = fused(covering, one, other);
  expect(new Set(both).size).toBe(both.length);
  const worth = worthOf({ costs, rows }, both);
  expect(worth.missing).toBe(0);
  const cost = (chosen: number[]) => worthOf({ costs, rows }, chosen).cost;
  expect(worth.cost).toBeLessThanOrEqual(Math.min(cost(one), cost(other)));
});

test("of two far corners each takes the better one", () => {
  const covering = makeCovering({
    costs: [1, 5, 5, 1],
    rows: [
      [0, 1],
      [2, 3],
    ],
  });
  expect(fused(covering, [0, 2], [1, 3]).sort()).toEqual([0, 3]);
});
