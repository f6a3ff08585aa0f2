import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { extentOf, isBelowGround } from "./building-height.ts";
import { lengthM } from "./length.ts";

describe("osm-05: heights with units", () => {
  test.each([
    ["12'", 3.6576],
    ["12'6\"", 3.81],
    ["40 ft", 12.192],
    ["22 m", 22],
    ["22m", 22],
    ["10,5", 10.5],
    ["7.25", 7.25],
  ])("%s is %d m", (text, m) => {
    expect(lengthM(text)).toBeCloseTo(m, 9);
  });

  test.each(["~8", "3 storeys", "10;12", "10,500", "", "high", "8-10", "2 lightyears", "1.2.3"])(
    '"%s" is not understood, and not guessed',
    (text) => {
      expect(lengthM(text)).toBeNull();
    },
  );

  test("what is not understood is listed, and levels or a default stand in, marked so", () => {
    const { height, findings } = extentOf({ height: "~8", "building:levels": "4" }, "yes");
    expect(height).toEqual({ m: 12, from: "levels" });
    expect(findings).toEqual([{ code: "HEIGHT_UNREADABLE", detail: 'height="~8" is not understood.' }]);
    expect(extentOf({ height: "3 storeys" }, "yes").height).toEqual({ m: 6, from: "guessed" });
  });
});

describe("osm-06: heights that cannot be", () => {
  test.each(["0.0", "-3", "5e+70", "901"])("height=%s gives way to levels, and is listed", (height) => {
    const extent = extentOf({ height, "building:levels": "2" }, "house");
    expect(extent.height).toEqual({ m: 6, from: "levels" });
    expect(extent.findings.map(({ code }) => code)).toEqual(["HEIGHT_IMPOSSIBLE"]);
  });

  test("min_height above height: neither counts", () => {
    const extent = extentOf({ height: "5", min_height: "8" }, "house");
    expect(extent).toMatchObject({ height: { m: 6, from: "guessed" }, min: { m: 0 } });
    expect(extent.findings.map(({ code }) => code)).toEqual(["HEIGHT_IMPOSSIBLE"]);
  });

  test("a height that can be, counts, with what hangs free below it", () => {
    expect(extentOf({ height: "10", min_height: "4" }, "yes")).toEqual({
      height: { m: 10, from: "height" },
      min: { m: 4, from: "height" },
      findings: [],
    });
  });

  test("a roof on posts is open below, which is marked as guessed", () => {
    expect(extentOf({ height: "4" }, "roof").min).toEqual({ m: 3.5, from: "guessed" });
  });
});

describe("osm-12: below ground", () => {
  test.each([
    { location: "underground" },
    { layer: "-1" },
    { level: "-2;-1" },
    { "building:levels": "0", "building:levels:underground": "2" },
  ])("%o is no obstacle", (tags) => {
    expect(isBelowGround(tags)).toBe(true);
  });

  test.each([{}, { layer: "0" }, { level: "-1;0" }, { "building:levels": "3", "building:levels:underground": "1" }])(
    "%o stands above ground",
    (tags) => {
      expect(isBelowGround(tags)).toBe(false);
    },
  );
});

const anything = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.constantFrom("12'", "3 m", "1e9", "-1", "NaN", "Infinity"),
);

test.prop([
  fc.record({ height: anything, min_height: anything, "building:levels": anything }, { requiredKeys: [] }),
  fc.string(),
])("whatever the tags say, a building stands from its foot to above it, within 900 m", (tags, kind) => {
  const { height, min } = extentOf(tags, kind);
  expect(min.m).toBeGreaterThanOrEqual(0);
  expect(height.m).toBeGreaterThan(min.m);
  expect(height.m).toBeLessThanOrEqual(900);
});
