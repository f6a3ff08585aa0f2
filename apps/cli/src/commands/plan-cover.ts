import { setImmediate } from "node:timers/promises";
import { type Answer, parseOrLibrary, type Question, solve } from "@overt/plan";
import { readText } from "../key-files.ts";
import type { Output } from "../output.ts";

export interface PlanCoverOptions {
  readonly weights?: string;
  readonly sites?: string;
  readonly budget?: number;
  readonly seed: number;
  readonly seconds?: number;
  readonly moves?: number;
}

/** When nothing is said. */
const SECONDS = 10;
/** Between two looks at whether someone wants to stop. */
const LOOK_MS = 100;

/**
 * `overt plan cover FILE`: the plan's solver on a set-covering file, for those who want to judge it. The seconds are
 * the process's own, from its start; with moves alone the same seed gives the same answer on any machine.
 */
export async function planCover(file: string, options: PlanCoverOptions, output: Output): Promise<void> {
  const { weights, sites, budget, seed, moves } = options;
  const seconds = options.seconds ?? (moves === undefined ? SECONDS : Number.POSITIVE_INFINITY);
  const covering = parseOrLibrary({
    covering: await readText(file),
    weights: weights === undefined ? undefined : await readText(weights),
    sites: sites === undefined ? undefined : await readText(sites),
  });
  const question: Question = budget === undefined ? { ask: "cover" } : { ask: "weight", budget };
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
  });
  const clock = (): number => performance.now() / 1_000;
  const steps = solve(covering, question, {
    seed,
    spent: (moved) => (stopped ? 1 : Math.max(clock() / seconds, moves === undefined ? 0 : moved / moves)),
  });
  let looked = performance.now();
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    if (performance.now() - looked < LOOK_MS) continue;
    const { value, bound, gap } = step.value;
    output.progress(`value ${value}, bound ${bound}, gap ${(100 * gap).toFixed(2)} %`);
    await setImmediate();
    looked = performance.now();
  }
  const result = resultOf(step.value, question, clock());
  output.result(result, JSON.stringify(result));
}

function resultOf({ cost, weight, chosen, bound }: Answer, question: Question, seconds: number) {
  return {
    cost,
    ...(question.ask === "weight" ? { weight } : {}),
    columns: chosen.map((j) => j + 1),
    bound,
    seconds: Math.round(seconds * 1_000) / 1_000,
  };
}
