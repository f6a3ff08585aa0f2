import { expect, test } from "vitest";
import { planCamera } from "../record/camera.ts";
import { readPlanFile } from "../read/file.ts";
import type { Sheet } from "../read/sheet.ts";
import { workbook } from "../testing/workbook.ts";
import { dryRun, type DryRun } from "./dry-run.ts";
import type { Mapping } from "./mapping.ts";
import { proposeMapping } from "./propose.ts";
import { updateCameras } from "./update.ts";

const TOWN = { west: 8.3, south: 48.9, east: 8.5, north: 49.1 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sheetOf = (text: string): Sheet => readPlanFile(bytes(text))[0]!;
const run = (text: string, change: Partial<Mapping> = {}, town: typeof TOWN | null = TOWN): DryRun => {
  const sheet = sheetOf(text);
  return dryRun(sheet, { ...proposeMapping(sheet, { town, title: "Roads" }), ...change }, { file: "roads.csv", town });
};
const codes = ({ findings }: DryRun): (readonly [number | null, string, string])[] =>
  findings.map(({ row, code, weight }) => [row, code, weight]);

test("P3: a row becomes a camera, with where it came from and what no field stands for", () => {
  const { rows, findings } = run(
    'No,Name,Lat,Lon,Height (ft),Resolution,Sensor,Ward\n17,Market,49.0069,8.4037,12,1920x1080,"1/2.8""",Nord\n',
  );
  expect(findings).toEqual([]);
  expect(rows[0]!.camera).toEqual(
    planCamera({
      number: "17",
      name: "Market",
      at: { lon: 8.4037, lat: 49.0069 },
      heightM: 3.6576,
      widthPx: 1920,
      heightPx: 1080,
      sensorWidthMm: 5.57,
      sensorHeightMm: 3.13,
      more: { Ward: "Nord" },
      sources: [{ file: "roads.csv", sheet: null, row: 2, mapping: "Roads" }],
    }),
  );
});

test("P3: a preview reads the first rows only", () => {
  const sheet = sheetOf("No,Lat,Lon\n1,49.0069,8.4037\n2,x,y\n3,49.0069,8.4037\n");
  const { rows, findings } = dryRun(sheet, proposeMapping(sheet), { file: "a.csv", most: 1 });
  expect([rows.length, findings.length]).toEqual([1, 0]);
});

test("P6: what a file does not say stays unknown", () => {
  const { rows } = run("No,Lat,Lon,Height,Tilt,State\n1,49.0069,8.4037,,unknown,\n");
  expect(rows[0]!.camera).toMatchObject({
    heightM: null,
    tiltDeg: null,
    panDeg: null,
    horizontalDeg: null,
    state: "unknown",
  });
});

test("P3: a dry run says row by row, column by column what is wrong and what to do", () => {
  const outcome = run(
    "No,Name,Lat,Lon,Height,State\n1,a,49.0069,8.4037,about 4,works\n2,b,49.007,8.404,900,perhaps\n3,c,,,4,works\n3,d,49.0071,8.4041,4,works\n4,e,here,there,4,works\n5,f,49.0072,8.4042,4,works,shifted\n,,,,4,\n",
  );
  expect(codes(outcome)).toEqual([
    [2, "VALUE_UNREADABLE", "doubt"],
    [3, "VALUE_IMPOSSIBLE", "doubt"],
    [3, "CHOICE_UNKNOWN", "doubt"],
    [4, "POSITION_MISSING", "doubt"],
    [5, "NUMBER_TWICE", "refused"],
    [6, "POSITION_UNREADABLE", "doubt"],
    [7, "ROW_TOO_LONG", "doubt"],
    [8, "POSITION_MISSING", "doubt"],
    [8, "ROW_SAYS_NOTHING", "refused"],
  ]);
  expect(outcome.findings[0]).toMatchObject({
    column: "Height",
    text: "about 4",
    hint: expect.stringContaining("unit"),
  });
  expect(outcome.rows.map(({ row }) => row)).toEqual([2, 3, 4, 6, 7]);
  expect(outcome.refused).toBe(2);
});

test("P4: rows at 0,0, swapped, and far away are noticed; swapped ones are taken when accepted", () => {
  const text = "No,Lat,Lon\n1,49.0069,8.4037\n2,0,0\n3,8.4038,49.0070\n4,40,-74\n5,49.0071,8.4041\n";
  const outcome = run(text);
  expect(codes(outcome)).toEqual([
    [3, "POSITION_ZERO", "doubt"],
    [4, "POSITION_SWAPPED", "refused"],
    [5, "POSITION_FAR", "refused"],
  ]);
  expect(outcome.rows.map(({ camera }) => camera.at)).toEqual([
    { lon: 8.4037, lat: 49.0069 },
    null,
    { lon: 8.4041, lat: 49.0071 },
  ]);
  const accepting = run(text, { accept: ["POSITION_SWAPPED"] });
  expect(accepting.rows[2]!.camera).toMatchObject({ number: "3", at: { lon: 8.4038, lat: 49.007 } });
  // The others alone tell it too, without a town.
  expect(codes(run(text, {}, null))).toEqual(codes(outcome));
});

test("P4: feet in a column of metres are noticed row by row", () => {
  const position = {
    where: { from: "columns", x: "x", y: "y", decimal: "." },
    system: "EPSG:32632",
    swapped: false,
    scale: 1,
  } as const;
  const outcome = run("No,x,y\n1,456391,5428394\n2,1497346,17809692\n", { position });
  expect(codes(outcome)).toEqual([[3, "POSITION_IN_OTHER_UNIT", "refused"]]);
});

test("P4: heights that look like feet are noticed once, where nobody named a unit", () => {
  const rows = [25, 30, 18, 22, 40].map((height, i) => `${i},49.00${i},8.40${i},${height}`).join("\n");
  expect(codes(run(`No,Lat,Lon,Height\n${rows}`))).toEqual([[null, "HEIGHTS_MAYBE_FEET", "doubt"]]);
  expect(codes(run(`No,Lat,Lon,Height (ft)\n${rows}`))).toEqual([]);
});

test("osm-14: a camera drawn as an area is placed in its middle and flagged", () => {
  const ring = [
    [8.4, 49],
    [8.41, 49],
    [8.41, 49.01],
    [8.4, 49.01],
    [8.4, 49],
  ];
  const outcome = run(
    JSON.stringify({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [ring] },
      properties: { name: "Yard" },
    }),
  );
  expect(codes(outcome)).toEqual([[1, "POSITION_IMPRECISE", "doubt"]]);
  expect(outcome.rows[0]!.camera.at).toEqual({ lon: 8.405, lat: 49.005 });
});

