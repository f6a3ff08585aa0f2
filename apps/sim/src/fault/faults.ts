import { OvertError } from "@overt/core";
import type { Fault } from "./fault.ts";

const ALL: readonly Fault[] = [];

const byName = new Map(ALL.map((fault) => [fault.name, fault]));

/** Every fault that a simulated camera can have: name and one sentence. */
export const FAULTS: readonly (readonly [name: string, does: string])[] = ALL.map(({ name, does }) => [name, does]);

/** @throws OvertError `SIM_FAULT_UNKNOWN`, with the list of those that are known. */
export function faultsNamed(names: readonly string[]): Fault[] {
  return names.map((name) => {
    const fault = byName.get(name);
    if (!fault)
      throw new OvertError("SIM_FAULT_UNKNOWN", `There is no fault "${name}".`, {
        hint: `Choose from: ${[...byName.keys()].join(", ")}.`,
      });
    return fault;
  });
}
