import type { GapCause, Instant, Span } from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { IconLock } from "@tabler/icons-react";
import { fill, t } from "../messages/format.ts";
import { lengthText } from "../time.ts";
import classes from "./timeline.module.css";
import { endOf, shareOf, type TimelineView } from "./view.ts";

/** One track: recorded, gaps with their causes, and what is not yet fetched. */
export function Row({
  track,
  covered,
  view,
  now,
  kind,
}: {
  track: TrackTimeline | null;
  covered: readonly Span[];
  view: TimelineView;
  now: Instant;
  kind: "anonymised" | "original";
}) {
  return (
    <div className={classes.row} data-kind={kind}>
      <span className={classes.label}>
        {kind === "original" && <IconLock size={14} aria-hidden />} {t.timeline[kind]}
      </span>
      {uncovered(view, covered).map(({ from, to }) => (
        <span key={from} className={classes.unknown} style={place(view, from, to)} title={t.timeline.unknown} />
      ))}
      {track?.segments.map(({ from, to }) => (
        <span key={from} className={classes.recorded} style={place(view, from, to)} />
      ))}
      {track?.gaps.map(({ from, to, cause }) => (
        <span
          key={`${from}${cause}`}
          className={classes.gap}
          data-cause={kindOf(cause)}
          style={place(view, from, to ?? now)}
          title={fill(t.timeline.gapTitle, { cause: t.cause[cause], length: lengthText((to ?? now) - from) })}
        />
      ))}
    </div>
  );
}

/** What the rows mean, as pattern and word. */
export function Legend() {
  return (
    <ul className={classes.legend}>
      <li>
        <i className={classes.recorded} /> {t.timeline.recorded}
      </li>
      <li>
        <i className={classes.gap} data-cause="fault" /> {t.timeline.gap}
      </li>
      <li>
        <i className={classes.gap} data-cause="closed" /> {t.timeline.closed}
      </li>
      <li>
        <i className={classes.gap} data-cause="expired" /> {t.timeline.expired}
      </li>
    </ul>
  );
}

export function Mark({ view, at, kind }: { view: TimelineView; at: Instant; kind: "position" | "now" }) {
  const share = shareOf(view, at);
  if (share < 0 || share > 1) return null;
  return <span className={classes.mark} data-kind={kind} style={{ left: percent(share) }} />;
}

export const percent = (share: number): string => `${share * 100}%`;

/** Left on purpose, not inline-start: time runs from left to right in every language. */
function place(view: TimelineView, from: Instant, to: Instant): React.CSSProperties {
  const start = Math.max(0, shareOf(view, from));
  const end = Math.min(1, shareOf(view, to));
  return end <= start ? { display: "none" } : { left: percent(start), width: `max(2px, ${percent(end - start)})` };
}

/** Closed on purpose, expired by law, or a fault: they are drawn apart. */
function kindOf(cause: GapCause): "fault" | "closed" | "expired" {
  if (cause === "retention") return "expired";
  return cause === "shuttered" || cause === "no_permit" || cause === "masked_no_original" ? "closed" : "fault";
}

function uncovered(view: TimelineView, covered: readonly Span[]): Span[] {
  const holes: Span[] = [];
  let from = view.from;
  for (const span of covered) {
    if (span.from > from) holes.push({ from, to: span.from });
    if (span.to > from) from = span.to;
  }
  if (from < endOf(view)) holes.push({ from, to: endOf(view) });
  return holes;
}
