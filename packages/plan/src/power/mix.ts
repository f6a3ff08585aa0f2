import { days, type Span } from "@overt/core";
import type { Battery } from "./battery.ts";
import { type Generator, generatorRun } from "./generator.ts";
import type { ByHour } from "./load.ts";
import { powerError } from "./power-error.ts";
import { run } from "./run.ts";
import { without } from "./spans.ts";
import type { SolarSeries, Supply } from "./supply.ts";
import { totalsOf } from "./totals.ts";
import { wearOf } from "./wear.ts";

/** Something that can be had at a price, in minor units of one currency: bought once, and kept up each year. */
export interface Offer<T> {
  readonly name: string;
  readonly buyMinor: number;
  readonly yearlyMinor: number;
  readonly value: T;
}

/** What a site may be made of; each list has at least one, `null` being none of it. */
export interface MixOffers {
  readonly batteries: readonly Offer<Battery | null>[];
  readonly panels: readonly Offer<SolarSeries | null>[];
  readonly generators: readonly Offer<Generator | null>[];
  /** When each feeder, or pair of them, is dark. */
  readonly feeders: readonly Offer<readonly Span[]>[];
  /** Fewer watts: other cameras, no heater, fewer pictures a second. */
  readonly loads: readonly Offer<ByHour>[];
}

export interface Mix {
  readonly battery: string;
  readonly panel: string;
  readonly generator: string;
  readonly feeder: string;
  readonly load: string;
  /** Over the years asked for, worn batteries and fuel included. */
  readonly costMinor: number;
  readonly recordedShare: number;
  readonly litresPerYear: number;
  readonly batteryLifeYears: number | null;
}

export interface MixQuestion {
  readonly zone: string;
  /** What is simulated; a year or more, where there is sun. */
  readonly span: Span;
  readonly years: number;
  readonly fuelMinorPerLitre: number;
}

const MOST_MIXES = 5_000;

/**
 * Every mix that no other one beats in both cost and recorded share, cheapest first: the curve from which a person picks.
 *
 * @throws OvertError `POWER_MIX_TOO_LARGE` `POWER_FIGURE_INVALID`
 */
export function mixCurve(offers: MixOffers, question: MixQuestion): readonly Mix[] {
  const { batteries, panels, generators, feeders, loads } = offers;
  const count = [batteries, panels, generators, feeders, loads].reduce((product, list) => product * list.length, 1);
  if (count > MOST_MIXES)
    throw powerError("POWER_MIX_TOO_LARGE", `${count} mixes are more than ${MOST_MIXES}.`, "Offer fewer of each.");
  const all: Mix[] = [];
  for (const battery of batteries)
    for (const panel of panels)
      for (const generator of generators)
        for (const feeder of feeders)
          for (const load of loads) all.push(mixOf({ battery, panel, generator, feeder, load }, question));
  all.sort((a, b) => a.costMinor - b.costMinor || b.recordedShare - a.recordedShare);
  let best = -1;
  return all.filter(({ recordedShare }) => {
    const better = recordedShare > best;
    best = Math.max(best, recordedShare);
    return better;
  });
}

/** The cheapest mix on a curve that records a share; null: none does. */
export const cheapestFor = (curve: readonly Mix[], share: number): Mix | null =>
  curve.find(({ recordedShare }) => recordedShare >= share) ?? null;

interface Chosen {
  readonly battery: Offer<Battery | null>;
  readonly panel: Offer<SolarSeries | null>;
  readonly generator: Offer<Generator | null>;
  readonly feeder: Offer<readonly Span[]>;
  readonly load: Offer<ByHour>;
}

function mixOf(
  { battery, panel, generator, feeder, load }: Chosen,
  { zone, span, years, fuelMinorPerLitre }: MixQuestion,
): Mix {
  const chargerW = battery.value?.chargerW ?? 0;
  const worstW = Math.max(...load.value) + chargerW;
  const ran =
    generator.value && generatorRun(generator.value, [{ zone, loadW: load.value, worstW, dark: feeder.value }], span);
  // What is too small for its load trips and carries nothing.
  const carries = ran !== null && ran.overloadedByW === 0;
  const dark = carries ? without(feeder.value, ran.running) : feeder.value;
  const supply: Supply = { zone, loadW: load.value, dark, battery: battery.value, solar: panel.value };
  const pieces = [...run(supply, span)];
  const { poweredShare } = totalsOf(pieces);
  const wear = battery.value && wearOf(battery.value, pieces, span);
  const litresPerYear = carries ? (ran.litres * days(365.25)) / (span.to - span.from) : 0;
  const bought = wear ? Math.max(1, Math.ceil(years / wear.lifeYears - 1e-9)) : 1;
  const once = [panel, generator, feeder, load].reduce((sum, { buyMinor }) => sum + buyMinor, 0);
  const yearly = [battery, panel, generator, feeder, load].reduce((sum, { yearlyMinor }) => sum + yearlyMinor, 0);
  const fuel = Math.round(litresPerYear * years * fuelMinorPerLitre);
  return {
    battery: battery.name,
    panel: panel.name,
    generator: generator.name,
    feeder: feeder.name,
    load: load.name,
    costMinor: once + bought * battery.buyMinor + yearly * years + fuel,
    recordedShare: poweredShare,
    litresPerYear,
    batteryLifeYears: wear?.lifeYears ?? null,
  };
}
