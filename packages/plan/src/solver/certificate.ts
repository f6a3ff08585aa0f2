import type { Covering } from "./covering.ts";
import type { Certificate, Question } from "./question.ts";

/**
 * The bound that a certificate proves: no answer to the question is better. It shares no code with the search.
 *
 * Exact: all numbers are first put on a grid so fine and so bounded that doubles add and subtract them without
 * rounding, costs and worths being moved to the side on which the bound stays true. So nothing is trusted of the
 * multipliers but that they are numbers; bad ones only make a weak bound.
 */
export function boundOf(covering: Covering, question: Question, { multipliers, price }: Certificate): number {
  const { rows, columns, rowStart, columnStart, columnRows, costs, weights, needs } = covering;
  const cover = question.ask === "cover";
  const limit = cover ? (question.slack ?? 0) : question.budget;
  let size = 1 + price * limit;
  for (let i = 0; i < rows; i++)
    size += Math.abs(multipliers[i]!) * (needs[i]! + rowStart[i + 1]! - rowStart[i]!) + (1 + price) * weights[i]!;
  for (let j = 0; j < columns; j++) size += (1 + price) * costs[j]!;
  if (!(price >= 0 && size < 2 ** 60)) return cover ? 0 : Number.POSITIVE_INFINITY;
  const grid = 2 ** (50 - Math.ceil(Math.log2(size)));
  const below = (exact: number) => Math.floor(exact * grid);
  const product = (a: number, b: number) => below(a * b) - 1;
  const u = multipliers.map((m) => Math.max(0, below(m)));
  const fixed = new Set(question.fixed);
  const forbidden = new Set(question.forbidden);
  let sum = limit > 0 ? product(-price, limit) : 0;
  for (let i = 0; i < rows; i++) {
    const worth = needs[i]! * u[i]!;
    if (!cover) sum -= Math.max(0, -below(-weights[i]!) - worth);
    else sum += limit > 0 ? Math.min(worth, product(price, weights[i]!)) : worth;
  }
  for (let j = 0; j < columns; j++) {
    let reduced = cover ? below(costs[j]!) : product(price, costs[j]!);
    for (let a = columnStart[j]!; a < columnStart[j + 1]!; a++) reduced -= u[columnRows[a]!]!;
    if (fixed.has(j) || (reduced < 0 && !forbidden.has(j))) sum += reduced;
  }
  return cover ? sum / grid : -sum / grid;
}
