import type { Instant } from "@overt/core";
import type { Timeline } from "@overt/link";
import { fill, t } from "../messages/format.ts";
import { dateTimeText, lengthText, type Zone } from "../time.ts";
import classes from "./timeline.module.css";
import { endOf, type TimelineView } from "./view.ts";

const MOST = 100;

/** The gaps in view as words, for those who cannot hover and for screen readers. */
export function GapList({
  timeline,
  view,
  zone,
  now,
  onSeek,
}: {
  timeline: Timeline | null;
  view: TimelineView;
  zone: Zone;
  now: Instant;
  onSeek: (at: Instant) => void;
}) {
  const gaps = (timeline?.anonymised.gaps ?? []).filter(
    ({ from, to }) => from < endOf(view) && (to ?? now) > view.from,
  );
  return (
    <details className={classes.gaps}>
      <summary>
        {t.timeline.gaps}: {gaps.length}
      </summary>
      {gaps.length === 0 && <p>{t.timeline.noGaps}</p>}
      {gaps.length > MOST && <p>{fill(t.timeline.onlyLast, { n: MOST })}</p>}
      <ul>
        {gaps.slice(-MOST).map(({ from, to, cause }) => (
          <li key={from}>
            <button type="button" onClick={() => onSeek(from)}>
              {dateTimeText(from, zone)} – {to === null ? t.timeline.open : dateTimeText(to, zone)} (
              {lengthText((to ?? now) - from)}): {t.cause[cause]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
