import { expect, test } from "vitest";
import { readPlanFile } from "../read/file.ts";
import type { Sheet } from "../read/sheet.ts";
import { dryRun } from "./dry-run.ts";
import { missingColumns, readMapping } from "./mapping.ts";
import { proposeMapping, unitIn } from "./propose.ts";
import { offersFor } from "./propose-position.ts";

const sheetOf = (text: string): Sheet => readPlanFile(new TextEncoder().encode(text))[0]!;
const targets = (text: string): Record<string, string> =>
  Object.fromEntries(proposeMapping(sheetOf(text)).columns.map(({ column, to }) => [column, to]));

const KARLSRUHE = { west: 8.3, south: 48.9, east: 8.5, north: 49.1 };

test.each([
  [
    "English",
    "Camera ID,Location Name,Latitude,Longitude,Mounting Height (ft),Direction,Manufacturer,Install Date,Status\nC-1,Main St,32.7,-96.8,25,NE,Acme,2014-05-01,Active",
    {
      "Camera ID": "number",
      "Location Name": "name",
      "Mounting Height (ft)": "heightM",
      Direction: "panDeg",
      Manufacturer: "make",
      "Install Date": "builtYear",
      Status: "state",
    },
  ],
  [
    "German",
    "Kamera-Nr.;Bezeichnung;Rechtswert;Hochwert;Montagehöhe [m];Blickrichtung;Hersteller;Baujahr;Zustand;Bemerkungen;Brennweite (mm)\n1;Markt;456391,2;5428394,1;4,5;NO;Acme;2014;defekt;nass;2,8",
    {
      "Kamera-Nr.": "number",
      Bezeichnung: "name",
      "Montagehöhe [m]": "heightM",
      Blickrichtung: "panDeg",
      Hersteller: "make",
      Baujahr: "builtYear",
      Zustand: "state",
      Bemerkungen: "notes",
      "Brennweite (mm)": "focalMm",
    },
  ],
  [
    "French",
    "Numéro;Nom;Coordonnée X;Coordonnée Y;Hauteur (m);Orientation;Marque;Modèle;Année;État;Finalité\n1;Place;652469;6862035;4,5;180;Acme;X1;2014;en panne;circulation",
    {
      Numéro: "number",
      Nom: "name",
      "Hauteur (m)": "heightM",
      Orientation: "panDeg",
      Marque: "make",
      Modèle: "model",
      Année: "builtYear",
      État: "state",
      Finalité: "purpose",
    },
  ],
  [
    "Spanish",
    "Número,Nombre,Longitud,Latitud,Altura,Marca,Modelo,Propietario,Precio\n1,Plaza,-3.7,40.4,5,Acme,X1,Ciudad,900",
    {
      Número: "number",
      Nombre: "name",
      Altura: "heightM",
      Marca: "make",
      Modelo: "model",
      Propietario: "controller",
      Precio: "price",
    },
  ],
] as const)("P3: the words of an %s header are understood", (_, text, expected) => {
  expect(targets(text)).toEqual(expected);
});

test("P3: units and decimal marks come from header and cells", () => {
  const { columns, position } = proposeMapping(
    sheetOf("Nr;Höhe [ft];Breite;Länge\n1;15,5;49,0069;8,4037\n2;16,0;49,0070;8,4038"),
  );
  expect(columns.find(({ to }) => to === "heightM")).toMatchObject({ unit: "ft", decimal: "," });
  expect(position).toEqual({
    where: { from: "columns", x: "Länge", y: "Breite", decimal: "," },
    system: "EPSG:4326",
    swapped: false,
    scale: 1,
  });
  expect(["height_ft", "Height in feet", "Höhe [m]", "Height", "fov (deg)"].map(unitIn)).toEqual([
    "ft",
    "ft",
    "m",
    null,
    "deg",
  ]);
});

test("P3: what a column is called counts less than what it says", () => {
  expect(targets("Name,Height,Lat,Lon\nA,tall,49,8\nB,taller,49,8")).toMatchObject({ Height: "more" });
});

test("P3: of several names that fit, the more usual one counts, and none that fits by a word in passing", () => {
  const baltimore = 'X,Y,OBJECTID,cameraLocation,cameraNumber,Location 1\n-76.6,39.3,1,Main St,7,"(39.3, -76.6)"\n';
  expect(targets(baltimore)).toMatchObject({ OBJECTID: "more", cameraNumber: "number", "Location 1": "more" });
  const austin =
    "Camera ID,Location Name,Camera Status,ATD Location ID,Street Segment ID,IP Comm Status,Location\n1,Main,TURNED_ON,LOC1,5,ONLINE,POINT (-97.7 30.2)\n";
  expect(targets(austin)).toEqual({
    "Camera ID": "number",
    "Location Name": "name",
    "Camera Status": "state",
    "ATD Location ID": "more",
    "Street Segment ID": "more",
    "IP Comm Status": "more",
  });
  expect(
    targets("CameraRef;Camera Type;Date Installed;Kosten\nC1;Static;12/2015;1.250,00 €\nC2;PTZ;01/05/2014;900"),
  ).toEqual({
    CameraRef: "number",
    "Camera Type": "kind",
    "Date Installed": "builtYear",
    Kosten: "price",
  });
});

