import { ActionIcon, Group, SegmentedControl } from "@mantine/core";
import type { Instant } from "@overt/core";
import type { Timeline as TimelineData, TrackTimeline } from "@overt/link";
import { IconLock, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { type PointerEvent, useEffect, useRef } from "react";
import { fill, t } from "../messages/format.ts";
import { clockText, dateTimeText, lengthText, type Zone, zoneText } from "../time.ts";
import classes from "./timeline.module.css";
import { endOf, scrolled, shareOf, type TimelineView, ticks, timeAt, zoomed } from "./view.ts";

export interface TimelineProps {
  readonly name: string;
  readonly data: TimelineData | null;
  readonly view: TimelineView;
  readonly position: Instant | null;
  readonly now: Instant;
  readonly zone: Zone;
  readonly siteZone: Zone;
  readonly onZone: (zone: Zone) => void;
  readonly onView: (view: TimelineView) => void;
  readonly onSeek: (at: Instant) => void;
}

const DAY_MS = 86_400_000;
/** Less pointer movement than this is a click. */
const CLICK_PX = 4;

/** What is recorded of a camera, with its gaps. Click seeks, drag scrolls, wheel and + − zoom around the pointer. */
export function Timeline(props: TimelineProps) {
  const { name, data, view, position, now, zone, onView } = props;
  const line = useRef<HTMLDivElement>(null);
  const pointer = usePointer(props, line);
  useWheel(line, view, onView);
  const centre = position ?? timeAt(view, 0.5);
  const offsetMs = zoneOffsetMs(view.from, zone);
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
          size="xs"
          aria-label={fill(t.timeline.zone, { zone })}
          value={zone}
          data={[
            { value: props.siteZone, label: `${t.timeline.local} (${zoneText(now, props.siteZone)})` },
            ...(props.siteZone === "UTC" ? [] : [{ value: "UTC", label: t.timeline.utc }]),
          ]}
          onChange={props.onZone}
        />
      </Group>
      <div ref={line} className={classes.line} {...pointer}>
        <Row label={t.timeline.anonymised} track={data?.anonymised ?? null} view={view} now={now} kind="anonymised" />
        <Row label={t.timeline.original} track={data?.original ?? null} view={view} now={now} kind="original" />
        {position !== null && <Mark view={view} at={position} kind="position" />}
        <Mark view={view} at={now} kind="now" />
      </div>
      <div className={classes.ticks} aria-hidden>
        {ticks(view, 7, offsetMs).map((at) => (
          <span key={at} style={{ insetInlineStart: percent(shareOf(view, at)) }}>
            {view.lengthMs > 2 * DAY_MS
              ? dateTimeText(at, zone).slice(5, 16)
              : clockText(at, zone).slice(0, view.lengthMs < 600_000 ? 8 : 5)}
          </span>
        ))}
      </div>
      <GapList data={data} view={view} zone={zone} onSeek={props.onSeek} />
    </section>
  );
}

function Row({
  label,
  track,
  view,
  now,
  kind,
}: {
  label: string;
  track: TrackTimeline | null;
  view: TimelineView;
  now: Instant;
  kind: "anonymised" | "original";
}) {
  return (
    <div className={classes.row} data-kind={kind}>
      <span className={classes.label}>
        {kind === "original" && <IconLock size={14} aria-hidden />} {label}
      </span>
      {track?.segments.map(({ from, to }) => (
        <span key={from} className={classes.recorded} style={place(view, from, to)} />
      ))}
      {track?.gaps.map(({ from, to, cause }) => (
        <span
          key={`${from}${cause}`}
          className={classes.gap}
          style={place(view, from, to ?? now)}
          title={`${t.cause[cause]}, ${lengthText((to ?? now) - from)}`}
        />
      ))}
    </div>
  );
}

/** The same gaps as words, for those who cannot hover and for screen readers. */
function GapList({ data, view, zone, onSeek }: Pick<TimelineProps, "data" | "view" | "zone" | "onSeek">) {
  const gaps = (data?.anonymised.gaps ?? []).filter(
    ({ from, to }) => from < endOf(view) && (to ?? Number.POSITIVE_INFINITY) > view.from,
  );
  return (
    <details className={classes.gaps}>
      <summary>
        {t.timeline.gaps}: {gaps.length}
      </summary>
      {gaps.length === 0 && <p>{t.timeline.noGaps}</p>}
      <ul>
        {gaps.slice(-100).map(({ from, to, cause }) => (
          <li key={from}>
            <button type="button" onClick={() => onSeek(to ?? from)}>
              {dateTimeText(from, zone)} – {to === null ? t.timeline.open : dateTimeText(to, zone)}: {t.cause[cause]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Mark({ view, at, kind }: { view: TimelineView; at: Instant; kind: "position" | "now" }) {
  const share = shareOf(view, at);
  if (share < 0 || share > 1) return null;
  return <span className={classes.mark} data-kind={kind} style={{ insetInlineStart: percent(share) }} />;
}

function usePointer({ view, onView, onSeek }: TimelineProps, line: React.RefObject<HTMLDivElement | null>) {
  const drag = useRef<{ x: number; view: TimelineView; moved: boolean } | null>(null);
  const shareUnder = (event: PointerEvent): number => {
    const box = line.current?.getBoundingClientRect();
    if (!box) return 0;
    const fromLeft = (event.clientX - box.left) / box.width;
    return getComputedStyle(line.current as Element).direction === "rtl" ? 1 - fromLeft : fromLeft;
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, view, moved: false };
    },
    onPointerMove: (event: PointerEvent): void => {
      if (!drag.current) return;
      const px = drag.current.x - event.clientX;
      if (Math.abs(px) > CLICK_PX) drag.current.moved = true;
      const width = line.current?.clientWidth ?? 1;
      if (drag.current.moved) onView(scrolled(drag.current.view, (px / width) * drag.current.view.lengthMs));
    },
    onPointerUp: (event: PointerEvent): void => {
      if (drag.current && !drag.current.moved) onSeek(timeAt(view, shareUnder(event)));
      drag.current = null;
    },
  };
}

/** React listens to the wheel passively; zooming must keep the page from scrolling. */
function useWheel(
  line: React.RefObject<HTMLDivElement | null>,
  view: TimelineView,
  onView: (view: TimelineView) => void,
): void {
  const latest = useRef({ view, onView });
  latest.current = { view, onView };
  useEffect(() => {
    const element = line.current;
    const turned = (event: WheelEvent): void => {
      event.preventDefault();
      const box = (element as Element).getBoundingClientRect();
      const around = timeAt(latest.current.view, (event.clientX - box.left) / box.width);
      latest.current.onView(zoomed(latest.current.view, event.deltaY > 0 ? 1.3 : 1 / 1.3, around));
    };
    element?.addEventListener("wheel", turned, { passive: false });
    return () => element?.removeEventListener("wheel", turned);
  }, [line]);
}

function place(view: TimelineView, from: Instant, to: Instant): React.CSSProperties {
  const start = Math.max(0, shareOf(view, from));
  const end = Math.min(1, shareOf(view, to));
  return end <= start
    ? { display: "none" }
    : { insetInlineStart: percent(start), inlineSize: `max(2px, ${percent(end - start)})` };
}

const percent = (share: number): string => `${share * 100}%`;

function zoneOffsetMs(at: Instant, zone: Zone): number {
  const whole = (at - (at % 1000)) as Instant;
  return Date.parse(`${dateTimeText(whole, zone).replace(" ", "T")}Z`) - whole;
}
