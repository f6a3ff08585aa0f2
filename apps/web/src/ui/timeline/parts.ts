import { type DurationMs, days, instant, type Span } from "@overt/core";
import { endOf, type TimelineView } from "./view.ts";

/** The centre answers for at most eight days at a time. */
const PART_MS: DurationMs = days(7);
/** Up to here a view fits into one question together with its neighbours. */
const ONE_PART_MS: DurationMs = days(2);

/** The questions that a view needs, aligned, so that neighbouring positions share their answers. */
export function partsOf(view: TimelineView): Span[] {
  if (view.lengthMs <= ONE_PART_MS) {
    const step = Math.max(view.lengthMs / 2, 1_000);
    const from = instant(Math.floor(view.from / step) * step - view.lengthMs);
    return [{ from, to: instant(Math.ceil(endOf(view) / step) * step + view.lengthMs) }];
  }
  const parts: Span[] = [];
  for (let from = Math.floor(view.from / PART_MS) * PART_MS; from < endOf(view); from += PART_MS)
    parts.push({ from: instant(from), to: instant(from + PART_MS) });
  return parts;
}
