import type { Battery } from "./battery.ts";
import type { Feeder } from "./feeder.ts";
import type { Generator } from "./generator.ts";
import type { ByHour } from "./load.ts";
import { powerError } from "./power-error.ts";
import type { SolarSeries } from "./supply.ts";

/** Who hangs on what: from feeders to the places that are seen. */
export interface PowerPlan {
  readonly feeders: readonly Feeder[];
  readonly generators: readonly Generator[];
  readonly supplies: readonly PlannedSupply[];
  readonly equipment: readonly Equipment[];
  readonly chains: readonly Chain[];
  readonly places: readonly SeenPlace[];
}

export interface PlannedSupply {
  readonly id: string;
  /** It is dark only when all of them are; none: it lives by its panel. */
  readonly feeders: readonly string[];
  readonly generator: string | null;
  readonly zone: string;
  readonly loadW: ByHour;
  readonly worstW: number;
  readonly battery: Battery | null;
  readonly solar: SolarSeries | null;
}

/** A camera, switch, radio, mast or recorder: a thing with one plug. */
export interface Equipment {
  readonly id: string;
  readonly supply: string;
}

/** A camera records, and a link is up, while all that it needs is powered: itself, switch, radio, mast, recorder. */
export interface Chain {
  readonly id: string;
  readonly kind: "camera" | "link";
  readonly needs: readonly string[];
}

export interface SeenPlace {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly cameras: readonly string[];
  /** From so many of them at once. */
  readonly views: number;
}

/** @throws OvertError `POWER_REFERENCE_UNKNOWN`: something hangs on what is not there */
export function checkReferences(plan: PowerPlan): void {
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id));
  const cameras = ids(plan.chains.filter(({ kind }) => kind === "camera"));
  const check = (of: string, named: readonly string[], known: ReadonlySet<string>): void => {
    const missing = named.find((each) => !known.has(each));
    if (missing !== undefined)
      throw powerError("POWER_REFERENCE_UNKNOWN", `"${of}" hangs on "${missing}", which is not in the plan.`);
  };
  const [feeders, generators, supplies, equipment] = [plan.feeders, plan.generators, plan.supplies, plan.equipment].map(ids) as [Set<string>, Set<string>, Set<string>, Set<string>]; // biome-ignore format: one line
  for (const supply of plan.supplies) {
    check(supply.id, supply.feeders, feeders);
    check(supply.id, supply.generator === null ? [] : [supply.generator], generators);
  }
  for (const { id, supply } of plan.equipment) check(id, [supply], supplies);
  for (const { id, needs } of plan.chains) check(id, needs, equipment);
  for (const { name, cameras: by } of plan.places) check(name, by, cameras);
}
