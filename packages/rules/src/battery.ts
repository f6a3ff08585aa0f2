import { type DurationMs, hours, minutes } from "@overt/core";

/** At `battery.charge.low` a UPS says "low"; an orderly stop needs a little more than that. */
const MARGIN_PERCENT = 5;
/** Until it has been seen how fast this battery charges: empty to full in ten hours, as lead batteries are. */
const USUAL_PERCENT_PER_HOUR = 10;
/** A discharge of less tells more about rounding than about the battery. */
const LEAST_DISCHARGE_PERCENT = 5;
const LEAST_RISE_PERCENT = 2;
const LEAST_CHARGING_MS = minutes(5);

export interface Charging {
  /** `battery.charge` now, and when this charging began. */
  readonly chargePercent: number | null;
  readonly fromPercent: number;
  readonly forMs: DurationMs;
  /** `battery.charge.low`: where the UPS calls its battery low. */
  readonly lowPercent: number;
}

/**
 * How long until the battery could carry an orderly stop again, charging as it does. 0: it can now. Null: the UPS does
 * not tell its charge.
 */
export function safeStopInMs({ chargePercent, fromPercent, forMs, lowPercent }: Charging): DurationMs | null {
  if (chargePercent === null) return null;
  const missing = Math.min(100, lowPercent + MARGIN_PERCENT) - chargePercent;
  if (missing <= 0) return 0;
  const rise = chargePercent - fromPercent;
  const seen = rise >= LEAST_RISE_PERCENT && forMs >= LEAST_CHARGING_MS;
  return missing / (seen ? rise / forMs : USUAL_PERCENT_PER_HOUR / hours(1));
}

/** One run on battery. */
export interface Discharge {
  readonly fromPercent: number;
  readonly toPercent: number;
  readonly lastedMs: DurationMs;
}

/** How long a full battery would have lasted at that rate; null when too little of it was used to tell. */
export function fullBatteryMs({ fromPercent, toPercent, lastedMs }: Discharge): DurationMs | null {
  const used = fromPercent - toPercent;
  return used < LEAST_DISCHARGE_PERCENT ? null : (lastedMs * 100) / used;
}
