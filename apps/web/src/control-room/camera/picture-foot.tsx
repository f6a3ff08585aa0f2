import type { Instant } from "@overt/core";
import type { badgeOf } from "../../ui/tile-badge.tsx";
import { clockText, dateTimeText, type Zone, zoneText } from "../../ui/time.ts";
import classes from "./camera.module.css";

/** State on one side, the picture's own time on the other. */
export function PictureFoot({
  badge,
  at,
  zone,
  withDate,
}: {
  badge: ReturnType<typeof badgeOf>;
  at: Instant | null;
  zone: Zone;
  withDate: boolean;
}) {
  return (
    <div className={classes.foot}>
      <span className={classes.badge} data-tone={badge.tone}>
        <badge.icon size={20} aria-hidden />
        {badge.text}
      </span>
      {at !== null && (
        <time className={classes.clock} dateTime={new Date(at).toISOString()}>
          {withDate ? dateTimeText(at, zone) : clockText(at, zone)} <small>{zoneText(at, zone)}</small>
        </time>
      )}
    </div>
  );
}
