import type { Span } from "@overt/core";
import type { Timeline } from "@overt/link";
import { endOf, type TimelineView } from "./view.ts";

/** A camera whose clock is nearer than this shows the same second, or nearly. */
const OFF_MS = 2_000;
const SAME_MS = 1_000;

export interface WrongClock extends Span {
  /** The camera's clock minus true time. */
  readonly offsetMs: number;
}

/** When in view the camera's own clock was wrong, and by how much: what is drawn into its picture then says so too. */
export function wrongClocks({ anonymised, original }: Timeline, view: TimelineView): WrongClock[] {
  const { segments } = anonymised.segments.length > 0 ? anonymised : original;
  const found: WrongClock[] = [];
  for (const { from, to, clockOffsetMs: offsetMs } of segments) {
    if (offsetMs === null || Math.abs(offsetMs) < OFF_MS || from >= endOf(view) || to <= view.from) continue;
    const last = found.at(-1);
    if (last && Math.abs(last.offsetMs - offsetMs) < SAME_MS) found.splice(-1, 1, { ...last, to });
    else found.push({ from, to, offsetMs });
  }
  return found;
}
