import type { Covering } from "./covering.ts";
import type { Answer } from "./question.ts";
import { solve, type SolveOptions } from "./solve.ts";

export interface CurvePoint {
  /** The share of all weight that had to be met. */
  readonly share: number;
  readonly answer: Answer;
}

/**
 * What each share of the weight costs: the curve from which a person picks, since the last percents cost most.
 *
 * @param shares  Each above 0, up to 1.
 * @returns in the order of the shares; a plan that meets a larger share for less stands for the smaller one too
 */
export function* curve(
  covering: Covering,
  shares: readonly number[],
  { seed = 1, spent }: SolveOptions,
): Generator<Answer, readonly CurvePoint[]> {
  const total = covering.weights.reduce((sum, w) => sum + w, 0);
  let moves = 0;
  const points: CurvePoint[] = [];
  for (const [k, share] of shares.entries()) {
    const before = moves;
    const options = { seed, spent: (own: number): number => spent(before + own) * shares.length - k };
    const answer = yield* solve(covering, { ask: "cover", slack: (1 - share) * total }, options);
    moves += answer.moves;
    points.push({ share, answer });
  }
  return points.map(({ share, answer }) => {
    const meeting = points.filter((point) => point.share >= share).map((point) => point.answer);
    const cheapest = meeting.reduce((a, b) => (b.cost < a.cost ? b : a), answer);
    const gap = cheapest.cost > 0 ? (cheapest.cost - answer.bound) / cheapest.cost : 0;
    return { share, answer: { ...cheapest, bound: answer.bound, certificate: answer.certificate, gap } };
  });
}
