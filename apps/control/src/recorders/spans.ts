import { type DurationMs, days, type Instant } from "@overt/core";
import type { Problem } from "@overt/link";

/** A segment a minute on two tracks: longer ones would not fit what one viewer may have waiting. */
const LONGEST_MS: DurationMs = days(8);

/** Why no timeline is asked for `[from, to)`; null when it is in order. */
export function spanFault(from: Instant, to: Instant): Problem | null {
  if (to <= from)
    return { code: "SPAN_INVALID", message: "This span ends before it begins.", hint: "Give `from` before `to`." };
  if (to - from > LONGEST_MS)
    return { code: "SPAN_TOO_LONG", message: "This span is longer than 8 days.", hint: "Ask for it in parts." };
  return null;
}
