import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { Arena } from "./arena.ts";
import { type CoveringModel, makeCovering } from "./covering.ts";
import { Cutter } from "./excerpt.ts";

const COLUMNS = 7;
const anyModel = fc.record({
  costs: fc.array(fc.nat(9), { minLength: COLUMNS, maxLength: COLUMNS }),
  rows: fc.array(fc.uniqueArray(fc.nat(COLUMNS - 1), { minLength: 1 }), { minLength: 6, maxLength: 6 }),
  needs: fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 6, maxLength: 6 }),
  sites: fc.array(fc.nat(3), { minLength: COLUMNS, maxLength: COLUMNS }),
});
const anyMoves = fc.array(fc.oneof(fc.nat(COLUMNS - 1), fc.constant("press" as const), fc.constant("halve" as const)));
const arena = new Arena();

test.prop([anyModel, anyMoves])(
  "scores, cost and what is missing are after any moves what they are from the beginning",
  (model, moves) => {
    const covering = makeCovering(model);
    const rows = Array.from({ length: covering.rows }, (_, i) => i);
    const columns = Array.from({ length: COLUMNS }, (_, j) => j);
    arena.load(
      new Cutter(covering).cut(
        rows,
        columns,
        (i) => covering.needs[i]!,
        () => true,
      ),
    );
    for (const move of moves)
      if (move === "press") for (const i of arena.unmet.items.slice(0, arena.unmet.size)) arena.press(i);
      else if (move === "halve") arena.halve();
      else if (arena.isChosen[move]) arena.drop(move);
      else arena.choose(move);
    const chosen = columns.filter((j) => arena.isChosen[j]);
    const lacking = (set: readonly number[]) => rows.map((i) => lackOf(model, i, set));
    const now = lacking(chosen);
    expect([...arena.chosen.items.slice(0, arena.chosen.size)].sort()).toEqual(chosen);
    expect([...arena.unmet.items.slice(0, arena.unmet.size)].sort()).toEqual(rows.filter((i) => now[i]! > 0));
    expect(arena.missing).toBe(now.filter((lack) => lack > 0).length);
    expect(arena.cost).toBe(chosen.reduce((sum, j) => sum + model.costs[j]!, 0));
    for (const j of columns) {
      const without = chosen.filter((k) => k !== j);
      const [far, near] = [lacking(without), lacking([...without, j])];
      expect(arena.score[j]).toBe(rows.reduce((sum, i) => sum + arena.weight[i]! * (far[i]! - near[i]!), 0));
      if (!chosen.includes(j)) continue;
      expect(arena.lossOf(j)).toBe(rows.filter((i) => far[i]! > 0 && near[i] === 0).length);
    }
  },
);

/** How many more sites row i must be seen from. */
function lackOf({ rows, needs, sites }: CoveringModel, i: number, chosen: readonly number[]): number {
  const from = new Set(chosen.filter((j) => Array.from(rows[i]!).includes(j)).map((j) => sites![j]));
  return Math.max(0, needs![i]! - from.size);
}
