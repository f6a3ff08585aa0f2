import type { CoveringModel } from "../covering.ts";
import type { Answer, Question } from "../question.ts";

/**
 * What is wrong with an answer, found the plain way: from the model as it was given, with nothing of the solver's.
 *
 * @returns sentences; none when all is right
 */
export function faultsOf(model: CoveringModel, question: Question, answer: Answer): string[] {
  const faults: string[] = [];
  const { chosen } = answer;
  if (new Set(chosen).size !== chosen.length) faults.push("a column is chosen twice");
  for (const j of question.fixed ?? []) if (!chosen.includes(j)) faults.push(`fixed column ${j} is missing`);
  for (const j of question.forbidden ?? []) if (chosen.includes(j)) faults.push(`forbidden column ${j} is chosen`);
  const { cost, weight, missing } = worthOf(model, chosen);
  if (!near(cost, answer.cost)) faults.push(`cost ${cost} is told as ${answer.cost}`);
  if (!near(weight, answer.weight)) faults.push(`weight ${weight} is told as ${answer.weight}`);
  if (question.ask === "cover") {
    if (question.slack ? missing > question.slack * (1 + 1e-9) : unmetOf(model, chosen).length > 0)
      faults.push(`unmet: ${unmetOf(model, chosen).join(", ")}`);
    if (answer.value !== answer.cost) faults.push("the value of a cover is its cost");
    if (answer.bound > answer.value * (1 + 1e-9)) faults.push(`bound ${answer.bound} is above ${answer.value}`);
  } else {
    if (cost > question.budget * (1 + 1e-9)) faults.push(`cost ${cost} is beyond ${question.budget}`);
    if (answer.value !== answer.weight) faults.push("the value within a budget is the weight");
    if (answer.bound < answer.value * (1 - 1e-9)) faults.push(`bound ${answer.bound} is below ${answer.value}`);
  }
  const proven = provenBy(model, question, answer.certificate);
  if (question.ask === "cover" ? answer.bound > Math.ceil(proven) : answer.bound < Math.floor(proven))
    faults.push(`the certificate proves ${proven}, not ${answer.bound}`);
  return faults;
}

export function worthOf(model: CoveringModel, chosen: readonly number[]) {
  const unmet = new Set(unmetOf(model, chosen));
  let weight = 0;
  let missing = 0;
  for (let i = 0; i < model.rows.length; i++)
    if (unmet.has(i)) missing += model.weights?.[i] ?? 1;
    else weight += model.weights?.[i] ?? 1;
  return { cost: chosen.reduce((sum, j) => sum + model.costs[j]!, 0), weight, missing };
}

function unmetOf(model: CoveringModel, chosen: readonly number[]): number[] {
  return Array.from(model.rows, (columns, i) => {
    const seeing = chosen.filter((j) => Array.from(columns).includes(j));
    const from = new Set(seeing.map((j) => model.sites?.[j] ?? j));
    return from.size < (model.needs?.[i] ?? 1) ? i : -1;
  }).filter((i) => i >= 0);
}

/** The bound of README.md's formulas, in plain doubles: near the exact one, which is on the safe side of it. */
function provenBy(model: CoveringModel, question: Question, { multipliers, price }: Answer["certificate"]): number {
  const u = Array.from(multipliers);
  const rows = Array.from(model.rows, (columns) => Array.from(columns));
  const need = (i: number): number => model.needs?.[i] ?? 1;
  const weight = (i: number): number => model.weights?.[i] ?? 1;
  const reduced = Array.from(model.costs, (c) => (question.ask === "cover" ? c : price * c));
  rows.forEach((columns, i) => {
    for (const j of columns) reduced[j]! -= u[i]!;
  });
  const columns = reduced.map((r, j) =>
    question.fixed?.includes(j) ? r : question.forbidden?.includes(j) ? 0 : Math.min(0, r),
  );
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  if (question.ask === "weight")
    return sum(u.map((m, i) => Math.max(0, weight(i) - need(i) * m))) + price * question.budget - sum(columns);
  const slack = question.slack ?? 0;
  const worths = u.map((m, i) => (slack > 0 ? Math.min(need(i) * m, price * weight(i)) : need(i) * m));
  return sum(worths) - price * slack + sum(columns) + 1e-9;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

/** The best of all choices, by trying them all; null when none answers. For up to 12 columns. */
export function bestOf(model: CoveringModel, question: Question): number | null {
  let best: number | null = null;
  for (let mask = 0; mask < 1 << model.costs.length; mask++) {
    const chosen = Array.from(model.costs, (_, j) => j).filter((j) => mask & (1 << j));
    if (question.fixed?.some((j) => !chosen.includes(j)) || question.forbidden?.some((j) => chosen.includes(j)))
      continue;
    const { cost, weight, missing } = worthOf(model, chosen);
    if (question.ask === "weight") {
      if (cost <= question.budget && (best === null || weight > best)) best = weight;
    } else {
      const answers = question.slack ? missing <= question.slack : unmetOf(model, chosen).length === 0;
      if (answers && (best === null || cost < best)) best = cost;
    }
  }
  return best;
}
