import type { Span } from "@overt/core";
import type { Timeline } from "@overt/link";
import { IconHistory } from "@tabler/icons-react";
import type { CameraSeen } from "../../ui/centre/centre.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { lengthText } from "../../ui/time.ts";
import { useZone } from "../../ui/use-zone.ts";
import classes from "./camera.module.css";
import { PictureFoot } from "./picture-foot.tsx";
import { useSlow } from "./use-slow.ts";
import type { PlayerHandle } from "./use-player.ts";
import { ZoomedPicture } from "./zoomed-picture.tsx";

/** What the player shows, the time of that very picture, and what happened on the way to it. */
export function RecordedPicture({
  camera,
  player,
  timeline,
}: {
  camera: CameraSeen;
  player: PlayerHandle;
  timeline: Timeline | null;
}) {
  const { state, canvas } = player;
  const { zone } = useZone();
  const isSlow = useSlow(state.loading);
  return (
    <>
      <ZoomedPicture>
        <canvas
          ref={canvas}
          className={classes.picture}
          role="img"
          aria-label={`${camera.name}: ${t.camera.recorded}`}
        />
      </ZoomedPicture>
      <div className={classes.notes} role="status">
        {isSlow && <span>{t.camera.loading}</span>}
        {state.skipped && (
          <span>
            {fill(t.camera.skippedGap, {
              length: lengthText(state.skipped.to - state.skipped.from),
              cause: causeBetween(timeline, state.skipped),
            })}
          </span>
        )}
        {state.end && <span>{state.end === "newest" ? t.camera.newest : t.camera.oldest}</span>}
        {state.error && <ProblemText error={state.error} />}
      </div>
      <PictureFoot
        badge={{ icon: IconHistory, text: t.camera.recorded, tone: "quiet" }}
        at={state.at}
        zone={zone}
        withDate
      />
    </>
  );
}

function causeBetween(timeline: Timeline | null, { from, to }: Span): string {
  const gap = timeline?.anonymised.gaps.find((each) => each.from < to && (each.to ?? to) > from);
  return t.cause[gap?.cause ?? "unknown"];
}
