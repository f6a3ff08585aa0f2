import { expect, test } from "vitest";
import { guessReadings, type Offer, type Pair } from "./guess.ts";
import { knownSystem, type GeoBox } from "./systems.ts";

const about = (lon: number, lat: number): GeoBox => ({
  west: lon - 0.1,
  south: lat - 0.1,
  east: lon + 0.1,
  north: lat + 0.1,
});
const spread = (x: number, y: number, step: number): readonly Pair[] =>
  Array.from({ length: 30 }, (_, i) => [x + step * ((i * 7) % 11), y + step * ((i * 5) % 13)] as const);
const first = (offers: readonly Offer[]): [string, boolean, number] => [
  offers[0]!.system.code,
  offers[0]!.swapped,
  offers[0]!.scale,
];

const LONDON = about(-0.1276, 51.5072);
const DALLAS = about(-96.797, 32.7767);
const KARLSRUHE = about(8.4037, 49.0069);

test.each([
  ["EPSG:27700", "London", 530043, 180358, -0.1276, 51.5072],
  ["EPSG:29902", "Dublin", 315900, 234671, -6.2603, 53.3498],
  ["EPSG:28356", "Sydney", 334368, 6250948, 151.2093, -33.8688],
  ["EPSG:2276", "Dallas", 2491875, 6969751, -96.797, 32.7767],
  ["EPSG:28992", "Amsterdam", 122096, 486744, 4.9041, 52.3676],
])("P4: bare XCOORD and YCOORD in %s are offered first to a planner of %s", (code, _, x, y, lon, lat) => {
  const [offer] = guessReadings(spread(x, y, 100), about(lon, lat));
  expect([offer!.system.code, ...offer!.also]).toContain(code);
  expect(offer).toMatchObject({ swapped: false, scale: 1, share: 1 });
  expect(offer!.points).toHaveLength(30);
});

test("P4: degrees are read as degrees, with or without a town", () => {
  const pairs = spread(8.4037, 49.0069, 0.001);
  expect(first(guessReadings(pairs, KARLSRUHE))).toEqual(["EPSG:4326", false, 1]);
  expect(first(guessReadings(pairs))).toEqual(["EPSG:4326", false, 1]);
});

test("P4: swapped latitude and longitude are noticed where the town lies elsewhere", () => {
  const swapped = spread(49.0069, 8.4037, 0.001);
  const offers = guessReadings(swapped, KARLSRUHE);
  expect(first(offers)).toEqual(["EPSG:4326", true, 1]);
  expect(offers[0]!.because).toContain("swapped");
  // Beyond 90° there is no latitude: no town is needed.
  expect(first(guessReadings(spread(-33.8688, 151.2093, 0.001)))).toEqual(["EPSG:4326", true, 1]);
});

test("P4: swapped easting and northing of a grid are noticed", () => {
  expect(first(guessReadings(spread(180358, 530043, 100), LONDON))).toEqual(["EPSG:27700", true, 1]);
});

test("P4: feet that are taken for metres are noticed", () => {
  const feet = spread(530043 / 0.3048, 180358 / 0.3048, 300);
  expect(first(guessReadings(feet, LONDON))).toEqual(["EPSG:27700", false, 0.3048]);
  // Texas in feet, named with its grid in metres, is the grid in feet.
  expect(first(guessReadings(spread(2491875, 6969751, 100), DALLAS))[0]).toBe("EPSG:2276");
});

test("P4: without a town a national grid is still among the offers", () => {
  const codes = guessReadings(spread(530043, 180358, 100)).map(({ system }) => system.code);
  expect(codes).toContain("EPSG:27700");
});

test("zones that mean the same places are one offer", () => {
  const offers = guessReadings(spread(456391, 5428394, 100), KARLSRUHE);
  expect([offers[0]!.system.code, ...offers[0]!.also]).toEqual(expect.arrayContaining(["EPSG:25832", "EPSG:32632"]));
});

test("0,0 is no place to guess from", () => {
  expect(guessReadings([[0, 0]], KARLSRUHE)).toEqual([]);
  expect(first(guessReadings([[0, 0], ...spread(8.4, 49, 0.001)], KARLSRUHE))[0]).toBe("EPSG:4326");
  expect(knownSystem("EPSG:4326").unit).toBe("deg");
});
