import proj4 from "proj4";
import { planFileError } from "../plan-file-error.ts";
import { GRIDS } from "./grids.ts";

/** A stretch of the earth in degrees (WGS84). */
export interface GeoBox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface LonLat {
  readonly lon: number;
  readonly lat: number;
}

export type SystemUnit = "deg" | "m" | "ft" | "us-ft";

/** A way to write places down as two numbers (P4). Plain data. */
export interface ReferenceSystem {
  /** `EPSG:27700` */
  readonly code: string;
  readonly name: string;
  readonly unit: SystemUnit;
  /** Where it is meant to be used. */
  readonly use: GeoBox;
  readonly proj: string;
}

export const WGS84: ReferenceSystem = {
  code: "EPSG:4326",
  name: "WGS 84, degrees",
  unit: "deg",
  use: { west: -180, south: -90, east: 180, north: 90 },
  proj: "+proj=longlat +datum=WGS84",
};

export const WEB_MERCATOR: ReferenceSystem = {
  code: "EPSG:3857",
  name: "WGS 84 / Web Mercator",
  unit: "m",
  use: { west: -180, south: -85.06, east: 180, north: 85.06 },
  proj: "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null",
};

/** Every grid that is kept as a line of its own; zones of UTM come by code or place. */
export const NATIONAL_GRIDS: readonly ReferenceSystem[] = GRIDS.trim().split("\n").map(gridOf);

function gridOf(line: string): ReferenceSystem {
  const [code = "", name = "", use = "", proj = ""] = line.split(" | ");
  const [west = 0, south = 0, east = 0, north = 0] = use.split(" ").map(Number);
  const unit = /\+units=(us-ft|ft)\b/.exec(proj)?.[1] as SystemUnit | undefined;
  return { code: `EPSG:${code}`, name, unit: unit ?? "m", use: { west, south, east, north }, proj };
}

/** Families of UTM: the code of zone 0, hemisphere, ellipsoid, and which zones they have. */
const FAMILIES = [
  { base: 32_600, name: "WGS 84", south: false, from: 1, to: 60, datum: "+datum=WGS84" },
  { base: 32_700, name: "WGS 84", south: true, from: 1, to: 60, datum: "+datum=WGS84" },
  { base: 25_800, name: "ETRS89", south: false, from: 28, to: 38, datum: "+ellps=GRS80" },
  { base: 26_900, name: "NAD83", south: false, from: 1, to: 23, datum: "+datum=NAD83" },
  { base: 28_300, name: "GDA94 / MGA", south: true, from: 49, to: 56, datum: "+ellps=GRS80" },
  { base: 7_800, name: "GDA2020 / MGA", south: true, from: 49, to: 56, datum: "+ellps=GRS80" },
  { base: 31_960, name: "SIRGAS 2000", south: true, from: 17, to: 25, datum: "+ellps=GRS80" },
] as const;

function zoneOf(family: (typeof FAMILIES)[number], zone: number): ReferenceSystem {
  const { base, name, south, datum } = family;
  const west = zone * 6 - 186;
  return {
    code: `EPSG:${base + zone}`,
    name: `${name} / UTM zone ${zone}${south ? "S" : "N"}`,
    unit: "m",
    use: { west, south: south ? -80 : 0, east: west + 6, north: south ? 0 : 84 },
    proj: `+proj=utm +zone=${zone}${south ? " +south" : ""} ${datum} +units=m`,
  };
}

/** The zones of UTM, of every family, in which some of a box lies. */
export function utmZonesOf({ west, south, east, north }: GeoBox): readonly ReferenceSystem[] {
  const zone = (lon: number): number => Math.min(60, Math.max(1, Math.floor((lon + 180) / 6) + 1));
  const [first, last] = [zone(west), zone(east)];
  return FAMILIES.filter((family) => (family.south ? south < 0 : north > 0)).flatMap((family) =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
      .filter((n) => n >= family.from && n <= family.to)
      .map((n) => zoneOf(family, n)),
  );
}

/** By `EPSG:27700`, `27700`, `urn:ogc:def:crs:EPSG::27700` or `CRS84`. Null: not among those that are kept. */
export function systemOf(text: string): ReferenceSystem | null {
  if (/\bCRS:?84$/i.test(text)) return WGS84;
  const number = Number(/^(?:.*\bEPSG[:/](?:[\d.]*[:/])?)?(\d{4,6})$/i.exec(text.trim())?.[1] ?? Number.NaN);
  // ETRS89, NAD83 and GDA in degrees lie within 2 m of WGS84.
  if ([4_326, 4_258, 4_269, 4_283, 7_844, 4_674, 4_979].includes(number)) return WGS84;
  if ([3_857, 900_913, 3_785, 102_100].includes(number)) return WEB_MERCATOR;
  const family = FAMILIES.find(({ base, from, to }) => number - base >= from && number - base <= to);
  if (family) return zoneOf(family, number - family.base);
  return NATIONAL_GRIDS.find(({ code }) => code === `EPSG:${number}`) ?? null;
}

/** @throws OvertError `SYSTEM_UNKNOWN` */
export function knownSystem(text: string): ReferenceSystem {
  const system = systemOf(text);
  if (system) return system;
  throw planFileError(
    "SYSTEM_UNKNOWN",
    `The reference system "${text.slice(0, 60)}" is not known here.`,
    "Choose one that is offered, or convert the file first: ogr2ogr -t_srs EPSG:4326 OUT IN",
  );
}

/** From a system's two numbers, east first, to degrees; null where it has no such place. */
export type ToDegrees = (x: number, y: number) => LonLat | null;

export function toDegrees({ proj, unit }: ReferenceSystem): ToDegrees {
  if (unit === "deg") return (lon, lat) => (Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : null);
  const pair = proj4(proj, "WGS84");
  return (x, y) => {
    try {
      const [lon = Number.NaN, lat = Number.NaN] = pair.forward([x, y]);
      return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : null;
    } catch {
      // proj4 throws on what is not finite.
      return null;
    }
  };
}

const EARTH_M = 6_371_008.8;
const rad = (deg: number): number => (deg * Math.PI) / 180;

/** Along the great circle, on a sphere: 0.5 % at most from the ellipsoid. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const [dLat, dLon] = [rad(b.lat - a.lat), rad(b.lon - a.lon)];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

export const boxHoldsPlace = ({ west, south, east, north }: GeoBox, { lon, lat }: LonLat, marginDeg = 0): boolean =>
  lon >= west - marginDeg && lon <= east + marginDeg && lat >= south - marginDeg && lat <= north + marginDeg;
