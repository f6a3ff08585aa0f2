import type { Instant } from "@overt/core";
import type { Timeline } from "@overt/link";
import { IconHistory } from "@tabler/icons-react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { lengthText, type Zone } from "../../ui/time.ts";
import classes from "./camera.module.css";
import { PictureFoot } from "./picture-foot.tsx";
import type { PlayerHandle } from "./use-player.ts";

export function RecordedPicture({
  camera,
  player,
  zone,
  timeline,
}: {
  camera: CameraSeen;
  player: PlayerHandle;
  zone: Zone;
  timeline: Timeline | null;
}) {
  const { state, canvas } = player;
  return (
    <div className={classes.frame}>
      <canvas ref={canvas} className={classes.picture} role="img" aria-label={`${camera.name}: ${t.camera.recorded}`} />
      <div className={classes.notes} role="status">
        {state.loading && <span>{t.camera.loading}</span>}
        {state.skipped && (
          <span>
            {fill(t.camera.skippedGap, {
              length: lengthText(state.skipped.to - state.skipped.from),
              cause: causeBetween(timeline, state.skipped.from, state.skipped.to),
            })}
          </span>
        )}
        {state.ended && <span>{t.camera.end}</span>}
      </div>
      {state.error && <ProblemText error={state.error} />}
      <PictureFoot
        badge={{ icon: IconHistory, text: t.camera.recorded, tone: "quiet" }}
        at={state.at}
        zone={zone}
        withDate
      />
    </div>
  );
}

function causeBetween(timeline: Timeline | null, from: Instant, to: Instant): string {
  const gap = timeline?.anonymised.gaps.find((each) => each.from < to && (each.to ?? to) > from);
  return t.cause[gap?.cause ?? "unknown"];
}
