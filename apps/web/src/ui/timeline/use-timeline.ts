import { type CameraId, hours, type Instant, type Span, seconds, type Track } from "@overt/core";
import type { Timeline, TrackTimeline } from "@overt/link";
import { useQueries } from "@tanstack/react-query";
import { useCentre, useCentreView } from "../centre/react.ts";
import { partsOf } from "./parts.ts";
import type { TimelineView } from "./view.ts";

export interface Seen {
  readonly timeline: Timeline;
  /** What of the view is answered; the rest is not yet fetched. */
  readonly covered: readonly Span[];
}

/** What is recorded around the view; the newest end grows by itself. Null before the first answer. */
export function useTimeline(camera: CameraId, view: TimelineView): Seen | null {
  const centre = useCentre();
  const isOpen = useCentreView().link.state === "open";
  return useQueries({
    queries: partsOf(view).map(({ from, to }) => ({
      queryKey: ["timeline", camera, from, to],
      queryFn: async () => ({ from, to, timeline: await centre.timeline(camera, from, to) }),
      // While the link is down nothing is asked; when it is back everything shown is asked again.
      enabled: isOpen,
      refetchInterval: to < centre.now() - seconds(30) ? seconds(60) : to - from > hours(6) ? seconds(10) : seconds(2),
      placeholderData: (before: Part | undefined) => before,
    })),
    combine: (results) => joined(results.flatMap(({ data }) => (data ? [data] : []))),
  });
}

interface Part extends Span {
  readonly timeline: Timeline;
}

function joined(parts: readonly Part[]): Seen | null {
  if (parts.length === 0) return null;
  const track = (name: Track): TrackTimeline => ({
    segments: parts.flatMap(({ timeline }) => timeline[name].segments),
    gaps: parts.flatMap(({ timeline }) => timeline[name].gaps).reduce<TrackTimeline["gaps"]>(glued, []),
  });
  return {
    timeline: {
      anonymised: track("anonymised"),
      original: track("original"),
      away: [...new Set(parts.flatMap(({ timeline }) => timeline.away))],
    },
    covered: parts.map(({ from, to }) => ({ from, to })),
  };
}

/** A gap that was cut by the border of two questions is one gap. */
function glued(told: TrackTimeline["gaps"], gap: TrackTimeline["gaps"][number]): TrackTimeline["gaps"] {
  const last = told.at(-1);
  const touches = last && last.cause === gap.cause && (last.to === null || last.to >= gap.from);
  return touches ? [...told.slice(0, -1), { ...last, to: laterEnd(last.to, gap.to) }] : [...told, gap];
}

const laterEnd = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || b === null ? null : a > b ? a : b;