test("a drawing's layer named camera makes no file ours", () => {
  expect(targets("layer,Height (ft),Ward\ncamera,12,Nord")).toEqual({
    layer: "more",
    "Height (ft)": "heightM",
    Ward: "more",
  });
});

test("P4: bare XCOORD and YCOORD get the grid that puts them into the town", () => {
  const sheet = sheetOf("ID,XCOORD,YCOORD\n1,456391,5428394\n2,456500,5428500");
  const { position } = proposeMapping(sheet, { town: KARLSRUHE });
  expect(position).toMatchObject({ where: { x: "XCOORD", y: "YCOORD" }, swapped: false, scale: 1 });
  expect(["EPSG:32632", "EPSG:25832"]).toContain(position!.system);
});

test("P4: columns named the wrong way round are proposed swapped", () => {
  const sheet = sheetOf("ID,lat,lon\n1,8.4037,49.0069\n2,8.4038,49.0070");
  expect(proposeMapping(sheet, { town: KARLSRUHE }).position).toMatchObject({ system: "EPSG:4326", swapped: true });
});

test("P4: GeoJSON in a grid that it does not name is noticed", () => {
  const geojson = {
    type: "FeatureCollection",
    features: [
      { type: "Feature", geometry: { type: "Point", coordinates: [456391, 5428394] }, properties: { name: "A" } },
    ],
  };
  const { position } = proposeMapping(sheetOf(JSON.stringify(geojson)), { town: KARLSRUHE });
  expect(["EPSG:32632", "EPSG:25832"]).toContain(position!.system);
});

test("P4: a system that the file names is taken, and one that nobody knows is said", () => {
  const named = (name: string) => ({
    type: "FeatureCollection",
    crs: { type: "name", properties: { name } },
    features: [
      { type: "Feature", geometry: { type: "Point", coordinates: [530_043, 180_358] }, properties: { name: "A" } },
    ],
  });
  const known = sheetOf(JSON.stringify(named("urn:ogc:def:crs:EPSG::27700")));
  const { rows } = dryRun(known, proposeMapping(known), { file: "a.geojson" });
  expect(rows[0]!.camera.at!.lon).toBeCloseTo(-0.1276, 4);
  expect(rows[0]!.camera.at!.lat).toBeCloseTo(51.5072, 4);
  const unknown = sheetOf(JSON.stringify(named("urn:ogc:def:crs:EPSG::99999")));
  expect(() => dryRun(unknown, proposeMapping(unknown), { file: "a.geojson" })).toThrow(
    expect.objectContaining({ code: "SYSTEM_UNKNOWN" }),
  );
});

test("P4: other readings are offered with the points that each gives, to be shown before anyone accepts", () => {
  const sheet = sheetOf("ID,X,Y\n1,2491875,6969751\n2,2491975,6969851");
  const offers = offersFor(
    sheet,
    { from: "columns", x: "X", y: "Y", decimal: "." },
    { west: -97, south: 32.6, east: -96.5, north: 33 },
  );
  expect(offers[0]!.system.code).toBe("EPSG:2276");
  expect(offers[0]!.points[0]!.lon).toBeCloseTo(-96.797, 3);
  expect(offers[0]!.because).toBe("Read as NAD83 / Texas North Central (ftUS), it falls into the town.");
});

test("a place in one column: as a pair, behind an address, or as well-known text", () => {
  const where = (text: string) => proposeMapping(sheetOf(text)).position?.where;
  expect(where('Name,Location\nA,"1 Main St (49.0069, 8.4037)"\n')).toEqual({
    from: "column",
    column: "Location",
    latFirst: true,
  });
  expect(where("Name;the_geom\nA;POINT (8.4037 49.0069)\n")).toEqual({
    from: "column",
    column: "the_geom",
    latFirst: false,
  });
  expect(where("Name,Location\nA,Main St\n")).toBeUndefined();
});

test("P3: a mapping is saved as data and read again; a newer or broken one is refused", () => {
  const sheet = sheetOf("Nr;Höhe [ft];Breite;Länge\n1;15,5;49,0069;8,4037");
  const mapping = proposeMapping(sheet, { title: "Roads" });
  expect(readMapping(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
  expect(() => readMapping({ ...mapping, v: 2 })).toThrow(expect.objectContaining({ code: "MAPPING_NEWER" }));
  expect(() => readMapping({ ...mapping, columns: [{ column: "Nr", to: "password" }] })).toThrow(
    expect.objectContaining({ code: "MAPPING_INVALID" }),
  );
  expect(missingColumns(mapping, sheetOf("Nr;Breite\n1;49"))).toEqual(["Länge", "Höhe [ft]"]);
});
