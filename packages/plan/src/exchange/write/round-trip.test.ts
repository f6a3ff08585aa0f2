import { test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { readExchanged } from "../import/exchanged.ts";
import { updateCameras } from "../import/update.ts";
import { COLUMNS } from "../record/columns.ts";
import { EMPTY_PLAN, type ExchangedPlan, planViewshed } from "../record/plan.ts";
import { planCamera } from "../record/camera.ts";
import { readPlanFile } from "../read/file.ts";
import { anyPlan } from "../testing/any-plan.ts";
import { writeCsv } from "./csv.ts";
import { writeGeoJson } from "./geojson.ts";
import { writeKml, writeKmz } from "./kml.ts";
import { LAYERS } from "./layer-table.ts";
import { writeXlsx } from "./xlsx.ts";

const back = (files: readonly Uint8Array[]): ExchangedPlan => {
  const sheets = files.flatMap((bytes) => readPlanFile(bytes));
  const { plan, findings } = readExchanged(sheets, "back")!;
  expect(findings).toEqual([]);
  return plan;
};
const full = (plan: ExchangedPlan) =>
  LAYERS.filter(
    (layer) =>
      plan[({ camera: "cameras", viewshed: "viewsheds", place: "places", "private-space": "spaces" } as const)[layer]]
        .length > 0,
  );
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const RUNS = { numRuns: 150 };

prop.prop([anyPlan], RUNS)("P43: GeoJSON read back is the same plan", (plan) => {
  expect(back([writeGeoJson(plan)])).toEqual(plan);
});

prop.prop([anyPlan], RUNS)("P43: CSV files read back are the same plan, whatever parts their cells", (plan) => {
  for (const delimiter of [",", ";", "\t"] as const) {
    const files = full(plan).map((layer) => writeCsv(plan, layer, { delimiter }));
    expect(back(files)).toEqual({ ...plan, title: null, attribution: null });
  }
});

prop.prop([anyPlan], RUNS)("P43: KML and KMZ read back give the same positions, viewsheds and records", (plan) => {
  for (const bytes of [writeKml(plan), writeKmz(plan)]) expect(back([bytes])).toEqual({ ...plan, attribution: null });
});

prop.prop([anyPlan], { numRuns: 60 })("P42: an Excel workbook read back has the same cameras", (plan) => {
  expect(back([writeXlsx(plan)]).cameras).toEqual(plan.cameras);
});

prop.prop([anyPlan], { numRuns: 60 })("P3: a plan that is exported and imported again changes nothing", (plan) => {
  const again = back([writeGeoJson(plan)]).cameras.map((camera, i) => ({ row: i + 1, camera }));
  const update = updateCameras(plan.cameras, again);
  expect(update.added.length + update.changed.length).toBe(0);
  expect(update.cameras).toEqual(plan.cameras);
});

prop.prop([anyPlan], { numRuns: 60 })("the same plan gives the same bytes", (plan) => {
  expect(writeKmz(plan)).toEqual(writeKmz(structuredClone(plan)));
  expect(writeXlsx(plan)).toEqual(writeXlsx(structuredClone(plan)));
});

const camera = planCamera({
  number: "17",
  name: '=HYPERLINK("http://x")',
  at: { lon: -0.1, lat: 51.5 },
  heightM: 4.5,
  tiltDeg: -5,
});
const one: ExchangedPlan = { ...EMPTY_PLAN, cameras: [camera] };

test("high cameras of our own plan are in metres, as their column says", () => {
  const high = Array.from({ length: 9 }, (_, i) => planCamera({ number: `${i}`, heightM: 20 + i }));
  expect(back([writeCsv({ ...EMPTY_PLAN, cameras: high }, "camera")]).cameras.map(({ heightM }) => heightM)).toEqual(
    high.map(({ heightM }) => heightM),
  );
});

test("no text of a CSV is run as a formula; numbers below zero stay numbers", () => {
  const line = text(writeCsv(one, "camera")).split("\r\n")[1]!;
  expect(line).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(line).toContain(",-0.1,51.5,");
  const cells = readPlanFile(
    writeCsv({ ...one, cameras: ["=1", "+1", "-1", "@1", "\t=1"].map((name) => ({ ...camera, name })) }, "camera"),
  );
  expect(cells[0]!.rows).toHaveLength(5);
});

test("P43: the first row of a CSV is the documented columns, in their order, behind a mark for Excel", () => {
  const csv = writeCsv(one, "camera");
  expect([...csv.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(text(csv).replace("\ufeff", "").split("\r\n")[0]!.split(",")).toEqual(COLUMNS.camera.map(({ name }) => name));
  expect(text(writeCsv(one, "viewshed")).replace("\ufeff", "").trim().split(",")).toEqual(
    COLUMNS.viewshed.map(({ name }) => name),
  );
});

test("P6: what is unknown is null in GeoJSON and empty in CSV", () => {
  const { features } = JSON.parse(text(writeGeoJson(one)));
  expect(features[0].properties).toMatchObject({
    layer: "camera",
    height_m: 4.5,
    pan_deg: null,
    make: null,
    state: "unknown",
  });
});

test("GeoJSON rings are closed and wound as RFC 7946 has them, whatever they were", () => {
  const clockwise = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
  ] as const;
  const plan = { ...EMPTY_PLAN, viewsheds: [planViewshed({ camera: "17", area: [[clockwise]] })] };
  const { features } = JSON.parse(text(writeGeoJson(plan)));
  expect(features[0].geometry).toEqual({
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ],
  });
});

test("P42: KML hangs a camera at its height above ground, and draws what it sees", () => {
  const plan = {
    ...one,
    viewsheds: [
      planViewshed({
        camera: "17",
        area: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        ],
      }),
    ],
  };
  const kml = text(writeKml(plan));
  expect(kml).toContain("<altitudeMode>relativeToGround</altitudeMode><coordinates>-0.1,51.5,4.5</coordinates>");
  expect(kml).toContain("<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates>");
});

test("text with characters that XML has no room for still makes files that are read", () => {
  const name = "a\u0000\u0008\ud800<&\uffff\u001fb";
  for (const bytes of [writeKml, writeKmz, writeXlsx].map((write) =>
    write({ ...one, title: name, cameras: [{ ...camera, name }] }),
  ))
    expect(back([bytes]).cameras[0]!.name).toMatch(/^a.*<&.*b$/);
});
