import { sourced } from "../power/sourced.ts";
import { checkFigure, networkError } from "./network-error.ts";

export type Medium =
  | { readonly kind: "fibre"; readonly mbps: number }
  | { readonly kind: "copper"; readonly mbps: number; readonly lengthM: number }
  /** Line of sight by the map; null: nobody looked. */
  | { readonly kind: "radio"; readonly mbps: number; readonly lineOfSight: boolean | null };

export interface Link {
  readonly id: string;
  readonly name: string;
  readonly medium: Medium;
}

/** What goes over which links, from a camera to its recorder or from there to who looks. */
export interface Flow {
  readonly name: string;
  readonly links: readonly string[];
  readonly meanKbps: number;
  readonly peakKbps: number;
}

/** Of what a link is called after, the share that arrives when all goes well, and is to be planned with. */
export const PLANNED_SHARE = {
  fibre: sourced(0.7, "our default: bursts of key pictures need room"),
  copper: sourced(0.7, "our default: bursts of key pictures need room"),
  radio: sourced(0.4, "our default: half duplex, retries, rain; data sheets give the rate on air"),
};

/** TIA-568 and ISO/IEC 11801: 90 m fixed and 10 m of patch leads. */
export const COPPER_MOST_M = sourced(100, "ISO/IEC 11801");

export type LinkFinding =
  | { readonly code: "LINK_OVERLOADED"; readonly link: string; readonly peakMbps: number; readonly plannedMbps: number }
  | { readonly code: "COPPER_TOO_LONG"; readonly link: string; readonly lengthM: number }
  | { readonly code: "RADIO_NO_SIGHT"; readonly link: string }
  /** To be looked at before it is bought. */
  | { readonly code: "RADIO_SIGHT_UNKNOWN"; readonly link: string };

export interface LinkLoad {
  readonly link: string;
  readonly meanMbps: number;
  /** All at their most at once: in a storm at night they are. */
  readonly peakMbps: number;
  readonly plannedMbps: number;
  /** Whose way goes over it: what is lost with it. */
  readonly flows: readonly string[];
}

/** @throws OvertError `NETWORK_LINK_UNKNOWN` `NETWORK_FIGURE_INVALID` */
export function linkLoads(links: readonly Link[], flows: readonly Flow[]): readonly LinkLoad[] {
  const known = new Set(links.map(({ id }) => id));
  for (const { name, links: way, meanKbps, peakKbps } of flows) {
    const missing = way.find((id) => !known.has(id));
    if (missing !== undefined)
      throw networkError("NETWORK_LINK_UNKNOWN", `"${name}" goes over "${missing}", which is not in the plan.`);
    checkFigure(`The mean of "${name}"`, meanKbps);
    checkFigure(`The peak of "${name}"`, peakKbps, meanKbps);
  }
  return links.map(({ id, medium }) => {
    checkFigure(`The Mbit/s of "${id}"`, medium.mbps, 0.001);
    const over = flows.filter((flow) => flow.links.includes(id));
    const mbps = (of: (flow: Flow) => number): number => over.reduce((sum, flow) => sum + of(flow), 0) / 1_000;
    return {
      link: id,
      meanMbps: mbps(({ meanKbps }) => meanKbps),
      peakMbps: mbps(({ peakKbps }) => peakKbps),
      plannedMbps: medium.mbps * PLANNED_SHARE[medium.kind].value,
      flows: over.map(({ name }) => name),
    };
  });
}

export function linkFindings(links: readonly Link[], loads: readonly LinkLoad[]): readonly LinkFinding[] {
  return links.flatMap(({ id, medium }): LinkFinding[] => {
    const load = loads.find(({ link }) => link === id);
    const findings: LinkFinding[] = [];
    if (load && load.peakMbps > load.plannedMbps)
      findings.push({ code: "LINK_OVERLOADED", link: id, peakMbps: load.peakMbps, plannedMbps: load.plannedMbps });
    if (medium.kind === "copper" && medium.lengthM > COPPER_MOST_M.value)
      findings.push({ code: "COPPER_TOO_LONG", link: id, lengthM: medium.lengthM });
    if (medium.kind === "radio" && medium.lineOfSight !== true)
      findings.push({ code: medium.lineOfSight === false ? "RADIO_NO_SIGHT" : "RADIO_SIGHT_UNKNOWN", link: id });
    return findings;
  });
}

export const CABLE_DEFAULTS = {
  floorM: sourced(3.5, "our default: height of a storey"),
  slackShare: sourced(0.1, "our default: bends and cable ways"),
  endsM: sourced(3, "our default: for both ends"),
};

/** The length of a cable from what is drawn on the plans of its floors, up and down between them, and slack. */
export function cableLengthM(drawnM: readonly number[], floors: number, floorM = CABLE_DEFAULTS.floorM.value): number {
  for (const each of drawnM) checkFigure("A drawn length", each);
  checkFigure("The floors between", Math.abs(floors), 0, 200);
  const run = drawnM.reduce((sum, each) => sum + each, 0) + Math.abs(floors) * floorM;
  return run * (1 + CABLE_DEFAULTS.slackShare.value) + CABLE_DEFAULTS.endsM.value;
}
