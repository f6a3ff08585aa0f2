import type { Span } from "@overt/core";
import { capacityWh, floorWh } from "./battery.ts";
import { localDays } from "./civil.ts";
import { run } from "./run.ts";
import type { Supply } from "./supply.ts";

/** A solar site over years, in PVGIS's terms. */
export interface SolarResult {
  /** Days on which the battery was full, or at its cut-off, for some time; percent. */
  readonly daysFullPercent: number;
  readonly daysEmptyPercent: number;
  /** What the load missed, and what the panel could have given more, Wh a day. */
  readonly missedWhPerDay: number;
  readonly unusedWhPerDay: number;
  readonly poweredShare: number;
  readonly months: readonly MonthResult[];
  /** The one of them that missed most; of those that missed nothing, the one with the least sun. */
  readonly worst: MonthResult | null;
}

export interface MonthResult {
  /** 1 to 12, over all years. */
  readonly month: number;
  readonly days: number;
  readonly daysFull: number;
  readonly daysEmpty: number;
  readonly missedWhPerDay: number;
  readonly sunWhPerDay: number;
}

export function solarResult(supply: Supply, span: Span): SolarResult {
  const days = localDays(supply.zone, span);
  const [fullWh, emptyWh] = supply.battery ? [capacityWh(supply.battery), floorWh(supply.battery)] : [0, 0];
  const tallies = days.map(({ day }) => ({ month: Number(day.slice(5, 7)), full: false, empty: false, missedWh: 0, sunWh: 0, unusedWh: 0 })); // biome-ignore format: one line
  let [i, onMs] = [0, 0];
  // A piece lies within an hour, and an hour within a day.
  for (const { fromMs, toMs, chargeToWh, on, energy } of run(supply, span)) {
    while (fromMs >= days[i]!.to) i++;
    const tally = tallies[i]!;
    tally.full ||= chargeToWh >= fullWh;
    tally.empty ||= chargeToWh <= emptyWh;
    tally.missedWh += energy.missedWh;
    tally.sunWh += energy.solarWh + energy.unusedWh;
    tally.unusedWh += energy.unusedWh;
    if (on) onMs += toMs - fromMs;
  }
  const months = monthsOf(tallies);
  const mean = (of: (tally: Tally) => number): number =>
    tallies.reduce((sum, each) => sum + of(each), 0) / tallies.length;
  return {
    daysFullPercent: 100 * mean(({ full }) => Number(full)),
    daysEmptyPercent: 100 * mean(({ empty }) => Number(empty)),
    missedWhPerDay: mean(({ missedWh }) => missedWh),
    unusedWhPerDay: mean(({ unusedWh }) => unusedWh),
    poweredShare: onMs / (span.to - span.from),
    months,
    worst: [...months].sort((a, b) => b.missedWhPerDay - a.missedWhPerDay || a.sunWhPerDay - b.sunWhPerDay)[0] ?? null,
  };
}

interface Tally {
  readonly month: number;
  readonly full: boolean;
  readonly empty: boolean;
  readonly missedWh: number;
  readonly sunWh: number;
  readonly unusedWh: number;
}

function monthsOf(tallies: readonly Tally[]): MonthResult[] {
  return Array.from({ length: 12 }, (_, m) => tallies.filter(({ month }) => month === m + 1))
    .filter((days) => days.length > 0)
    .map((days) => ({
      month: days[0]!.month,
      days: days.length,
      daysFull: days.filter(({ full }) => full).length,
      daysEmpty: days.filter(({ empty }) => empty).length,
      missedWhPerDay: days.reduce((sum, { missedWh }) => sum + missedWh, 0) / days.length,
      sunWhPerDay: days.reduce((sum, { sunWh }) => sum + sunWh, 0) / days.length,
    }));
}
