import { fc, test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { dryRun } from "../import/dry-run.ts";
import { readMapping } from "../import/mapping.ts";
import { proposeMapping } from "../import/propose.ts";
import { archive, workbook } from "../testing/workbook.ts";
import { readPlanFile } from "./file.ts";
import { FILE_LIMITS } from "./sheet.ts";
import { readWkt } from "./wkt.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const KML =
  '<kml><Folder><name>f</name><Placemark><name>1</name><Point><coordinates>8,49,4</coordinates></Point><ExtendedData><Data name="height"><value>4</value></Data></ExtendedData></Placemark></Folder></kml>';
const SEEDS: readonly Uint8Array[] = [
  utf8('No;Name;Lat;Lon;Height\n1;"a;b";49,1;8,4;4,5\n2;c;0;0;\n'),
  utf8(
    '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[8,49]},"properties":{"name":"a","x":{"y":[1]}}}]}',
  ),
  utf8(KML),
  archive({ "doc.kml": KML }),
  workbook([
    ["Nr", "Lat", "Lon"],
    [1, 49.1, 8.4],
    ["a", { date: 40_000 }, true],
  ]),
];
const limits = { ...FILE_LIMITS, unpackedBytes: 2 ** 22 };

/** Whatever comes, it is read to the end or refused by name. */
function takes(bytes: Uint8Array): void {
  try {
    for (const sheet of readPlanFile(bytes, { limits })) {
      const { findings } = dryRun(sheet, proposeMapping(sheet), { file: "fuzz" });
      for (const { hint } of findings) expect(hint).not.toBe("");
    }
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: "OvertError", code: expect.stringMatching(/^PLAN_FILE_/) });
  }
}

const RUNS = { numRuns: 400 };

prop.prop([fc.uint8Array({ maxLength: 300 })], RUNS)("any bytes are read or refused by name", takes);

prop.prop([fc.string({ unit: "binary", maxLength: 200 })], RUNS)("any text is read or refused by name", (text) =>
  takes(utf8(text)),
);

prop.prop(
  [
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ],
  { numRuns: 1_500 },
)("files with damaged bytes, cut anywhere, are read or refused by name", (seed, damages, share) => {
  const bytes = Uint8Array.from(seed);
  for (const [at, value] of damages) bytes[at % bytes.length] = value;
  takes(bytes);
  takes(bytes.subarray(0, Math.floor(bytes.length * share)));
});

prop.prop(
  [fc.json({ maxDepth: 6 }), fc.constantFrom("Point", "Polygon", "MultiPolygon", "LineString", "GeometryCollection")],
  RUNS,
)("GeoJSON with anything for coordinates is read or refused by name", (json, type) =>
  takes(
    utf8(
      `{"type":"Feature","properties":${json},"geometry":{"type":"${type}","coordinates":${json},"geometries":${json}}}`,
    ),
  ),
);

prop.prop([fc.stringMatching(/^(?:MULTI)?(?:POINT|POLYGON) [()0-9 ,.-]{0,40}$/)], RUNS)(
  "well-known text is read or is none",
  (text) => {
    expect(() => readWkt(text)).not.toThrow();
  },
);

prop.prop([fc.constantFrom("[", '{"a":', "<a>", "(", '"')], { numRuns: 5 })("depth does not overflow", (open) => {
  takes(utf8(open.repeat(200_000)));
  takes(utf8(`{"type":"Feature","geometry":null,"properties":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`));
});

prop.prop([fc.anything()], RUNS)("a saved mapping of any kind is read or refused by name", (saved) => {
  try {
    readMapping(saved);
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: "OvertError", code: expect.stringMatching(/^MAPPING_/) });
  }
});

test("endless blanks, digits and brackets in a cell do not hang", () => {
  for (const part of [" ", "1", "(", "1 ", "1.", ",", "'", "\t", "<", "°", "A"]) {
    const long = part.repeat(50_000);
    for (const cell of [long, `1${long}x`, `POINT ${long}`, `(${long}`])
      for (const header of [
        "Name,Location,Height,Direction,Price,Built,Lat,Lon",
        `Location,${cell.replaceAll(",", "")} (m),Height`,
      ])
        takes(utf8(`${header}\n${`${JSON.stringify(cell)},`.repeat(8)}\n`));
    takes(utf8(KML.replace("8,49,4", long.replaceAll("<", ""))));
    takes(utf8(KML.replace("<name>1</name>", `<description>${long.replaceAll("<", "&lt;")}</description>`)));
  }
});
