import type { Instant } from "@overt/core";
import type { Timeline } from "@overt/link";

/** Less than this from a gap's edge one is still at that gap. */
const AT_EDGE_MS = 1_500;

/** The start of the next gap of the anonymised track after `at`. */
export function nextGap(timeline: Timeline | null, at: Instant): Instant | null {
  return timeline?.anonymised.gaps.find(({ from }) => from > at + AT_EDGE_MS)?.from ?? null;
}

/** The start of the gap before `at`. */
export function previousGap(timeline: Timeline | null, at: Instant): Instant | null {
  return timeline?.anonymised.gaps.findLast(({ from }) => from < at - AT_EDGE_MS)?.from ?? null;
}
