import { days, type Span } from "@overt/core";
import { type Battery, capacityWh, cyclesAt } from "./battery.ts";
import type { Piece } from "./supply.ts";

/** How a battery wears in a supply. */
export interface Wear {
  /** Discharges a year, each as many full ones as it is deep. */
  readonly fullCyclesPerYear: number;
  readonly dischargesPerYear: number;
  readonly deepestShare: number;
  readonly lifeYears: number;
  readonly endsBy: "cycles" | "age";
  /** How many of them a year must be bought, over the years. */
  readonly replacedPerYear: number;
}

/** A fall of less says nothing of wear. */
const LEAST_DEPTH = 0.005;
const YEAR_MS = days(365.25);

/** The life of a battery from how deep it was discharged, each discharge using up its part (Palmgren and Miner's rule). */
export function wearOf(battery: Battery, pieces: Iterable<Piece>, span: Span): Wear {
  const depths = depthsOf(battery, pieces).filter((depth) => depth >= LEAST_DEPTH);
  const years = (span.to - span.from) / YEAR_MS;
  const usedPerYear = depths.reduce((sum, depth) => sum + 1 / cyclesAt(battery, depth), 0) / years;
  const byCycles = usedPerYear === 0 ? Number.POSITIVE_INFINITY : 1 / usedPerYear;
  const lifeYears = Math.min(byCycles, battery.calendarYears);
  return {
    fullCyclesPerYear: depths.reduce((sum, depth) => sum + depth, 0) / years,
    dischargesPerYear: depths.length / years,
    deepestShare: Math.max(0, ...depths),
    lifeYears,
    endsBy: byCycles < battery.calendarYears ? "cycles" : "age",
    replacedPerYear: 1 / lifeYears,
  };
}

/** From where the charge began to fall to where it began to rise, as shares of the capacity. */
function depthsOf(battery: Battery, pieces: Iterable<Piece>): number[] {
  const depths: number[] = [];
  let fallenWh = 0;
  for (const { chargeFromWh, chargeToWh } of pieces) {
    if (chargeToWh < chargeFromWh) fallenWh += chargeFromWh - chargeToWh;
    else if (chargeToWh > chargeFromWh && fallenWh > 0) {
      depths.push(fallenWh / capacityWh(battery));
      fallenWh = 0;
    }
  }
  return fallenWh > 0 ? [...depths, fallenWh / capacityWh(battery)] : depths;
}
