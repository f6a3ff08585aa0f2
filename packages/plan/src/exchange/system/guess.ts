import {
  boxHoldsPlace,
  type GeoBox,
  type LonLat,
  metresBetween,
  NATIONAL_GRIDS,
  type ReferenceSystem,
  toDegrees,
  utmZonesOf,
  WEB_MERCATOR,
  WGS84,
} from "./systems.ts";

/** Two numbers of a row as they stand in the file, the column that is named first taken for the eastward one. */
export type Pair = readonly [number, number];

/** How the numbers are to be read. */
export interface Reading {
  readonly system: ReferenceSystem;
  /** True: the eastward number stands in the other column (P4: swapped latitude and longitude). */
  readonly swapped: boolean;
  /** The numbers are multiplied by this first: feet that a system in metres was named for, or the other way round. */
  readonly scale: number;
}

/** A reading that may be meant, with what it would make of the numbers, to be shown on the map before anyone accepts. */
export interface Offer extends Reading {
  readonly points: readonly LonLat[];
  /** Of the points: in the town where one is known, otherwise where the system is meant to be used. */
  readonly share: number;
  /** Other systems that put the points within 3 m of these. */
  readonly also: readonly string[];
  /** One sentence for a person. */
  readonly because: string;
}

const FOOT_M = 0.3048;
/** What lies this far outside the town's box still belongs to it. */
export const ABOUT_TOWN_DEG = 0.3;
const SAMPLE = 200;
const SAME_M = 3;

/**
 * What the numbers may mean, likeliest first (P4). `town` is where they should lie; without it, only degrees, Web
 * Mercator and national grids can be told from the numbers alone, and zones of UTM cannot.
 */
export function guessReadings(
  pairs: readonly Pair[],
  town: GeoBox | null = null,
  most = town ? 8 : 24,
): readonly Offer[] {
  const sample = sampled(pairs.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b) && (a !== 0 || b !== 0)));
  if (sample.length === 0) return [];
  // No town stands within 360 m of its grid's origin: numbers that small are degrees, and larger ones are not.
  const degrees = sample.every((pair) => pair.every((n) => Math.abs(n) <= 360));
  const offers = readingsFor(town)
    .filter(({ system }) => (system.unit === "deg") === degrees)
    .map((reading) => offerOf(reading, sample, town))
    .filter(({ share }) => share >= 0.5)
    .sort((a, b) => penaltyOf(a, town) - penaltyOf(b, town) || b.share - a.share);
  return withoutTwins(offers).slice(0, most);
}

function readingsFor(town: GeoBox | null): readonly Reading[] {
  const grids = town ? NATIONAL_GRIDS.filter(({ use }) => boxesMeet(use, town)) : NATIONAL_GRIDS;
  const systems = [WGS84, ...grids, ...(town ? utmZonesOf(town) : []), WEB_MERCATOR];
  return systems.flatMap((system) =>
    [false, true].flatMap((swapped) => scalesOf(system, town).map((scale) => ({ system, swapped, scale }))),
  );
}

/** Without a town, a scaled grid would fit almost anything. */
const scalesOf = ({ unit }: ReferenceSystem, town: GeoBox | null): readonly number[] =>
  !town || unit === "deg" ? [1] : unit === "m" ? [1, FOOT_M] : [1, 1 / FOOT_M];

function offerOf(reading: Reading, sample: readonly Pair[], town: GeoBox | null): Offer {
  const convert = placing(reading);
  const points = sample.map(([a, b]) => convert(a, b)).filter((point) => point !== null);
  const within = town
    ? points.filter((point) => boxHoldsPlace(town, point, ABOUT_TOWN_DEG))
    : points.filter((point) => boxHoldsPlace(reading.system.use, point));
  return { ...reading, points, share: within.length / sample.length, also: [], because: becauseOf(reading, town) };
}

/** A function from a row's pair to its place. */
export function placing({ system, swapped, scale }: Reading): (a: number, b: number) => LonLat | null {
  const convert = toDegrees(system);
  return (a, b) => (swapped ? convert(b * scale, a * scale) : convert(a * scale, b * scale));
}

function becauseOf({ system, swapped, scale }: Reading, town: GeoBox | null): string {
  const where = town ? "falls into the town" : `falls where ${system.code} is used`;
  const order = swapped ? " with the two columns swapped" : "";
  const unit = scale === 1 ? "" : scale < 1 ? " when the numbers are feet" : " when the numbers are metres";
  return `Read as ${system.name}${order}${unit}, it ${where}.`;
}

/** Straight readings before twisted ones, degrees before grids, small grids before large ones: they claim more. */
function penaltyOf({ swapped, scale, system, points, share }: Offer, town: GeoBox | null): number {
  const twisted = (swapped ? 2 : 0) + (scale === 1 ? 0 : 4);
  const scattered = town ? 0 : Math.min(3, spreadM(points) / 200_000);
  const wide = system === WEB_MERCATOR ? 1.5 : system === WGS84 ? 0 : Math.min(1, areaOf(system.use) / 2_000);
  return twisted + scattered + wide + (1 - share) * 4;
}

const areaOf = ({ west, south, east, north }: GeoBox): number => (east - west) * (north - south);

function spreadM(points: readonly LonLat[]): number {
  const middle = middleOf(points);
  return median(points.map((point) => metresBetween(point, middle)));
}

/** A middle that a few wild points do not move. */
export function middleOf(points: readonly LonLat[]): LonLat {
  return { lon: median(points.map(({ lon }) => lon)), lat: median(points.map(({ lat }) => lat)) };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Offers that mean the same places are one, under the name that came first. */
function withoutTwins(offers: readonly Offer[]): readonly Offer[] {
  const kept: { offer: Offer; also: string[] }[] = [];
  for (const offer of offers) {
    const twin = kept.find(({ offer: { points } }) => samePlaces(points, offer.points));
    if (!twin) kept.push({ offer, also: [] });
    else if (twin.offer.system.code !== offer.system.code) twin.also.push(offer.system.code);
  }
  return kept.map(({ offer, also }) => ({ ...offer, also: [...new Set(also)] }));
}

const samePlaces = (a: readonly LonLat[], b: readonly LonLat[]): boolean =>
  a.length === b.length && a.every((point, i) => metresBetween(point, b[i]!) <= SAME_M);

const boxesMeet = (a: GeoBox, b: GeoBox): boolean =>
  a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;

function sampled(pairs: readonly Pair[]): readonly Pair[] {
  const step = Math.max(1, Math.floor(pairs.length / SAMPLE));
  return pairs.filter((_, i) => i % step === 0).slice(0, SAMPLE);
}
