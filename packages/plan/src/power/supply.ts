import type { Span } from "@overt/core";
import type { Battery } from "./battery.ts";
import type { ByHour } from "./load.ts";

/** Watts of a solar panel, hour by hour of UTC, the first at `fromHour` (hours since 1970). */
export interface SolarSeries {
  readonly fromHour: number;
  readonly watts: Float64Array;
}

/** What carries one load: mains with cuts, perhaps a battery behind them, perhaps a panel. */
export interface Supply {
  /** Whose clocks the load goes by. */
  readonly zone: string;
  readonly loadW: ByHour;
  /** When nothing comes from feeders or generators: in order, without overlap. */
  readonly dark: readonly Span[];
  readonly battery: Battery | null;
  /** Needs a battery to be of use; alone it carries nothing. */
  readonly solar: SolarSeries | null;
  /** Charge at the beginning, of the capacity; full unless set. */
  readonly beginsAtShare?: number;
}

/** A stretch in which mains, load and sun do not change. */
export interface Stretch {
  /** Milliseconds since 1970, with fractions. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly mains: boolean;
  readonly loadW: number;
  readonly solarW: number;
}

/** One of those, or a part of it, in which the charge goes one way: what came, what went and what was lost. */
export interface Piece extends Stretch {
  /** Whether the load is powered. */
  readonly on: boolean;
  readonly chargeFromWh: number;
  readonly chargeToWh: number;
  readonly energy: Energy;
}

/** mains + solar = load + lost + what the charge rose by, always. */
export interface Energy {
  readonly mainsWh: number;
  /** What of the panel's was used. */
  readonly solarWh: number;
  /** What it could have given and nobody took. */
  readonly unusedWh: number;
  readonly loadWh: number;
  /** What the load would have taken while it was off. */
  readonly missedWh: number;
  /** In converter and battery, fast discharge included. */
  readonly lostWh: number;
}
