import { type DurationMs, hours, minutes, type Span } from "@overt/core";
import { localDays } from "./civil.ts";
import { darknessOf, type Darkness } from "./darkness.ts";
import { type Chain, checkReferences, type PowerPlan, type SeenPlace } from "./power-plan.ts";
import { run } from "./run.ts";
import { sourced } from "./sourced.ts";
import { intersection, lengthMs, prolonged, union } from "./spans.ts";
import { unpoweredIn } from "./totals.ts";

/** From its power until a camera records, or a link carries, again. */
export const STARTS_AGAIN_MS = sourced(
  minutes(3),
  "as the recorder allows a camera that has power again (rules/outage)",
);

/** What is dark when, over a span; all else records, is up or is seen. */
export interface Survival {
  readonly span: Span;
  readonly basis: Darkness["basis"];
  readonly generators: Darkness["generators"];
  readonly supplies: ReadonlyMap<string, readonly Span[]>;
  readonly cameras: ReadonlyMap<string, readonly Span[]>;
  readonly links: ReadonlyMap<string, readonly Span[]>;
  /** By the id of the place. */
  readonly places: ReadonlyMap<string, readonly Span[]>;
}

/**
 * Which cameras record, which links are up and which places are seen, to the minute, over a span.
 *
 * @throws OvertError `POWER_REFERENCE_UNKNOWN` `POWER_ZONE_UNKNOWN` `POWER_FIGURE_INVALID`
 */
export function survivalOf(plan: PowerPlan, span: Span, startsAgainMs: DurationMs = STARTS_AGAIN_MS.value): Survival {
  checkReferences(plan);
  const { supplies: reached, generators, basis } = darknessOf(plan, span);
  const supplies = new Map([...reached].map(([id, supply]) => [id, unpoweredIn(run(supply, span))]));
  const supplyOf = new Map(plan.equipment.map(({ id, supply }) => [id, supply]));
  const darkOf = ({ needs }: Chain): readonly Span[] => {
    const dark = union(needs.flatMap((id) => supplies.get(supplyOf.get(id)!)!));
    return intersection(prolonged(dark, startsAgainMs), [span]);
  };
  const of = (kind: Chain["kind"]) =>
    new Map(plan.chains.filter((chain) => chain.kind === kind).map((chain) => [chain.id, darkOf(chain)]));
  const cameras = of("camera");
  const places = new Map(plan.places.map((place) => [place.id, blindOf(place, cameras, span)]));
  return { span, basis, generators, supplies, cameras, links: of("link"), places };
}

/** When fewer cameras see a place than it needs. */
function blindOf(
  { cameras, views }: SeenPlace,
  dark: ReadonlyMap<string, readonly Span[]>,
  span: Span,
): readonly Span[] {
  const enough = cameras.length - views;
  if (enough < 0) return [span];
  const changes = cameras.flatMap((id) => dark.get(id)!.flatMap(({ from, to }) => [{ at: from, by: 1 }, { at: to, by: -1 }])); // biome-ignore format: one line
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  const blind: Span[] = [];
  let [away, since] = [0, span.from];
  for (const { at, by } of changes) {
    if (away > enough) blind.push({ from: since, to: at });
    [away, since] = [away + by, at];
  }
  return union(blind);
}

export interface DayHours {
  /** `2026-03-03` */
  readonly day: string;
  readonly hours: number;
}

/** Hours recorded, up or seen on each day, by the calendar of a zone. */
export function hoursByDay(dark: readonly Span[], zone: string, span: Span): readonly DayHours[] {
  return localDays(zone, span).map(({ day, from, to }) => ({
    day,
    hours: (to - from - lengthMs(intersection(dark, [{ from, to }]))) / hours(1),
  }));
}

/** In which share of a span. */
export const shareOf = (dark: readonly Span[], span: Span): number =>
  1 - lengthMs(intersection(dark, [span])) / (span.to - span.from);
