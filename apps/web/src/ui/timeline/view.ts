import type { DurationMs, Instant } from "@overt/core";
import { instant } from "@overt/core";

/** The stretch of time that a timeline shows. */
export interface TimelineView {
  readonly from: Instant;
  readonly lengthMs: DurationMs;
}

export const SHORTEST_MS: DurationMs = 1_000;
export const LONGEST_MS: DurationMs = 31 * 86_400_000;

/** 0 at the start of the view, 1 at its end. */
export const shareOf = (view: TimelineView, at: Instant): number => (at - view.from) / view.lengthMs;
export const timeAt = (view: TimelineView, share: number): Instant => instant(view.from + share * view.lengthMs);
export const endOf = (view: TimelineView): Instant => instant(view.from + view.lengthMs);

/** Zooms by `factor` (below 1: in) and keeps the moment under the pointer where it is. */
export function zoomed(view: TimelineView, factor: number, around: Instant): TimelineView {
  const lengthMs = Math.min(Math.max(view.lengthMs * factor, SHORTEST_MS), LONGEST_MS);
  return { from: instant(around - shareOf(view, around) * lengthMs), lengthMs };
}

export function scrolled(view: TimelineView, byMs: DurationMs): TimelineView {
  return { ...view, from: instant(view.from + byMs) };
}

const STEPS_MS = [
  1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_678_400,
].map((s) => s * 1000);

/** Moments to write under the line: at most `most`, on round times of a zone that is `offsetMs` ahead of UTC. */
export function ticks(view: TimelineView, most: number, offsetMs: DurationMs): Instant[] {
  const step = STEPS_MS.find((each) => view.lengthMs / each <= most) ?? (STEPS_MS.at(-1) as number);
  const first = Math.ceil((view.from + offsetMs) / step) * step - offsetMs;
  const count = Math.max(0, Math.floor((endOf(view) - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => instant(first + i * step));
}
