import { useRef } from "react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { useLive } from "../../ui/pictures/use-live.ts";
import { badgeOf } from "../../ui/tile-badge.tsx";
import { tileState } from "../../ui/tile-state.ts";
import { siteZone } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import classes from "./camera.module.css";
import { PictureFoot } from "./picture-foot.tsx";

export function LivePicture({ camera }: { camera: CameraSeen }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = useLive(camera.id, canvas);
  const now = useNow();
  const state = tileState(camera, live, now);
  const badge = badgeOf(state);
  const aged = state.kind !== "live" && state.kind !== "slow";
  return (
    <div className={classes.frame}>
      <canvas
        ref={canvas}
        className={classes.picture}
        data-aged={aged || undefined}
        role="img"
        aria-label={`${camera.name}: ${badge.text}`}
      />
      <PictureFoot badge={badge} at={live.at} zone={siteZone()} withDate={false} />
    </div>
  );
}
