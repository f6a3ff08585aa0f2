import type { CameraId } from "@overt/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useCentre } from "../centre/react.ts";
import type { LiveState } from "../tile-state.ts";
import { draw } from "./canvas.ts";
import { PictureDecoder, type ShownPicture } from "./decoder.ts";
import { Stills } from "./stills.ts";

const NOTHING: LiveState = { at: null, blank: false, delayedAt: null, problem: null };
/** The clock under a picture changes once a second; drawing needs no React. */
const TELL_EVERY_MS = 250;

/**
 * Live pictures of a camera in a canvas, while it is on the screen and the page is visible. Until the first one the last
 * still stands there under its own time.
 */
export function useLive(camera: CameraId, canvas: RefObject<HTMLCanvasElement | null>): LiveState {
  const centre = useCentre();
  const isSeen = useSeen(canvas);
  const [state, setState] = useState(NOTHING);
  const told = useRef({ at: 0, blank: false, newest: 0 });

  useEffect(() => {
    setState(NOTHING);
    told.current = { at: 0, blank: false, newest: 0 };
    if (!isSeen) return;
    const show = (picture: ShownPicture): void => {
      if (picture.at < told.current.newest || !canvas.current) {
        picture.frame.close();
        return;
      }
      draw(canvas.current, picture);
      const now = performance.now();
      told.current.newest = picture.at;
      if (now - told.current.at < TELL_EVERY_MS && picture.blank === told.current.blank) return;
      told.current = { at: now, blank: picture.blank, newest: picture.at };
      setState((before) => ({ ...before, at: picture.at, blank: picture.blank, problem: null }));
    };
    const decoder = new PictureDecoder({
      shown: show,
      failed: (problem) => setState((before) => ({ ...before, problem })),
    });
    const stills = new Stills(centre, camera, show);
    const stop = centre.watch(camera, {
      picture: (picture) => decoder.push(picture),
      delayed: () => setState((before) => ({ ...before, delayedAt: centre.now() })),
    });
    stills.want(centre.now());
    return () => {
      stop();
      stills.close();
      decoder.close();
    };
  }, [centre, camera, canvas, isSeen]);

  return state;
}

/** A tab in the background and a tile that is scrolled away decode nothing (C16). */
function useSeen(canvas: RefObject<HTMLCanvasElement | null>): boolean {
  const [isVisible, setVisible] = useState(!document.hidden);
  const [isOnScreen, setOnScreen] = useState(true);
  useEffect(() => {
    const changed = (): void => setVisible(!document.hidden);
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  }, []);
  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return;
    const observer = new IntersectionObserver((entries) => setOnScreen(entries.at(-1)?.isIntersecting ?? true));
    observer.observe(box);
    return () => observer.disconnect();
  }, [canvas]);
  return isVisible && isOnScreen;
}