test("degrees, minutes and seconds are read", () => {
  const { rows } = run(`No,Lat,Lon\n1,"49°0'36""N","8°24'0""E"\n2,49.01,8.4`);
  expect(rows[0]!.camera.at).toEqual({ lon: 8.4, lat: 49.01 });
});

test("a column's own words are told in the mapping", () => {
  const sheet = sheetOf("No,State,Lat,Lon\n1,A,49,8.4\n2,B,49,8.4\n");
  const mapping = proposeMapping(sheet, { town: TOWN });
  const columns = mapping.columns.map((column) =>
    column.column === "State" ? { ...column, to: "state" as const, words: { A: "works", B: "broken" } } : column,
  );
  const { rows } = dryRun(sheet, { ...mapping, columns }, { file: "a.csv" });
  expect(rows.map(({ camera }) => camera.state)).toEqual(["works", "broken"]);
});

test("P3: an Excel sheet comes the same way, with its sheet's name in the source", () => {
  const [sheet] = readPlanFile(
    workbook([
      ["Nr", "Breite", "Länge", "Eingebaut am", "Baujahr"],
      [17, 49.0069, 8.4037, { date: 43_831 }, { date: 43_831 }],
    ]),
  );
  const { rows } = dryRun(sheet!, proposeMapping(sheet!, { town: TOWN }), { file: "k.xlsx" });
  expect(rows[0]!.camera).toMatchObject({
    number: "17",
    builtYear: 2020,
    sources: [{ file: "k.xlsx", sheet: "Kameras", row: 2 }],
  });
});

