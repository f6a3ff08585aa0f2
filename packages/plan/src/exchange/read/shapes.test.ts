import { expect, test } from "vitest";
import { archive } from "../testing/workbook.ts";
import { readPlanFile } from "./file.ts";
import { readWkt } from "./wkt.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));

test("P3: GeoJSON points, lines and areas, with their properties and the system that the file names", () => {
  const [sheet] = readPlanFile(
    json({
      type: "FeatureCollection",
      crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::27700" } },
      features: [
        {
          type: "Feature",
          id: 7,
          geometry: { type: "Point", coordinates: [530043, 180358, 4] },
          properties: { name: "A", tags: ["x", "y"] },
        },
        {
          type: "Feature",
          geometry: {
            type: "LineString",
            coordinates: [
              [1, 2],
              [3, 4],
            ],
          },
          properties: { height: 4 },
        },
        {
          type: "Feature",
          geometry: {
            type: "Polygon",
            coordinates: [
              [
                [0, 0],
                [1, 0],
                [1, 1],
                [0, 0],
              ],
            ],
          },
          properties: null,
        },
        { type: "Feature", geometry: null, properties: { name: "nowhere" } },
      ],
    }),
  );
  expect(sheet).toMatchObject({
    format: "geojson",
    system: "urn:ogc:def:crs:EPSG::27700",
    headers: ["id", "name", "tags", "height"],
  });
  expect(
    sheet!.rows.map(({ cells, drawn }) => [cells, drawn?.points.length, drawn?.lines.length, drawn?.areas.length]),
  ).toEqual([
    [["7", "A", "x; y"], 1, 0, 0],
    [[null, null, null, 4], 0, 1, 0],
    [[], 0, 0, 1],
    [[null, "nowhere"], undefined, undefined, undefined],
  ]);
});

test("GeoJSON in collections and multi-parts comes out flat", () => {
  const parts = {
    type: "GeometryCollection",
    geometries: [
      {
        type: "MultiPoint",
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      {
        type: "MultiPolygon",
        coordinates: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
          [
            [
              [5, 5],
              [6, 5],
              [6, 6],
              [5, 5],
            ],
          ],
        ],
      },
    ],
  };
  const drawn = readPlanFile(json(parts))[0]!.rows[0]!.drawn!;
  expect([drawn.points.length, drawn.areas.length]).toEqual([2, 2]);
});

test("JSON of another kind, and JSON that is cut, are told apart", () => {
  expect(() => readPlanFile(json({ features: [{ geometry: { x: 1, y: 2 } }] }))).toThrow(
    expect.objectContaining({ code: "PLAN_FILE_FORMAT_UNKNOWN" }),
  );
  expect(() => readPlanFile(utf8('{"type":"FeatureCollection","features":[{"ty'))).toThrow(
    expect.objectContaining({ code: "PLAN_FILE_TRUNCATED" }),
  );
});

const KML = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Town</name>
<Style id="s"><IconStyle><Icon><href>https://example.org/x.png</href></Icon></IconStyle></Style>
<Folder><name>Old estate</name>
<Placemark><name>17</name><description><![CDATA[<b>Market</b><br>north]]></description>
<ExtendedData><Data name="height"><value>4.5</value></Data><SchemaData><SimpleData name="make">Acme &amp; Co</SimpleData></SchemaData></ExtendedData>
<MultiGeometry><Point><altitudeMode>relativeToGround</altitudeMode><coordinates>8.4037,49.0069,6</coordinates></Point>
<Polygon><innerBoundaryIs><LinearRing><coordinates>2,2 3,2 3,3 2,2</coordinates></LinearRing></innerBoundaryIs><outerBoundaryIs><LinearRing><coordinates>
0,0,0 9, 0,0 9,9 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark></Folder>
<NetworkLink><Link><href>https://example.org/more.kml</href></Link></NetworkLink>
</Document></kml>`;

test("P3: KML placemarks with folder, extended data, height above ground, and areas with holes", () => {
  const [sheet] = readPlanFile(utf8(KML));
  const [row] = sheet!.rows;
  const value = (name: string) => row!.cells[sheet!.headers.indexOf(name)];
  expect(["name", "folder", "description", "height", "make", "altitude above ground"].map(value)).toEqual([
    "17",
    "Old estate",
    " Market \nnorth",
    "4.5",
    "Acme & Co",
    6,
  ]);
  expect(row!.drawn!.points).toEqual([[8.4037, 49.0069]]);
  expect(row!.drawn!.areas).toEqual([
    [
      [
        [0, 0],
        [9, 0],
        [9, 9],
        [0, 0],
      ],
      [
        [2, 2],
        [3, 2],
        [3, 3],
        [2, 2],
      ],
    ],
  ]);
});

test("a link to another file is named and not followed; an icon is none", () => {
  expect(readPlanFile(utf8(KML))[0]!.remarks).toEqual([
    "The file points to https://example.org/more.kml, which is not followed.",
  ]);
});

test("P3: KMZ is KML in an archive", () => {
  expect(readPlanFile(archive({ "files/icon.png": new Uint8Array(9), "doc.kml": KML }))[0]).toMatchObject({
    format: "kmz",
    system: "EPSG:4326",
  });
});

test("a KML with 40 MB of styles is read within seconds, and its styles are held nowhere", () => {
  const style = `<Style id="icon"><IconStyle><Icon><href>data:image/png;base64,${"A".repeat(4_000)}</href></Icon></IconStyle><LineStyle><color>ff0000ff</color><width>2</width></LineStyle></Style>\n`;
  const big = utf8(KML.replace('<Style id="s">', `${style.repeat(10_000)}<Style id="s">`));
  expect(big.length).toBeGreaterThan(40e6);
  const began = performance.now();
  expect(readPlanFile(big)[0]!.rows).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(8_000);
});

test("XML of another kind is named; entities that would blow up are no XML of ours", () => {
  expect(() => readPlanFile(utf8("<gpx></gpx>"))).toThrow(
    expect.objectContaining({ code: "PLAN_FILE_FORMAT_UNKNOWN" }),
  );
  const laughs =
    '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>';
  expect(() => readPlanFile(utf8(laughs))).toThrow(expect.objectContaining({ code: "PLAN_FILE_INVALID" }));
  expect(() => readPlanFile(utf8(KML.slice(0, -40)))).toThrow(expect.objectContaining({ code: "PLAN_FILE_TRUNCATED" }));
});

test("well-known text of points, lines and areas", () => {
  expect(readWkt("SRID=27700;POINT (530043 180358)")).toMatchObject({
    system: "EPSG:27700",
    points: [[530043, 180358]],
  });
  expect(readWkt("MULTIPOINT ((1 2), (3 4))")!.points).toEqual(readWkt("MULTIPOINT (1 2, 3 4)")!.points);
  expect(readWkt("POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))")!.areas[0]![0]).toHaveLength(4);
  expect(
    readWkt(
      "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.1 5.1, 5.2 5.1, 5.2 5.2, 5.1 5.1)))",
    )!.areas.map((area) => area.length),
  ).toEqual([1, 2]);
  for (const text of ["Market square", "POINT", "POINT (1", "POINT (a b)", "POINT ((((1 2))))"])
    expect(readWkt(text)).toBeNull();
});
