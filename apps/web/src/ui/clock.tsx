import { Tooltip, UnstyledButton } from "@mantine/core";
import classes from "./clock.module.css";
import { fill, t } from "./messages/format.ts";
import { clockText, zoneText } from "./time.ts";
import { useNow } from "./use-now.ts";
import { useZone } from "./use-zone.ts";

/** The centre's time with its zone. */
export function Clock() {
  const now = useNow(1000);
  const { zone } = useZone();
  return (
    <time className={classes.clock}>
      {clockText(now, zone)} <small>{zoneText(now, zone)}</small>
    </time>
  );
}

/** The same as a switch between site time and UTC; plain where they are one. */
export function ClockSwitch() {
  const { zone, site, setUtc } = useZone();
  if (site === "UTC") return <Clock />;
  const label = zone === "UTC" ? fill(t.zone.toSite, { zone: site }) : t.zone.toUtc;
  return (
    <Tooltip label={label}>
      <UnstyledButton className={classes.switch} onClick={() => setUtc(zone !== "UTC")}>
        <Clock />
        <span className="visually-hidden">{label}</span>
      </UnstyledButton>
    </Tooltip>
  );
}
