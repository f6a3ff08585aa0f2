import type { CameraId } from "@overt/core";
import { instant } from "@overt/core";
import type { Timeline } from "@overt/link";
import { useQuery } from "@tanstack/react-query";
import { useCentre } from "../centre/react.ts";
import { endOf, type TimelineView } from "./view.ts";

const EVERY_MS = 2_000;

/** What is recorded around the view: a view more on each side, so that scrolling does not wait; the end grows by itself. */
export function useTimeline(camera: CameraId, view: TimelineView): Timeline | null {
  const centre = useCentre();
  // Whole steps of half a view: neighbouring positions share an answer.
  const step = view.lengthMs / 2;
  const from = instant(Math.floor(view.from / step) * step - view.lengthMs);
  const to = instant(Math.ceil(endOf(view) / step) * step + view.lengthMs);
  const { data } = useQuery({
    queryKey: ["timeline", camera, from, to],
    queryFn: () => centre.timeline(camera, from, to),
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  });
  return data ?? null;
}
