import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { makeCovering } from "./covering.ts";
import { reduce } from "./reduced.ts";
import { bestOf } from "./testing/check.ts";

const COLUMNS = 8;
const anyModel = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: COLUMNS, maxLength: COLUMNS }),
  rows: fc.array(fc.uniqueArray(fc.nat(COLUMNS - 1), { minLength: 3 }), { minLength: 1, maxLength: 7 }),
});

test.prop([anyModel])("what is left has the same best answer", (model) => {
  const { core } = reduce(makeCovering(model), { ask: "cover" });
  const rows = Array.from({ length: core.covering.rows }, (_, i) =>
    Array.from(core.covering.rowColumns.slice(core.covering.rowStart[i], core.covering.rowStart[i + 1])),
  );
  expect(bestOf({ costs: core.covering.costs, rows }, { ask: "cover" })).toBe(bestOf(model, { ask: "cover" }));
});

describe("leaves out", () => {
  test("a column that sees no more than another one and costs no less", () => {
    const { core } = reduce(makeCovering({ costs: [2, 2, 5], rows: [[0, 1, 2], [1, 2], [2]] }), { ask: "cover" });
    expect([...core.columnIds]).toEqual([2]);
  });

  test("a row that is met whenever another one is", () => {
    const { core } = reduce(
      makeCovering({
        costs: [1, 1, 1],
        rows: [
          [0, 1],
          [0, 1, 2],
          [1, 2],
        ],
      }),
      { ask: "cover" },
    );
    expect([...core.rowIds]).toEqual([0]);
  });

  test("no column that a second view may need, unless both hang on one mount", () => {
    const model = { costs: [1, 1], rows: [[0, 1]], needs: [2] };
    expect(reduce(makeCovering(model), { ask: "cover" }).core.covering.columns).toBe(2);
    const onOne = { costs: [1, 1, 1], rows: [[0, 1, 2]], needs: [2], sites: [0, 0, 1] };
    expect(reduce(makeCovering(onOne), { ask: "cover" }).core.covering.columns).toBe(2);
  });
});

test.each([
  [{ ask: "cover", fixed: [0], forbidden: [0] }, "COVER_CONFLICT", "Column 1 is fixed and forbidden"],
  [{ ask: "cover", forbidden: [0, 1] }, "COVER_INFEASIBLE", "No choice meets row 1."],
  [{ ask: "cover", fixed: [7] }, "COVER_COLUMN_UNKNOWN", "no column 8"],
  [{ ask: "weight", budget: 3, fixed: [1] }, "COVER_BUDGET_BELOW_FIXED", "What is fixed costs 4"],
] as const)("%j is refused", (question, code, words) => {
  const covering = makeCovering({ costs: [3, 4], rows: [[0, 1]] });
  expect(() => reduce(covering, question)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});

test("where weight may be left, a row that weighs nothing may be, though the slack is used up by others", () => {
  const model = { costs: [0, 4], rows: [[0], [1]], weights: [5, 0], needs: [2, 1] };
  expect(reduce(makeCovering(model), { ask: "cover", slack: 5 }).core.covering.rows).toBe(0);
});
