import { OvertError } from "@overt/core";
import type { ConnectionFacts, Hooks } from "../server/hooks.ts";
import type { Fault, StreamFault, VariantOf } from "./fault.ts";
import { HEALTH_FAULTS } from "./health-faults.ts";
import { RTP_FAULTS } from "./rtp-faults.ts";
import { RTSP_FAULTS } from "./rtsp-faults.ts";
import { SDP_FAULTS } from "./sdp-faults.ts";
import { SESSION_FAULTS } from "./session-faults.ts";
import { UNIT_FAULTS } from "./unit-faults.ts";

const ALL: readonly Fault[] = [
  ...SDP_FAULTS,
  ...RTSP_FAULTS,
  ...RTP_FAULTS,
  ...UNIT_FAULTS,
  ...SESSION_FAULTS,
  ...HEALTH_FAULTS,
];

const byName = new Map(ALL.map((fault) => [fault.name, fault]));

/** Every fault that a simulated camera can have, by name: what the camera then does, in one sentence. */
export const FAULTS: ReadonlyMap<string, string> = new Map(ALL.map(({ name, does }) => [name, does]));

/** A fault as one camera has it. */
export interface ActiveFault {
  readonly name: string;
  readonly stream: StreamFault | undefined;
  readonly hooks: Hooks;
}

/**
 * @param names Such as `sdp-08` or, for one of several ways, `rtsp-10:2`.
 * @throws OvertError `SIM_FAULT_UNKNOWN`, with the list of those that are known.
 */
export function faultsNamed(names: readonly string[]): ActiveFault[] {
  return names.map((text) => {
    const [name = "", number] = text.split(":");
    const fault = byName.get(name);
    const variants = fault?.variants ?? 1;
    const fixed = number === undefined ? undefined : Number(number);
    if (!fault || (fixed !== undefined && !(fixed >= 1 && fixed <= variants)))
      throw new OvertError("SIM_FAULT_UNKNOWN", `There is no fault "${text}".`, {
        hint: fault
          ? `${name} has ${variants === 1 ? "one way only" : `ways 1 to ${variants}`}.`
          : `Choose from: ${[...byName.keys()].join(", ")}.`,
      });
    const hooks = fault.hooks?.(fixed === undefined ? inTurn(variants) : () => fixed) ?? {};
    return { name: text, stream: fault.stream, hooks };
  });
}

/** Connections take the variants in the order in which the fault first meets them. */
function inTurn(variants: number): VariantOf {
  const met = new WeakMap<ConnectionFacts, number>();
  let count = 0;
  return (connection) => {
    const known = met.get(connection);
    if (known !== undefined) return known;
    const variant = (count++ % variants) + 1;
    met.set(connection, variant);
    return variant;
  };
}
