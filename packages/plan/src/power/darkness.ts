import type { Span } from "@overt/core";
import { type Cuts, cutsOf } from "./feeder.ts";
import { type GeneratorRun, generatorRun } from "./generator.ts";
import type { PlannedSupply, PowerPlan } from "./power-plan.ts";
import { intersection, without } from "./spans.ts";
import type { Supply } from "./supply.ts";

/** What reaches each supply from outside, over a span. */
export interface Darkness {
  readonly supplies: ReadonlyMap<string, Supply>;
  readonly generators: ReadonlyMap<string, GeneratorRun>;
  /** How much is known of the feeders that count, the least of them: `unknown` is shown wherever a result is. */
  readonly basis: Cuts["basis"];
}

/** @throws OvertError `POWER_ZONE_UNKNOWN` `POWER_FIGURE_INVALID` */
export function darknessOf(plan: PowerPlan, within: Span): Darkness {
  const cuts = new Map(plan.feeders.map((feeder) => [feeder.id, cutsOf(feeder, within)]));
  const mainsDark = new Map(plan.supplies.map((supply) => [supply.id, darkByMains(supply, cuts, within)]));
  const generators = new Map(
    plan.generators.map((generator) => {
      const served = plan.supplies.filter((each) => each.generator === generator.id);
      const loads = served.map(({ id, zone, loadW, worstW, battery }) => ({
        zone,
        loadW,
        worstW: worstW + (battery?.chargerW ?? 0),
        dark: mainsDark.get(id)!,
      }));
      return [generator.id, generatorRun(generator, loads, within)];
    }),
  );
  const supplies = plan.supplies.map((planned): [string, Supply] => {
    const running = planned.generator === null ? [] : generators.get(planned.generator)!.running;
    const { zone, loadW, battery, solar } = planned;
    return [planned.id, { zone, loadW, battery, solar, dark: without(mainsDark.get(planned.id)!, running) }];
  });
  const used = new Set(plan.supplies.flatMap(({ feeders }) => feeders));
  return { supplies: new Map(supplies), generators, basis: weakest([...used].map((id) => cuts.get(id)!.basis)) };
}

function darkByMains({ feeders }: PlannedSupply, cuts: ReadonlyMap<string, Cuts>, within: Span): readonly Span[] {
  return feeders.map((id) => cuts.get(id)!.spans).reduce((all, each) => intersection(all, each), [within]);
}

const KNOWN: readonly Cuts["basis"][] = ["measured", "calendar", "statistics", "unknown"];
const weakest = (bases: readonly Cuts["basis"][]): Cuts["basis"] =>
  bases.reduce((a, b) => (KNOWN.indexOf(b) > KNOWN.indexOf(a) ? b : a), "measured");
