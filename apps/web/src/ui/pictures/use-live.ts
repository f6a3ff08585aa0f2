import type { CameraId, Instant } from "@overt/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useCentre } from "../centre/react.ts";
import { draw } from "./canvas.ts";
import { PictureDecoder } from "./decoder.ts";

export interface LiveState {
  /** When the picture that is shown was taken; null before the first one. */
  readonly at: Instant | null;
  readonly blank: boolean;
  readonly problem: string | null;
}

const NOTHING: LiveState = { at: null, blank: false, problem: null };
/** The clock under a picture changes once a second; drawing needs no React. */
const TELL_EVERY_MS = 250;

/** Live pictures of a camera in a canvas, while `enabled` and while the page is visible. */
export function useLive(camera: CameraId, canvas: RefObject<HTMLCanvasElement | null>, enabled = true): LiveState {
  const centre = useCentre();
  const visible = useVisible();
  const [state, setState] = useState(NOTHING);
  const toldAt = useRef(0);

  useEffect(() => {
    setState(NOTHING);
    if (!enabled || !visible) return;
    const decoder = new PictureDecoder({
      shown: (picture) => {
        if (canvas.current) draw(canvas.current, picture);
        else picture.frame.close();
        const now = performance.now();
        if (now - toldAt.current < TELL_EVERY_MS) return;
        toldAt.current = now;
        setState({ at: picture.at, blank: picture.blank, problem: null });
      },
      failed: (problem) => setState((before) => ({ ...before, problem })),
    });
    const stop = centre.watch(camera, (picture) => decoder.push(picture));
    return () => {
      stop();
      decoder.close();
    };
  }, [centre, camera, canvas, enabled, visible]);

  return state;
}

/** A tab in the background decodes nothing. */
function useVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const changed = (): void => setVisible(!document.hidden);
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  }, []);
  return visible;
}
