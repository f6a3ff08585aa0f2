import { ActionIcon, Group, SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { hours, type Instant, instant, minutes } from "@overt/core";
import { IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useRef } from "react";
import { fill, t } from "../messages/format.ts";
import { clockText, dateTimeText, type Zone, zoneOffsetMs } from "../time.ts";
import { Warning } from "../warning.tsx";
import { ClockList } from "./clock-list.tsx";
import { GapList } from "./gap-list.tsx";
import { useRowsPointer, useRulerPointer, useWheel } from "./pointer.ts";
import { Legend, Mark, percent, Row } from "./rows.tsx";
import classes from "./timeline.module.css";
import type { Seen } from "./use-timeline.ts";
import { endOf, SHORTEST_MS, shareOf, type TimelineView, ticks, timeAt, zoomed } from "./view.ts";

export interface TimelineProps {
  readonly name: string;
  readonly data: Seen | null;
  readonly view: TimelineView;
  readonly position: Instant | null;
  readonly now: Instant;
  readonly zone: Zone;
  readonly onView: (view: TimelineView) => void;
  readonly onSeek: (at: Instant) => void;
  /** A moment that is dragged over, to be shown by a still; null when the hand lets go. */
  readonly onScrub: (at: Instant | null) => void;
}

const DAY_MS = 86_400_000;
const LABEL_PX = 90;
const SPANS = { [minutes(10)]: "10 min", [hours(1)]: "1 h", [hours(24)]: "24 h", [hours(24 * 7)]: "7 d" };

/** What is recorded of a camera, with its gaps. Click seeks, dragging the rows scrolls, dragging the ruler scrubs. */
export function Timeline(props: TimelineProps) {
  const { name, data, view, position, now, zone, onView, onSeek } = props;
  const line = useRef<HTMLDivElement>(null);
  const { ref: ruler, width } = useElementSize<HTMLDivElement>();
  const fit = (at: Instant): void => {
    const under = data?.timeline.anonymised.segments.find(({ from, to }) => from <= at && at < to);
    if (under) onView({ from: under.from, lengthMs: Math.max(under.to - under.from, SHORTEST_MS) });
  };
  const rows = useRowsPointer({ view, onView, onSeek, onFit: fit });
  const rulerPointer = useRulerPointer(props);
  useWheel(line, view, onView);
  const centre = position ?? timeAt(view, 0.5);
  const track = { covered: data?.covered ?? [], view, now };
  return (
    <section className={classes.timeline} aria-label={fill(t.timeline.label, { name })}>
      <Group gap="xs" className={classes.tools ?? ""}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t.timeline.zoomOut}
          onClick={() => onView(zoomed(view, 2, centre))}
        >
          <IconZoomOut size={18} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t.timeline.zoomIn}
          onClick={() => onView(zoomed(view, 0.5, centre))}
        >
          <IconZoomIn size={18} />
        </ActionIcon>
        <SegmentedControl
          size="sm"
          aria-label={t.timeline.span}
          value={String(view.lengthMs)}
          data={Object.entries(SPANS).map(([value, label]) => ({ value, label }))}
          onChange={(ms) => onView({ from: instant((position ?? now) - Number(ms) * 0.9), lengthMs: Number(ms) })}
        />
        <Legend />
      </Group>
      <div dir="ltr" ref={line}>
        <div className={classes.line} {...rows}>
          <Row track={data?.timeline.anonymised ?? null} kind="anonymised" {...track} />
          <Row track={data?.timeline.original ?? null} kind="original" {...track} />
          {position !== null && <Mark view={view} at={position} kind="position" />}
          <Mark view={view} at={now} kind="now" />
        </div>
        <div ref={ruler} className={classes.ruler} title={t.timeline.scrubHint} {...rulerPointer}>
          {ticksIn(view, Math.max(2, Math.floor(width / LABEL_PX)), zone).map((at) => (
            <span key={at} style={{ left: percent(shareOf(view, at)) }}>
              {labelOf(at, view, zone)}
            </span>
          ))}
          {position !== null && <Mark view={view} at={position} kind="position" />}
        </div>
      </div>
      {data !== null && data.timeline.away.length > 0 && (
        <Warning title={fill(t.timeline.away, { names: data.timeline.away.join(", ") })}>{t.timeline.awayHint}</Warning>
      )}
      <ClockList timeline={data?.timeline ?? null} view={view} zone={zone} />
      <GapList timeline={data?.timeline ?? null} view={view} zone={zone} now={now} onSeek={onSeek} />
    </section>
  );
}

function labelOf(at: Instant, view: TimelineView, zone: Zone): string {
  if (view.lengthMs > 2 * DAY_MS) return dateTimeText(at, zone).slice(5, 16);
  return clockText(at, zone).slice(0, view.lengthMs < 600_000 ? 8 : 5);
}

/** Round times on both sides of a change of summer time, each by its own offset (C92). */
function ticksIn(view: TimelineView, most: number, zone: Zone): Instant[] {
  const offsets = new Set([zoneOffsetMs(view.from, zone), zoneOffsetMs(endOf(view), zone)]);
  return [...offsets].flatMap((offset) => ticks(view, most, offset).filter((at) => zoneOffsetMs(at, zone) === offset));
}
