import { OvertError } from "@overt/core";

/** Why a reckoning of power was refused. */
export type PowerErrorCode =
  /** A figure that cannot be: below zero, not a number, a share above 1. */
  | "POWER_FIGURE_INVALID"
  | "POWER_ZONE_UNKNOWN"
  /** Something names a supply, feeder or piece of equipment that is not there. */
  | "POWER_REFERENCE_UNKNOWN"
  /** A row of a calendar that nobody can read without guessing; it is named by its line. */
  | "CUTS_ROW_INVALID"
  | "CUTS_COLUMN_MISSING"
  | "CUTS_ICAL_INVALID"
  /** A rule that repeats without end, or every second. */
  | "CUTS_TOO_MANY"
  | "WEATHER_FORMAT_UNKNOWN"
  | "WEATHER_ROW_INVALID"
  /** The file was reckoned for another slope or direction, and does not hold what would be needed to turn it. */
  | "WEATHER_PLANE_DIFFERS"
  /** There is no sun to reckon with for some of the time: that is not the same as none. */
  | "WEATHER_TOO_SHORT"
  | "POWER_MIX_TOO_LARGE";

export function powerError(code: PowerErrorCode, message: string, hint?: string): OvertError {
  return new OvertError(code, message, hint === undefined ? {} : { hint });
}

/** @throws OvertError `POWER_FIGURE_INVALID` unless `value` is a finite number from `least` to `most` */
export function checkFigure(name: string, value: number, least = 0, most = Number.POSITIVE_INFINITY): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  throw powerError("POWER_FIGURE_INVALID", `${name} is ${value}; it must be ${range}.`);
}
