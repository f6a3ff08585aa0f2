import { useRef } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { useLive } from "../../ui/pictures/use-live.ts";
import { badgeOf } from "../../ui/tile-badge.tsx";
import { isAged, mustBlank, tileState } from "../../ui/tile-state.ts";
import { useNow } from "../../ui/use-now.ts";
import { useZone } from "../../ui/use-zone.ts";
import classes from "./camera.module.css";
import { PictureFoot } from "./picture-foot.tsx";
import { ZoomedPicture } from "./zoomed-picture.tsx";

export function LivePicture({ camera }: { camera: CameraSeen }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = useLive(camera.id, canvas);
  const now = useNow();
  const { zone } = useZone();
  const state = tileState(camera, live, now);
  const badge = badgeOf(state);
  return (
    <>
      <ZoomedPicture>
        <canvas
          ref={canvas}
          className={classes.picture}
          data-aged={isAged(state) || undefined}
          hidden={mustBlank(state)}
          role="img"
          aria-label={`${camera.name}: ${badge.text}`}
        />
      </ZoomedPicture>
      <PictureFoot badge={badge} at={mustBlank(state) ? null : live.at} zone={zone} withDate={isAged(state)} />
    </>
  );
}
