/** One line of a bench, in the shape of `bench/results/NAME.json` (DESIGN §8). */
export interface BenchRow {
  readonly measure: string;
  readonly unit: string;
  readonly ours: number;
  /** Measured beside ours in the same run, never typed in. */
  readonly baseline: { readonly name: string; readonly value: number } | null;
  /** Ours divided by the baseline. */
  readonly ratio: number | null;
  readonly goal: string | null;
  readonly met: boolean | null;
}

export interface BenchOptions {
  /** Shorter, so that it can run beside tests: the same rows with less certainty. */
  readonly quick: boolean;
}

export interface BenchReport {
  readonly rows: readonly BenchRow[];
  /** What a reader must know to judge the rows; printed below the table. */
  readonly notes?: readonly string[];
}

/** What each `bench/NAME.ts` exports as `run`. */
export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[] | BenchReport>;

/** A bound on our own value, or on its ratio to the baseline. */
export interface Goal {
  readonly of: "ours" | "ratio";
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A row with ratio and verdict reckoned from what was measured. */
export function row(
  measure: string,
  unit: string,
  ours: number,
  more: { baseline?: { name: string; value: number } | undefined; goal?: Goal } = {},
): BenchRow {
  const { baseline = null, goal } = more;
  const ratio = baseline && baseline.value !== 0 ? ours / baseline.value : null;
  return {
    measure,
    unit,
    ours,
    baseline,
    ratio,
    goal: goal ? wordsOf(goal, unit) : null,
    met: verdict(goal, ours, ratio),
  };
}

function verdict(goal: Goal | undefined, ours: number, ratio: number | null): boolean | null {
  const value = goal?.of === "ratio" ? ratio : ours;
  if (!goal || value === null) return null;
  // NaN, a bench's "could not measure", must not pass: so both comparisons are positive.
  return value <= (goal.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal.atLeast ?? Number.NEGATIVE_INFINITY);
}

function wordsOf(goal: Goal, unit: string): string {
  const suffix = goal.of === "ratio" ? "×" : unit && ` ${unit}`;
  const bounds = [
    goal.atLeast === undefined ? [] : [`≥ ${goal.atLeast}${suffix}`],
    goal.atMost === undefined ? [] : [`≤ ${goal.atMost}${suffix}`],
  ];
  return bounds.flat().join(", ");
}
