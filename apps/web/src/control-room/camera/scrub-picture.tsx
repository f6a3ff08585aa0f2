import { IconArrowsHorizontal } from "@tabler/icons-react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { STILL_OFF_MS } from "../../ui/pictures/stills.ts";
import { lengthText } from "../../ui/time.ts";
import { useZone } from "../../ui/use-zone.ts";
import classes from "./camera.module.css";
import { PictureFoot } from "./picture-foot.tsx";
import type { Scrub } from "./use-scrub.ts";

/** Over the picture while somebody drags: the still of that moment, with its own time. */
export function ScrubPicture({ camera, scrub }: { camera: CameraSeen; scrub: Scrub }) {
  const { zone } = useZone();
  if (scrub.asked === null) return null;
  const offMs = scrub.shown === null ? 0 : Math.abs(scrub.asked - scrub.shown);
  const text =
    scrub.shown === null
      ? t.camera.loading
      : offMs > STILL_OFF_MS
        ? fill(t.camera.stillOff, { off: lengthText(offMs) })
        : t.camera.still;
  return (
    <div className={classes.scrub}>
      <canvas ref={scrub.canvas} className={classes.picture} role="img" aria-label={`${camera.name}: ${text}`} />
      <PictureFoot
        badge={{ icon: IconArrowsHorizontal, text, tone: offMs > STILL_OFF_MS ? "warn" : "quiet" }}
        at={scrub.shown}
        zone={zone}
        withDate
      />
    </div>
  );
}
