import type { Cell } from "../record/field.ts";
import { decimalOf } from "../record/number.ts";
import type { Sheet } from "../read/sheet.ts";
import { readWkt } from "../read/wkt.ts";
import { wordsOf } from "../read/words.ts";
import { guessReadings, type Offer, type Pair } from "../system/guess.ts";
import { type GeoBox, systemOf, WGS84 } from "../system/systems.ts";
import type { MappedPosition } from "./mapping.ts";
import { pairOfColumns, pairOfText } from "./place-of.ts";
import type { Sampled } from "./propose.ts";

type Where = MappedPosition["where"];

const LON = wordsIn(
  "lon,long,longitude,lng,längengrad,laengengrad,länge,geo lon,geo long,lon wgs84,wgs84 lon,longitud,longitudine,lengtegraad,gps lon",
);
const LAT = wordsIn(
  "lat,latitude,breitengrad,breite,geo lat,lat wgs84,wgs84 lat,latitud,latitudine,breedtegraad,gps lat",
);
const EAST = wordsIn(
  "x,xcoord,x coord,x coordinate,x koordinate,point x,coord x,easting,eastings,east,rechtswert,ostwert,e,coordonnée x,utm x,utm e,x utm,utm east,posx",
);
const NORTH = wordsIn(
  "y,ycoord,y coord,y coordinate,y koordinate,point y,coord y,northing,northings,north,hochwert,nordwert,n,coordonnée y,utm y,utm n,y utm,utm north,posy",
);
const WHOLE = wordsIn(
  "wkt,geom,the geom,geometry,shape,point,location,coordinates,coords,koordinaten,position,gps,geo point,geo point 2d,lat lon,latlon,lat long,latlng,coordonnées,coordenadas,location 1",
);

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.split(",").map((name) => wordsOf(name).join(" ")));
}

/** Where a sheet says where its cameras are, and which columns that takes; position null: nowhere. */
export function proposePosition(
  sampled: Sampled,
  town: GeoBox | null,
): { readonly position: MappedPosition | null; readonly taken: ReadonlySet<number> } {
  const { sheet } = sampled;
  const found = whereOf(sampled);
  if (!found) return { position: null, taken: new Set() };
  const { where, taken } = found;
  const named = sheet.system ?? found.system;
  // What the file names is not overruled: if nobody here knows it, the dry run says so.
  if (named !== null) {
    const system = systemOf(named)?.code ?? named;
    return { position: { where, system, swapped: false, scale: 1 }, taken: new Set(taken) };
  }
  const offer = offersFor(sheet, where, town)[0];
  const { system, swapped, scale } = offer ?? { system: WGS84, swapped: false, scale: 1 };
  return { position: { where, system: system.code, swapped, scale }, taken: new Set(taken) };
}

/** What else the numbers may mean, to be shown before anyone accepts (P4). */
export function offersFor(sheet: Sheet, where: Where, town: GeoBox | null): readonly Offer[] {
  return guessReadings(pairsOf(sheet, where), town);
}

interface Found {
  readonly where: Where;
  readonly taken: readonly number[];
  readonly system: string | null;
}

function whereOf({ sheet, samples }: Sampled): Found | null {
  if (sheet.rows.some(({ drawn }) => drawn !== null)) return drawing(sheet.headers);
  const names = sheet.headers.map((header) => wordsOf(header).join(" "));
  const pair = (xs: ReadonlySet<string>, ys: ReadonlySet<string>, degrees: boolean): Found | null => {
    const [x, y] = [columnOf(names, xs), columnOf(names, ys)];
    if (x < 0 || y < 0 || x === y) return null;
    const cells = [...samples[x]!, ...samples[y]!];
    // No degree has thousands: 8.403 is one with three decimals.
    const usual = degrees ? (cells.some((cell) => String(cell).includes(".")) ? "." : ",") : null;
    const decimal = decimalOf(cells, usual ?? (sheet.delimiter === ";" ? "," : "."));
    const where: Where = { from: "columns", x: sheet.headers[x]!, y: sheet.headers[y]!, decimal };
    return { where, taken: [x, y], system: null };
  };
  return pair(LON, LAT, true) ?? pair(EAST, NORTH, false) ?? whole(sheet.headers, names, samples);
}

const columnOf = (names: readonly string[], known: ReadonlySet<string>): number =>
  names.findIndex((name) => known.has(name));

/** What is drawn counts; columns that repeat it are no other fact. */
function drawing(headers: readonly string[]): Found {
  const taken = headers.flatMap((header, i) => (header === "lon" || header === "lat" ? [i] : []));
  return { where: { from: "drawing" }, taken, system: null };
}

function whole(
  headers: readonly string[],
  names: readonly string[],
  samples: readonly (readonly Cell[])[],
): Found | null {
  for (const [i, name] of names.entries()) {
    if (!WHOLE.has(name) || samples[i]!.length === 0) continue;
    const texts = samples[i]!.map(String);
    const wkt = texts.map(readWkt);
    const understood = texts.filter((text, n) => wkt[n] !== null || pairOfText(text, false) !== null).length;
    if (understood < texts.length * 0.6) continue;
    const drawn = wkt.find((shape) => shape !== null);
    const where: Where = { from: "column", column: headers[i]!, latFirst: !drawn };
    return { where, taken: [i], system: drawn?.system ?? null };
  }
  return null;
}

function pairsOf(sheet: Sheet, where: Where): readonly Pair[] {
  const step = Math.max(1, Math.floor(sheet.rows.length / 400));
  const pairOf = pairOfColumns(sheet, where);
  return sheet.rows.flatMap((row, i) => {
    const pair = i % step === 0 ? pairOf(row).pair : null;
    return pair ? [pair] : [];
  });
}
