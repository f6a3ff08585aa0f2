import { OvertError } from "@overt/core";
import type { UpsReading } from "@overt/rules";
import { invalid } from "./nut-line.ts";

/**
 * What we need of the variables of a UPS. One that is missing or no number is not known; a UPS that tells no status tells
 * nothing.
 *
 * @throws OvertError `UPS_ANSWER_INVALID`; `UPS_DATA_STALE` while `upsd` has nothing from the driver, which it says as an
 *   answer like any other: taken as one, a driver that dies on battery would look like a UPS that is not
 */
export function readingOf(variables: ReadonlyMap<string, string>): UpsReading {
  const status = variables.get("ups.status");
  if (status === undefined) throw invalid("no ups.status");
  if (status.split(" ").includes("WAIT"))
    throw new OvertError("UPS_DATA_STALE", "The UPS server waits for the driver.", { hint: "Check the driver's log." });
  const runtimeS = within(variables.get("battery.runtime"), 0, 10_000_000);
  return {
    status,
    chargePercent: within(variables.get("battery.charge"), 0, 100),
    runtimeMs: runtimeS === null ? null : runtimeS * 1_000,
    loadPercent: within(variables.get("ups.load"), 0, 1_000),
    inputVolts: within(variables.get("input.voltage"), 0, 100_000),
  };
}

export const lowPercentOf = (variables: ReadonlyMap<string, string>): number | null =>
  within(variables.get("battery.charge.low"), 0, 100);

function within(text: string | undefined, least: number, most: number): number | null {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
