import type { DurationMs } from "@overt/core";
import { lastsMs } from "./battery.ts";
import { type Chain, checkReferences, type PlannedSupply, type PowerPlan } from "./power-plan.ts";

/** What goes dark when one feeder does, and nothing else fails (N−1). */
export interface FeederLoss {
  readonly feeder: string;
  /** With how long a full battery carries the weakest of their parts, at worst load. */
  readonly cameras: readonly { readonly id: string; readonly lastsMs: DurationMs }[];
  /** Places that are then seen from too few cameras, heaviest first. */
  readonly places: readonly {
    readonly id: string;
    readonly name: string;
    readonly weight: number;
    readonly lastsMs: DurationMs;
  }[];
  readonly weight: number;
}

/**
 * Feeders by what hangs on each alone, most first. A part that has a second feeder, a generator or a panel is not counted:
 * it has another source.
 *
 * @throws OvertError `POWER_REFERENCE_UNKNOWN`
 */
export function feederLosses(plan: PowerPlan): readonly FeederLoss[] {
  checkReferences(plan);
  const chains = plan.chains.filter(({ kind }) => kind === "camera");
  const losses = plan.feeders.map(({ id: feeder }) => {
    const cameras = chains
      .map((chain) => ({ id: chain.id, lastsMs: without(plan, chain, feeder) }))
      .filter((each): each is { id: string; lastsMs: number } => each.lastsMs !== null);
    const left = new Map(cameras.map(({ id, lastsMs: ms }) => [id, ms]));
    const places = plan.places
      .map(({ id, name, weight, cameras: by, views }) => ({ id, name, weight, lastsMs: seenFor(by, views, left) }))
      .filter(({ lastsMs: ms }) => ms < Number.POSITIVE_INFINITY)
      .sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
    return { feeder, cameras, places, weight: places.reduce((sum, place) => sum + place.weight, 0) };
  });
  return losses.sort(
    (a, b) => b.weight - a.weight || b.cameras.length - a.cameras.length || (a.feeder < b.feeder ? -1 : 1),
  );
}

/** Cameras whose parts hang on different feeders, each of which alone ends them: of two feeders they have the faults of both. */
export function splitChains(
  plan: PowerPlan,
): readonly { readonly camera: string; readonly feeders: readonly string[] }[] {
  return plan.chains
    .filter(({ kind }) => kind === "camera")
    .map((chain) => ({
      camera: chain.id,
      feeders: plan.feeders.map(({ id }) => id).filter((feeder) => without(plan, chain, feeder) !== null),
    }))
    .filter(({ feeders }) => feeders.length > 1);
}

/** For how long a chain goes on without a feeder; null: for ever. */
function without(plan: PowerPlan, { needs }: Chain, feeder: string): DurationMs | null {
  const supplies = new Map(plan.supplies.map((supply) => [supply.id, supply]));
  const hanging = needs
    .map((id) => supplies.get(plan.equipment.find((each) => each.id === id)!.supply)!)
    .filter((supply) => hangsAlone(supply, feeder));
  if (hanging.length === 0) return null;
  return Math.min(...hanging.map(({ battery, worstW }) => (battery ? lastsMs(battery, worstW) : 0)));
}

const hangsAlone = ({ feeders, generator, solar }: PlannedSupply, feeder: string): boolean =>
  generator === null && solar === null && feeders.length > 0 && feeders.every((each) => each === feeder);

/** Until so many of its cameras are dark that the rest are too few. */
function seenFor(cameras: readonly string[], views: number, left: ReadonlyMap<string, DurationMs>): DurationMs {
  const ends = cameras.map((id) => left.get(id) ?? Number.POSITIVE_INFINITY).sort((a, b) => b - a);
  return ends[views - 1] ?? 0;
}
