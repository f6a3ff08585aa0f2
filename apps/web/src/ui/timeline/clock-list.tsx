import type { Timeline } from "@overt/link";
import { fill, t } from "../messages/format.ts";
import { dateTimeText, lengthText, type Zone } from "../time.ts";
import { wrongClocks } from "./clocks.ts";
import classes from "./timeline.module.css";
import type { TimelineView } from "./view.ts";

/** Further off a record cannot say. */
const FARTHEST_MS = 0x7fff_ffff;

/** When the camera's own clock was wrong, in words; nothing when it was right. */
export function ClockList({ timeline, view, zone }: { timeline: Timeline | null; view: TimelineView; zone: Zone }) {
  const wrong = timeline ? wrongClocks(timeline, view) : [];
  if (wrong.length === 0) return null;
  return (
    <ul className={classes.clocks} aria-label={t.timeline.clocks}>
      {wrong.map(({ from, to, offsetMs }) => {
        const length = lengthText(Math.abs(offsetMs));
        return (
          <li key={from}>
            {fill(offsetMs < 0 ? t.timeline.clockBehind : t.timeline.clockAhead, {
              from: dateTimeText(from, zone),
              to: dateTimeText(to, zone),
              length: Math.abs(offsetMs) < FARTHEST_MS ? length : fill(t.timeline.orMore, { length }),
            })}
          </li>
        );
      })}
    </ul>
  );
}
