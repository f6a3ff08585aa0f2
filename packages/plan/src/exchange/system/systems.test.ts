import { expect, test } from "vitest";
import { knownSystem, metresBetween, NATIONAL_GRIDS, systemOf, toDegrees, utmZonesOf } from "./systems.ts";

/** From PROJ 9.1's `gdaltransform -s_srs EPSG:4326 -t_srs CODE`: which town, its degrees, the grid's numbers. */
const OF_PROJ: readonly (readonly [string, string, number, number, number, number])[] = [
  ["EPSG:27700", "London", -0.1276, 51.5072, 530043.19, 180358.21],
  ["EPSG:29902", "Dublin", -6.2603, 53.3498, 315900.56, 234671.36],
  ["EPSG:28356", "Sydney", 151.2093, -33.8688, 334368.63, 6250948.35],
  ["EPSG:2276", "Dallas", -96.797, 32.7767, 2491875.04, 6969751.33],
  ["EPSG:2263", "New York", -73.9857, 40.7484, 988212.24, 211939.28],
  ["EPSG:2056", "Zürich", 8.5417, 47.3769, 2683303.89, 1247925.63],
  ["EPSG:28992", "Amsterdam", 4.9041, 52.3676, 122096.81, 486744.86],
  ["EPSG:31370", "Brussels", 4.3517, 50.8503, 148799.17, 171100.15],
  ["EPSG:2154", "Paris", 2.3522, 48.8566, 652469.02, 6862035.26],
  ["EPSG:31467", "Frankfurt", 8.6821, 50.1109, 3477335.33, 5552790.87],
  ["EPSG:25832", "Karlsruhe", 8.4037, 49.0069, 456391.25, 5428394.11],
  ["EPSG:5514", "Prague", 14.4378, 50.0755, -741817.77, -1044492.56],
  ["EPSG:23700", "Budapest", 19.0402, 47.4979, 649454.15, 239329.41],
  ["EPSG:3844", "Bucharest", 26.1025, 44.4268, 587904.32, 325824.39],
  ["EPSG:2039", "Tel Aviv", 34.7818, 32.0853, 179556.03, 665855.39],
  ["EPSG:2326", "Hong Kong", 114.1694, 22.3193, 835497.92, 820032.93],
  ["EPSG:2193", "Auckland", 174.7633, -36.8485, 1757209.25, 5920482.81],
  ["EPSG:3857", "Berlin", 13.405, 52.52, 1492237.77, 6894699.8],
  ["EPSG:2913", "Portland", -122.6784, 45.5152, 7643775.79, 681454.47],
  ["EPSG:31983", "São Paulo", -46.6333, -23.5505, 333287.92, 7394588.32],
  ["EPSG:2180", "Warsaw", 21.0122, 52.2297, 637382.2, 486757.21],
  ["EPSG:2100", "Athens", 23.7275, 37.9838, 475920.27, 4203764.7],
];

test.each(OF_PROJ)("P4: %s puts %s within 5 m of where PROJ puts it", (code, _, lon, lat, x, y) => {
  const there = toDegrees(knownSystem(code))(x, y)!;
  expect(metresBetween(there, { lon, lat })).toBeLessThan(5);
});

test("P4: a grid in feet says so", () => {
  expect(knownSystem("2276")).toMatchObject({ unit: "us-ft", name: "NAD83 / Texas North Central (ftUS)" });
  expect(knownSystem("2913").unit).toBe("ft");
  expect(knownSystem("27700").unit).toBe("m");
});

test("a system is found by any of its usual names", () => {
  for (const name of ["EPSG:27700", "epsg:27700", "27700", "urn:ogc:def:crs:EPSG::27700"])
    expect(systemOf(name)?.code).toBe("EPSG:27700");
  expect(systemOf("http://www.opengis.net/def/crs/EPSG/0/27700")?.code).toBe("EPSG:27700");
  expect(systemOf("urn:ogc:def:crs:OGC:1.3:CRS84")?.code).toBe("EPSG:4326");
  expect(systemOf("EPSG:32632")?.name).toBe("WGS 84 / UTM zone 32N");
  expect(systemOf("my own grid")).toBeNull();
  expect(() => knownSystem("EPSG:99999")).toThrow(expect.objectContaining({ code: "SYSTEM_UNKNOWN" }));
});

test("numbers that no place has give none", () => {
  expect(toDegrees(knownSystem("EPSG:4326"))(8.4, 91)).toBeNull();
  expect(toDegrees(knownSystem("EPSG:27700"))(Number.NaN, 0)).toBeNull();
});

test("every grid is read, and holds the middle of its own area", () => {
  expect(NATIONAL_GRIDS.length).toBeGreaterThan(90);
  for (const { proj, use } of NATIONAL_GRIDS) {
    expect(proj).toMatch(/^\+proj=/);
    expect(use.west).toBeLessThan(use.east);
  }
});

test("the zones of UTM about a town are those that it lies in", () => {
  const zones = utmZonesOf({ west: 8.3, south: 48.9, east: 8.5, north: 49.1 }).map(({ code }) => code);
  expect(zones).toEqual(["EPSG:32632", "EPSG:25832"]);
});
