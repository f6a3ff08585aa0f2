import { checkFigure } from "./network-error.ts";

/** Anything that a plan reckoned and a running system measures: a stream's kbit/s, a core's ms, a site's watts. */
export interface Estimate {
  readonly id: string;
  readonly unit: string;
  readonly value: number;
}

export interface Compared extends Estimate {
  /** Null: not measured yet; the estimate stands. */
  readonly measured: number | null;
  /** Measured over estimated: 2 is twice what was planned. */
  readonly ratio: number | null;
  /** What is to be reckoned with from now on. */
  readonly now: number;
}

export interface Accuracy {
  readonly compared: readonly Compared[];
  /** Of those that were measured, how many. */
  readonly measured: number;
  /** How far off half of them were at least, percent of the estimate; null: none was measured. */
  readonly medianOffPercent: number | null;
  /** All measured over all estimated, less one: above 0, the plan was too hopeful. One unit only, else null. */
  readonly biasPercent: number | null;
  /** The one that was furthest off. */
  readonly worst: Compared | null;
}

/**
 * What was measured replaces what was estimated, and the plan says how wrong it was.
 *
 * @throws OvertError `NETWORK_FIGURE_INVALID`
 */
export function measuredAgainst(estimates: readonly Estimate[], measured: ReadonlyMap<string, number>): Accuracy {
  const compared = estimates.map(({ id, unit, value }): Compared => {
    checkFigure(`The estimate of "${id}"`, value);
    const seen = measured.get(id) ?? null;
    if (seen !== null) checkFigure(`The measurement of "${id}"`, seen);
    return {
      id,
      unit,
      value,
      measured: seen,
      ratio: seen === null || value === 0 ? null : seen / value,
      now: seen ?? value,
    };
  });
  const seen = compared.filter((each): each is Compared & { ratio: number; measured: number } => each.ratio !== null);
  const off = seen.map((each) => ({ each, by: Math.abs(each.ratio - 1) })).sort((a, b) => b.by - a.by);
  const oneUnit = new Set(seen.map(({ unit }) => unit)).size === 1;
  const sum = (of: (each: { measured: number; value: number }) => number): number =>
    seen.reduce((all, each) => all + of(each), 0);
  return {
    compared,
    measured: compared.filter((each) => each.measured !== null).length,
    medianOffPercent: off.length === 0 ? null : 100 * median(off.map(({ by }) => by)),
    biasPercent: oneUnit ? 100 * (sum((each) => each.measured) / sum((each) => each.value) - 1) : null,
    worst: off[0]?.each ?? null,
  };
}

function median(descending: readonly number[]): number {
  const middle = descending.length / 2;
  return (descending[Math.ceil(middle) - 1]! + descending[Math.floor(middle)]!) / 2;
}
