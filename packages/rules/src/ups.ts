import type { DurationMs } from "@overt/core";

/** NUT calls a UPS dead that has given no fresh answer for this long (`upsmon.conf`, DEADTIME). */
export const DEAD_MS: DurationMs = 15_000;

/**
 * What a UPS is said to be, kept apart from the tokens of `ups.status`. Several hold at once: a UPS on line may ask for a
 * new battery.
 */
export const UPS_STATES = [
  "on_line",
  "on_battery",
  "low",
  "forced_shutdown",
  "lost_contact",
  "replace_battery",
  "overload",
  "bypass",
  "calibrating",
  "off",
] as const;
export type UpsState = (typeof UPS_STATES)[number];

/** Where the power comes from, and for how much longer; exactly one holds. */
export const SUPPLIES = ["on_line", "on_battery", "low", "forced_shutdown", "unknown"] as const;
export type Supply = (typeof SUPPLIES)[number];

/** One whole answer of a UPS. What it does not measure is null. */
export interface UpsReading {
  /** `ups.status`: tokens with spaces between them. */
  readonly status: string;
  readonly chargePercent: number | null;
  readonly runtimeMs: DurationMs | null;
  readonly loadPercent: number | null;
  readonly inputVolts: number | null;
}

export interface UpsView {
  readonly supply: Supply;
  readonly states: readonly UpsState[];
}

/**
 * What the last answer of a UPS means now.
 *
 * @param reading  null: it has never answered
 * @param silentMs since that answer. A UPS that was on battery and has fallen silent counts as low: its `upsd` may be gone
 *   because its machine is.
 */
export function upsView(reading: UpsReading | null, silentMs: DurationMs): UpsView {
  if (!reading) return { supply: "unknown", states: ["lost_contact"] };
  const heard = heardView(reading.status);
  if (silentMs <= DEAD_MS) return heard;
  if (heard.supply === "forced_shutdown") return { ...heard, states: [...heard.states, "lost_contact"] };
  if (!isOnBattery(heard.supply)) return { supply: "unknown", states: ["lost_contact"] };
  return { supply: "low", states: ["on_battery", "low", "lost_contact"] };
}

/** Mains are away, or are said to be going. */
export const isOnBattery = (supply: Supply): boolean =>
  supply === "on_battery" || supply === "low" || supply === "forced_shutdown";

const STATE_OF: Readonly<Record<string, UpsState>> = {
  OL: "on_line",
  OB: "on_battery",
  LB: "low",
  FSD: "forced_shutdown",
  RB: "replace_battery",
  OVER: "overload",
  BYPASS: "bypass",
  CAL: "calibrating",
  OFF: "off",
};

/** Tokens that we have no word for (CHRG, TRIM, a vendor's own) say nothing about when to stop. */
function heardView(status: string): UpsView {
  const tokens = new Set(status.toUpperCase().split(/\s+/));
  const states = Object.entries(STATE_OF).flatMap(([token, state]) => (tokens.has(token) ? [state] : []));
  return { supply: supplyOf(new Set(states)), states };
}

function supplyOf(states: ReadonlySet<UpsState>): Supply {
  if (states.has("forced_shutdown")) return "forced_shutdown";
  // A calibration empties the battery on purpose and ends by itself (upsmon takes it so too).
  if (states.has("on_battery")) return states.has("low") && !states.has("calibrating") ? "low" : "on_battery";
  // A battery that is still low after a cut is charging: no reason to stop.
  if (states.has("on_line") || states.has("bypass")) return "on_line";
  return states.has("low") ? "low" : "unknown";
}