test("P3: a second import changes what it names by number or name, and doubles nothing", () => {
  const first = run("No,Name,Lat,Lon,Height,Notes\n0412,Market,49.0069,8.4037,4,wet\n7,Bridge,49.007,8.404,5,\n");
  const before = updateCameras([], first.rows).cameras;
  expect(before).toHaveLength(2);
  const second = run(
    "No,Name,Lat,Lon,Height,Notes\n412,Market,49.0069,8.4037,4.5,\n7,Bridge,49.007,8.404,5,\n9,New,49.008,8.405,,\n",
  );
  const after = updateCameras(before, second.rows);
  expect(after).toMatchObject({ added: [4], unchanged: [3], unclear: [] });
  expect(after.changed).toMatchObject([{ row: 2, index: 0, by: "number" }]);
  expect(after.cameras).toHaveLength(3);
  expect(after.cameras[0]).toMatchObject({ heightM: 4.5, notes: "wet", sources: [{ file: "roads.csv", row: 2 }] });
  expect(updateCameras(after.cameras, second.rows).cameras).toEqual(after.cameras);
});

test("P3: without a number the name links; a name that several have is not guessed", () => {
  const before = [planCamera({ name: "Market" }), planCamera({ name: "Bridge" }), planCamera({ name: "bridge" })];
  const { rows } = run("Name,Height\nMARKET,4\nBridge,5\n");
  expect(updateCameras(before, rows)).toMatchObject({
    changed: [{ row: 2, index: 0, by: "name" }],
    unclear: [3],
    added: [],
  });
});

test("100,000 rows with swapped axes are read, mapped and judged within seconds", () => {
  const lines = ["No,Name,Lat,Lon,Height,Direction,Make,Model,State,Notes"];
  for (let i = 0; i < 100_000; i++)
    lines.push(
      `${i},Camera ${i},${i % 2 ? `8.${400_000 + (i % 1_000)},49.${100_000 + i}` : `49.${100_000 + i},8.${400_000 + (i % 1_000)}`},4.5,NE,Acme,"X, 1",works,`,
    );
  const data = bytes(lines.join("\n"));
  const began = performance.now();
  const [sheet] = readPlanFile(data);
  const mapping = proposeMapping(sheet!, { town: TOWN });
  const outcome = dryRun(
    sheet!,
    { ...mapping, position: { ...mapping.position!, swapped: false } },
    { file: "big.csv", town: TOWN },
  );
  const updated = updateCameras([], outcome.rows);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(updated.cameras).toHaveLength(50_000);
  expect(outcome.refused).toBe(50_000);
});

test("100,000 rows of a grid in feet are placed within seconds", () => {
  const lines = ["No,XCOORD,YCOORD"];
  for (let i = 0; i < 100_000; i++) lines.push(`${i},${2_491_875 + (i % 300) * 10},${6_969_751 + i / 10}`);
  const town = { west: -97, south: 32.6, east: -96.5, north: 33 };
  const [sheet] = readPlanFile(bytes(lines.join("\n")));
  const began = performance.now();
  const mapping = proposeMapping(sheet!, { town });
  expect(mapping.position!.system).toBe("EPSG:2276");
  expect(dryRun(sheet!, mapping, { file: "big.csv", town }).rows).toHaveLength(100_000);
  expect(performance.now() - began).toBeLessThan(10_000);
});
