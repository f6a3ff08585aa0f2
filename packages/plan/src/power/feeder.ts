import { days, instant, type Span } from "@overt/core";
import type { Outage } from "@overt/rules/outage";
import type { PlannedCut } from "@overt/rules/planned-cut";
import { type CutStatistics, drawnCuts } from "./cut-statistics.ts";
import { cycleCuts, plannedCuts, type RotatingCuts } from "./cut-schedule.ts";
import { clipped, union } from "./spans.ts";

/** A line of the grid, and when it is known or expected to be dead. */
export interface Feeder {
  readonly id: string;
  readonly cuts: CutCalendar;
  /** What a recorder saw there; it replaces the calendar. */
  readonly measured: MeasuredOutages | null;
}

/** `fixed` is what the recorder's own configuration takes, so that a plan's calendar needs no retyping. */
export type CutCalendar =
  | { readonly kind: "unknown" }
  | { readonly kind: "none" }
  | { readonly kind: "fixed"; readonly cuts: readonly PlannedCut[] }
  | ({ readonly kind: "rotating" } & RotatingCuts)
  | ({ readonly kind: "statistics" } & CutStatistics);

export interface MeasuredOutages {
  /** In which nothing went unseen. */
  readonly observed: Span;
  /** An outage that lasts has no end. */
  readonly outages: readonly Pick<Outage, "start" | "end">[];
}

export interface Cuts {
  readonly spans: readonly Span[];
  /** `unknown`: no cuts are reckoned with, and whoever shows the result says so. */
  readonly basis: "unknown" | "calendar" | "statistics" | "measured";
}

/**
 * When a feeder is dead within a span. Outages that were measured for a week or more stand for the time they were
 * measured in, and repeat, by whole weeks, before and after it.
 *
 * @throws OvertError `POWER_ZONE_UNKNOWN` `POWER_FIGURE_INVALID`
 */
export function cutsOf({ cuts, measured }: Feeder, within: Span): Cuts {
  if (measured && measured.observed.to - measured.observed.from >= WEEK_MS)
    return { spans: repeated(measured, within), basis: "measured" };
  switch (cuts.kind) {
    case "unknown":
    case "none":
      return { spans: [], basis: cuts.kind === "none" ? "calendar" : "unknown" };
    case "fixed":
      return { spans: plannedCuts(cuts.cuts, within), basis: "calendar" };
    case "rotating":
      return { spans: cycleCuts(cuts, within), basis: "calendar" };
    case "statistics":
      return { spans: drawnCuts(cuts, within), basis: "statistics" };
  }
}

const WEEK_MS = days(7);

function repeated({ observed, outages }: MeasuredOutages, within: Span): Span[] {
  const seen = union(outages.map(({ start, end }) => ({ from: start, to: end ?? observed.to })));
  const periodMs = Math.floor((observed.to - observed.from) / WEEK_MS) * WEEK_MS;
  const pattern = clipped(seen, { from: instant(observed.to - periodMs), to: observed.to });
  const after = shiftsOf(pattern, periodMs, { from: observed.to, to: within.to }, observed.to);
  const before = shiftsOf(pattern, periodMs, { from: within.from, to: observed.from }, observed.to);
  return clipped(union([...before, ...clipped(seen, observed), ...after]), within);
}

/** A pattern that ends at `end`, laid over a span again and again. */
function shiftsOf(pattern: readonly Span[], periodMs: number, over: Span, end: number): Span[] {
  if (over.to <= over.from) return [];
  const first = Math.floor((over.from - end) / periodMs) + 1;
  const last = Math.ceil((over.to - end) / periodMs);
  const shifted = Array.from({ length: last - first + 1 }, (_, k) =>
    pattern.map(({ from, to }) => ({
      from: instant(from + (first + k) * periodMs),
      to: instant(to + (first + k) * periodMs),
    })),
  );
  return clipped(union(shifted.flat()), over);
}
