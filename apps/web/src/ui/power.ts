import type { Instant } from "@overt/core";
import type { PowerStatus, RecorderStatus } from "@overt/link";
import { fill, t } from "./messages/format.ts";
import { clockText, dateTimeText, lengthText, type Zone } from "./time.ts";

type Outage = PowerStatus["outages"][number];

/** An outage as an operator tells it to the next shift. */
export function outageText(outage: Outage, zone: Zone, now: Instant): string {
  const { start, end, planned, presumed, closedCleanly, lostMs } = outage;
  const length = lengthText((end ?? now) - start);
  const when =
    end === null
      ? fill(t.power.outageLasts, { from: dateTimeText(start, zone), length })
      : fill(t.power.outage, { from: dateTimeText(start, zone), to: clockText(end, zone), length });
  return [
    when,
    presumed ? t.power.presumed : planned ? t.power.planned : t.power.unplanned,
    closedCleanly === null ? t.power.ranThrough : closedCleanly ? t.power.closed : t.power.cutOff,
    lostMs &&
      (lostMs.original + lostMs.anonymised === 0
        ? t.power.lostNothing
        : fill(t.power.lost, { original: lengthText(lostMs.original), anonymised: lengthText(lostMs.anonymised) })),
  ]
    .filter((part) => part !== null)
    .join(" ");
}

/** What is said above every page while a site is without power; null while it has some, or nobody knows. */
export function powerText(
  { status, connected }: { readonly status: RecorderStatus; readonly connected: boolean },
  zone: Zone,
): string | null {
  const { supply, since, ups, outages } = status.power;
  const began = outages.find(({ end }) => end === null)?.start ?? since;
  if (supply === "on_line" || supply === "unknown" || began === null) return null;
  const names = { site: status.site, time: clockText(began, zone) };
  if (!connected) return fill(t.power.siteOff, { ...names, stopped: clockText(status.at, zone) });
  const left = Math.max(0, ...ups.filter(({ feeds }) => feeds === "recorder").map(({ runtimeMs }) => runtimeMs ?? 0));
  return left > 0
    ? fill(t.power.siteOnBattery, { ...names, left: lengthText(left) })
    : fill(t.power.siteOnBatteryUnknown, names);
}
