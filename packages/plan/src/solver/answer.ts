import { Choice } from "./choice.ts";
import type { Covering } from "./covering.ts";
import type { Answer, Certificate, Question } from "./question.ts";
import type { Reduced } from "./reduced.ts";

/** An answer to what was asked, from a choice of the core's columns. */
export function answerOf(
  covering: Covering,
  question: Question,
  { core, taken, unmeetable }: Reduced,
  choice: readonly number[],
  proven: { readonly certificate: Certificate; readonly bound: number; readonly moves: number },
): Answer {
  const whole = new Choice(covering, [...taken, ...choice.map((c) => core.columnIds[c]!)]);
  dropIdleTaken(whole, taken, question);
  whole.recount();
  const weight = covering.weights.reduce((sum, w) => sum + w, 0) - whole.missing;
  const value = question.ask === "cover" ? whole.cost : weight;
  const { bound } = proven;
  const apart = Math.abs(value - bound);
  return {
    value,
    cost: whole.cost,
    weight,
    chosen: whole.chosen(),
    ...proven,
    gap: apart <= 1e-9 * value ? 0 : value === 0 ? 1 : apart / value,
    unmeetable,
  };
}

/** What was taken because it costs nothing, and is needed by no row, is left out again. */
function dropIdleTaken(choice: Choice, taken: readonly number[], { fixed }: Question): void {
  const { columnStart, columnRows, needs } = choice.covering;
  const stays = new Set(fixed);
  for (const j of taken.toReversed()) {
    if (stays.has(j)) continue;
    const without = new Set([j]);
    let idle = true;
    for (let a = columnStart[j]!; idle && a < columnStart[j + 1]!; a++) {
      const i = columnRows[a]!;
      // A row that is unmet either way does not need it.
      idle = choice.viewsOf(i, without) >= Math.min(needs[i]!, choice.viewsOf(i, NONE));
    }
    if (idle) choice.replace([j], []);
  }
}

const NONE: ReadonlySet<number> = new Set();
