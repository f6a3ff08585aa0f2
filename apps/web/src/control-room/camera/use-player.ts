import type { CameraId, Instant } from "@overt/core";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useCentre, useCentreView } from "../../ui/centre/react.ts";
import { draw } from "../../ui/pictures/canvas.ts";
import { IDLE, Player, type PlayerState } from "../../ui/pictures/player.ts";

export interface PlayerHandle {
  readonly state: PlayerState;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** Where a seek is going, else what is shown. */
  position(): Instant | null;
  seek(at: Instant): void;
  play(): void;
  pause(): void;
  step(direction: 1 | -1): void;
  setSpeed(speed: number): void;
}

/** A player of one camera that draws into `canvas`; it opens at `startAt` once the centre answers. */
export function usePlayer(camera: CameraId, startAt: Instant | null): PlayerHandle {
  const centre = useCentre();
  const { link } = useCentreView();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState(IDLE);
  const player = useRef<Player | null>(null);
  const start = useRef(startAt);
  const started = useRef<Player | null>(null);

  useEffect(() => {
    const made = new Player(centre, camera, {
      shown: (picture) => {
        if (canvas.current) draw(canvas.current, picture);
        else picture.frame.close();
      },
      state: setState,
    });
    player.current = made;
    return () => made.close();
  }, [centre, camera]);

  const open = link.state === "open";
  useEffect(() => {
    const current = player.current;
    if (!open || !current) return;
    current.reconnected();
    if (start.current === null || started.current === current) return;
    started.current = current;
    void current.seek(start.current);
  }, [open]);

  const acts = useMemo(
    () => ({
      position: () => player.current?.position ?? null,
      seek: (at: Instant) => void player.current?.seek(at),
      play: () => player.current?.play(),
      pause: () => player.current?.pause(),
      step: (direction: 1 | -1) => void player.current?.step(direction),
      setSpeed: (speed: number) => player.current?.setSpeed(speed),
    }),
    [],
  );
  return { state, canvas, ...acts };
}
