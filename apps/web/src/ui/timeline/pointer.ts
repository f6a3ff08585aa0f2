import type { Instant } from "@overt/core";
import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { scrolled, type TimelineView, timeAt, zoomed } from "./view.ts";

/** Less pointer movement than this is a click. */
const CLICK_PX = 4;

export interface PointerActs {
  readonly view: TimelineView;
  readonly onView: (view: TimelineView) => void;
  readonly onSeek: (at: Instant) => void;
  /** A double click: fits what lies under it. */
  readonly onFit: (at: Instant) => void;
}

interface Drag {
  readonly x: number;
  readonly view: TimelineView;
  moved: boolean;
}

/**
 * On the rows a drag moves the view and nothing else; a click seeks. Time runs from left to right in every language, as
 * it does on a player's own bar, so that pointer and arrow keys mean one thing.
 */
export function useRowsPointer({ view, onView, onSeek, onFit }: PointerActs) {
  const drag = useRef<Drag | null>(null);
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, view, moved: false };
    },
    onPointerMove: (event: PointerEvent): void => {
      const held = drag.current;
      if (!held) return;
      const px = held.x - event.clientX;
      if (Math.abs(px) > CLICK_PX) held.moved = true;
      if (held.moved) onView(scrolled(held.view, (px / event.currentTarget.clientWidth) * held.view.lengthMs));
    },
    onPointerUp: (event: PointerEvent): void => {
      if (drag.current && !drag.current.moved) onSeek(timeAt(view, shareUnder(event)));
      drag.current = null;
    },
    onPointerCancel: (): void => {
      drag.current = null;
    },
    onDoubleClick: (event: MouseEvent): void => onFit(timeAt(view, shareUnder(event))),
  };
}

/** On the ruler a drag carries the moment along: `onScrub` for each, `onSeek` when it is let go, null when given up. */
export function useRulerPointer({
  view,
  onSeek,
  onScrub,
}: Pick<PointerActs, "view" | "onSeek"> & { onScrub: (at: Instant | null) => void }) {
  const held = useRef(false);
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current = true;
      onScrub(timeAt(view, shareUnder(event)));
    },
    onPointerMove: (event: PointerEvent): void => {
      if (held.current) onScrub(timeAt(view, shareUnder(event)));
    },
    onPointerUp: (event: PointerEvent): void => {
      if (!held.current) return;
      held.current = false;
      onScrub(null);
      onSeek(timeAt(view, shareUnder(event)));
    },
    onPointerCancel: (): void => {
      held.current = false;
      onScrub(null);
    },
  };
}

function shareUnder({ currentTarget, clientX }: MouseEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return Math.min(Math.max((clientX - left) / width, 0), 1);
}

/** Wheel zooms around the pointer; sideways, or with Shift, it scrolls. React listens passively, and the page must stay. */
export function useWheel(
  line: RefObject<HTMLDivElement | null>,
  view: TimelineView,
  onView: (view: TimelineView) => void,
): void {
  const latest = useRef({ view, onView });
  latest.current = { view, onView };
  useEffect(() => {
    const element = line.current;
    if (!element) return;
    const turned = (event: WheelEvent): void => {
      event.preventDefault();
      const { view: now, onView: tell } = latest.current;
      const { left, width } = element.getBoundingClientRect();
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY))
        tell(scrolled(now, (sideways / width) * now.lengthMs));
      else tell(zoomed(now, event.deltaY > 0 ? 1.3 : 1 / 1.3, timeAt(now, (event.clientX - left) / width)));
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, [line]);
}
