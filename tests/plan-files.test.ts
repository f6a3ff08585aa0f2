import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  columnsMarkdown,
  dryRun,
  type ExchangedPlan,
  type Layer,
  planCamera,
  planPlace,
  planSpace,
  planViewshed,
  proposeMapping,
  readPlanFile,
  writeCsv,
  writeGeoJson,
  writeKml,
  writeKmz,
  writeXlsx,
} from "@overt/plan/exchange/index";
import { expect, test } from "vitest";

const gdal = spawnSync("ogrinfo", ["--version"]).status === 0;
const dir = mkdtempSync(join(tmpdir(), "plan-files-"));

const box = (lon: number, lat: number) => [
  [
    [
      [lon, lat],
      [lon + 0.001, lat],
      [lon + 0.001, lat + 0.001],
      [lon, lat + 0.001],
      [lon, lat],
    ] as const,
  ],
];
const plan: ExchangedPlan = {
  title: "Kirchfeld & Co",
  attribution: "© OpenStreetMap contributors",
  cameras: [
    planCamera({
      number: "0412",
      name: "=Market, north",
      at: { lon: 8.4037, lat: 49.0069 },
      heightM: 4.5,
      panDeg: 270,
      make: "Ä",
    }),
    planCamera({ number: "0413", at: { lon: 8.4041, lat: 49.0071 }, more: { Straße: "Ring" } }),
  ],
  viewsheds: [
    planViewshed({
      camera: "0412",
      level: "overview",
      pxPerM: 20,
      area: [...box(8.403, 49.006), ...box(8.406, 49.006)],
    }),
  ],
  places: [planPlace({ name: "Crossing", weight: 3, at: { lon: 8.4035, lat: 49.0065 }, area: box(8.403, 49.006) })],
  spaces: [planSpace({ kind: "home", rule: "never", area: box(8.41, 49.01) })],
};

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
};

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** Left alone, GDAL takes the header of a sheet without numbers for a row. */
const HEADERS = ["--config", "OGR_XLSX_HEADERS", "FORCE"];

const counts = (path: string): number[] =>
  [...run("ogrinfo", ["-ro", "-al", "-so", ...HEADERS, path]).matchAll(/Feature Count: (\d+)/g)].map(([, count]) =>
    Number(count),
  );

const CSV: readonly (readonly [Layer, number, string])[] = [
  ["camera", 2, "lon"],
  ["viewshed", 1, ""],
  ["place", 1, ""],
  ["private-space", 1, ""],
];

test("P43: the documentation of columns is that of the code", () => {
  const doc = readFileSync(join(import.meta.dirname, "../docs/plan-files.md"), "utf8");
  for (const layer of ["camera", "place", "private-space", "viewshed"] as const)
    expect(doc).toContain(columnsMarkdown(layer));
});

test.skipIf(!gdal)(
  `P42, P43: GDAL opens each file that a plan is exported to, with all that is in it${gdal ? "" : " [skipped: no gdal-bin]"}`,
  () => {
    expect(counts(file("plan.geojson", writeGeoJson(plan)))).toEqual([5]);
    expect(counts(file("plan.kml", writeKml(plan)))).toEqual([2, 1, 1, 1]);
    expect(counts(file("plan.kmz", writeKmz(plan)))).toEqual([2, 1, 1, 1]);
    expect(counts(file("plan.xlsx", writeXlsx(plan))).slice(0, 3)).toEqual([2, 1, 1]);
    for (const [layer, count] of CSV) expect(counts(file(`${layer}.csv`, writeCsv(plan, layer)))).toEqual([count]);

    const options = ["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-oo", "AUTODETECT_TYPE=NO"];
    const cameras = JSON.parse(run("ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", join(dir, "camera.csv"), ...options]));
    expect(cameras.features[0]).toMatchObject({
      geometry: { type: "Point", coordinates: [8.4037, 49.0069] },
      properties: { number: "0412", name: "'=Market, north", height_m: "4.5", "also:Straße": "" },
    });
    const seen = JSON.parse(run("ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", join(dir, "viewshed.csv")]));
    expect(seen.features[0].geometry.coordinates).toHaveLength(2);
  },
);

test.skipIf(!gdal)(
  `P3, P4: files that GDAL writes are read, in their own reference system${gdal ? "" : " [skipped: no gdal-bin]"}`,
  () => {
    const source = file("source.geojson", writeGeoJson(plan, ["camera"]));
    const town = { west: 8.3, south: 48.9, east: 8.5, north: 49.1 };
    const made: readonly (readonly [string, string, readonly string[]])[] = [
      ["grid.geojson", "GeoJSON", ["-t_srs", "EPSG:31467"]],
      ["out.kml", "LIBKML", []],
      ["out.csv", "CSV", ["-t_srs", "EPSG:25832", "-lco", "GEOMETRY=AS_XY"]],
      ["wkt.csv", "CSV", ["-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=TAB"]],
      ["out.xlsx", "XLSX", []],
    ];
    for (const [name, format, more] of made) {
      const path = join(dir, name);
      run("ogr2ogr", ["-f", format, path, source, ...more]);
      const [sheet] = readPlanFile(readFileSync(path));
      const { rows } = dryRun(sheet!, proposeMapping(sheet!, { town }), { file: name, town });
      const [first] = rows.map(({ camera }) => camera);
      expect([name, first!.number, first!.heightM, first!.panDeg]).toEqual([name, "0412", 4.5, 270]);
      // The grid's datum shift is good to some metres.
      expect(Math.abs(first!.at!.lon - 8.4037), name).toBeLessThan(5e-5);
      expect(Math.abs(first!.at!.lat - 49.0069), name).toBeLessThan(5e-5);
    }
  },
);
