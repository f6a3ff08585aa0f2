import type { CameraId, Instant } from "@overt/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useCentre } from "../../ui/centre/react.ts";
import { draw } from "../../ui/pictures/canvas.ts";
import { Stills } from "../../ui/pictures/stills.ts";

export interface Scrub {
  /** Where the hand is; null when nothing is dragged. */
  readonly asked: Instant | null;
  /** When the still that is shown was taken; null before the first one. */
  readonly shown: Instant | null;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  to(at: Instant | null): void;
}

/** Stills of a camera while a moment is dragged along the timeline. */
export function useScrub(camera: CameraId): Scrub {
  const centre = useCentre();
  const canvas = useRef<HTMLCanvasElement>(null);
  const stills = useRef<Stills | null>(null);
  const [asked, setAsked] = useState<Instant | null>(null);
  const [shown, setShown] = useState<Instant | null>(null);
  useEffect(() => {
    const made = new Stills(centre, camera, (picture) => {
      if (canvas.current) draw(canvas.current, picture);
      else picture.frame.close();
      setShown(picture.at);
    });
    stills.current = made;
    return () => made.close();
  }, [centre, camera]);
  return {
    asked,
    shown,
    canvas,
    to: (at) => {
      setAsked(at);
      if (at === null) setShown(null);
      else stills.current?.want(at);
    },
  };
}
