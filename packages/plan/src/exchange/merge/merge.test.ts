import { fc, test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { type PlanCamera, planCamera } from "../record/camera.ts";
import { compareCameras } from "./conflicts.ts";
import { matchCameras, neighbours, turnDeg } from "./match.ts";
import { mergeCameras } from "./merge.ts";

/** `east` metres from a corner of Karlsruhe. */
const at = (east: number) => ({ lon: 8.4 + east / 72_900, lat: 49 });
const from = (file: string, row: number) => [{ file, sheet: null, row, mapping: null }];
const ours: readonly PlanCamera[] = [
  planCamera({
    number: "0012",
    name: "Market",
    at: at(0),
    heightM: 4,
    panDeg: 359.9,
    make: "Acme",
    sources: from("a.csv", 2),
  }),
  planCamera({ name: "Bridge", at: at(100), panDeg: 90, sources: from("a.csv", 3) }),
  planCamera({ number: "14", at: at(200), panDeg: 0, sources: from("a.csv", 4) }),
];
const theirs: readonly PlanCamera[] = [
  planCamera({
    number: "12",
    name: "Market",
    at: at(1),
    heightM: 4.5,
    panDeg: 0.1,
    make: "ACME",
    focalMm: 4,
    sources: from("b.kml", 1),
  }),
  planCamera({ name: "Old bridge", at: at(101), panDeg: 100, sources: from("b.kml", 2) }),
  planCamera({ number: "15", at: at(201), panDeg: 180, sources: from("b.kml", 3) }),
  planCamera({ number: "16", at: at(300), sources: from("b.kml", 4) }),
];

test("P28: the same camera is found by number, else by place and pan", () => {
  expect(matchCameras(ours, theirs).map(({ ours: a, theirs: b, by }) => [a, b, by])).toEqual([
    [0, 0, "number"],
    [1, 1, "place"],
  ]);
  const turned = [planCamera({ at: at(101), panDeg: 200 })];
  expect(matchCameras([ours[1]!], turned)).toEqual([]);
  expect(matchCameras([ours[1]!], [planCamera({ at: at(101) })])).toHaveLength(1);
  expect(turnDeg(350, 10)).toBe(20);
});

test("P28: conflicts are listed one by one: figures, and two cameras at one mount", () => {
  const { conflicts } = compareCameras(ours, theirs);
  expect(conflicts).toMatchObject([
    { kind: "figure", field: "heightM", column: "height_m", unit: "m", values: [4, 4.5] },
    { kind: "figure", field: "name", values: ["Bridge", "Old bridge"] },
    { kind: "figure", field: "panDeg", values: [90, 100] },
    { kind: "mount", ours: 2, theirs: 2 },
  ]);
});

test("P28: one number in two places is a conflict of its own", () => {
  const moved = [planCamera({ number: "12", at: at(500), sources: from("b.kml", 1) })];
  const comparison = compareCameras(ours, moved);
  expect(comparison.conflicts).toMatchObject([{ kind: "place", id: "place:0:0" }]);
  expect(mergeCameras(ours, moved, comparison, new Map([["place:0:0", "both"]])).cameras).toHaveLength(4);
  const theirs = mergeCameras(ours, moved, comparison, new Map([["place:0:0", "theirs"]]));
  expect(theirs.cameras[0]!.at).toEqual(at(500));
});

test("P28: a merge keeps where each camera came from, fills in what one knows, and leaves the rest open", () => {
  const comparison = compareCameras(ours, theirs);
  const { cameras, open } = mergeCameras(ours, theirs, comparison, new Map([["figure:0:0:heightM", "theirs"]]));
  expect(cameras).toHaveLength(5);
  expect(cameras[0]).toMatchObject({
    heightM: 4.5,
    make: "Acme",
    focalMm: 4,
    sources: [...from("a.csv", 2), ...from("b.kml", 1)],
  });
  expect(cameras[1]).toMatchObject({ name: "Bridge", sources: [...from("a.csv", 3), ...from("b.kml", 2)] });
  expect(open.map(({ id }) => id)).toEqual(["figure:1:1:name", "figure:1:1:panDeg", "mount:2:2"]);
  const chosen = mergeCameras(ours, theirs, comparison, new Map([["mount:2:2", "theirs"]]));
  expect(chosen.cameras.map(({ number }) => number)).toEqual(["0012", null, "15", "16"]);
});

test("a plan compared with itself has no conflicts, and merges into itself", () => {
  const twoOnOne = [...theirs, planCamera({ number: "17", at: at(300), panDeg: 180 })];
  const comparison = compareCameras(twoOnOne, twoOnOne);
  expect(comparison.conflicts).toEqual([]);
  expect(mergeCameras(twoOnOne, twoOnOne, comparison).cameras).toEqual(twoOnOne);
});

const anyCamera = fc
  .tuple(
    fc.double({ min: -200, max: 200, noNaN: true }),
    fc.double({ min: -200, max: 200, noNaN: true }),
    fc.constantFrom(0, 49, -60, 85),
  )
  .map(([x, y, lat]) => planCamera({ at: { lon: 8 + x / 100_000, lat: lat + y / 100_000 } }));

prop.prop([
  fc.array(anyCamera, { maxLength: 30 }),
  fc.array(anyCamera, { maxLength: 30 }),
  fc.double({ min: 0.5, max: 40, noNaN: true }),
])("neighbours are those that a look at every pair finds", (a, b, withinM) => {
  const found = new Set(neighbours(a, b, withinM).map((pair) => `${pair.ours} ${pair.theirs}`));
  const all = a.flatMap((mine, i) => b.flatMap((other, k) => (matchable(mine, other, withinM) ? [`${i} ${k}`] : [])));
  expect([...found].sort()).toEqual(all.sort());
});

const matchable = (a: PlanCamera, b: PlanCamera, withinM: number): boolean => {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.at!.lat - a.at!.lat) * rad) / 2) ** 2 +
    Math.cos(a.at!.lat * rad) * Math.cos(b.at!.lat * rad) * Math.sin(((b.at!.lon - a.at!.lon) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h))) <= withinM;
};
