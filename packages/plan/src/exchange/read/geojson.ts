import { planFileError } from "../plan-file-error.ts";
import { type Cell, cleanText } from "../record/field.ts";
import { type Drawn, type FileLimits, NamedRows, type Sheet, type XY } from "./sheet.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Features of RFC 7946, and the `crs` member of its forerunner. Text that is no JSON, or JSON that is no GeoJSON, is
 * refused; a feature without a usable geometry is a row without a place.
 *
 * @throws OvertError `PLAN_FILE_INVALID`, `PLAN_FILE_TRUNCATED`, `PLAN_FILE_FORMAT_UNKNOWN`
 */
export function readGeoJson(text: string, limits: FileLimits): Sheet {
  const root = parsed(text);
  const rows = new NamedRows(limits);
  featuresOf(root).forEach((feature, i) => {
    const values = new Map<string, Cell>();
    if (isObject(feature) && (typeof feature.id === "string" || typeof feature.id === "number"))
      values.set("id", String(feature.id));
    const properties = isObject(feature) && isObject(feature.properties) ? feature.properties : {};
    for (const [name, value] of Object.entries(properties)) values.set(name, cellOf(value));
    const geometry = isObject(feature) ? (feature.type === "Feature" ? feature.geometry : feature) : null;
    rows.add(i + 1, values, drawnOf(geometry ?? null));
  });
  return {
    format: "geojson",
    name: null,
    headers: rows.headers,
    headerRow: null,
    rows: rows.rows,
    system: crsOf(root),
    delimiter: null,
    title: memberOf(root, "title") ?? memberOf(root, "name"),
    attribution: memberOf(root, "attribution"),
    remarks: [],
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    const cut = /end of JSON|Unterminated/i.test(why);
    throw planFileError(
      cut ? "PLAN_FILE_TRUNCATED" : "PLAN_FILE_INVALID",
      cut ? "The file ends within its JSON." : `It is no JSON (${why.slice(0, 120)}).`,
      "Save it again from the program that made it.",
      cause,
    );
  }
}

const GEOMETRIES = new Set(
  "Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection".split(" "),
);

function featuresOf(root: Json): readonly Json[] {
  if (isObject(root)) {
    if (root.type === "FeatureCollection" && Array.isArray(root.features)) return root.features as readonly Json[];
    if (root.type === "Feature" || (typeof root.type === "string" && GEOMETRIES.has(root.type))) return [root];
  }
  throw planFileError(
    "PLAN_FILE_FORMAT_UNKNOWN",
    "It is JSON, but not GeoJSON: no FeatureCollection, Feature or geometry is at its top.",
    "Convert it: ogr2ogr -f GeoJSON OUT.geojson IN",
  );
}

function crsOf(root: Json): string | null {
  const crs = isObject(root) ? root.crs : null;
  const name = isObject(crs) && isObject(crs.properties) ? crs.properties.name : null;
  return typeof name === "string" ? name : null;
}

function memberOf(root: Json, name: string): string | null {
  const value = isObject(root) ? root[name] : null;
  return typeof value === "string" ? cleanText(value) : null;
}

const cellOf = (value: Json): Cell =>
  typeof value === "object" && value !== null
    ? Array.isArray(value) && value.every((part) => typeof part === "string")
      ? value.join("; ")
      : JSON.stringify(value)
    : value;

function drawnOf(geometry: Json): Drawn | null {
  const drawn = { points: [] as XY[], lines: [] as XY[][], areas: [] as XY[][][] };
  const todo: Json[] = [geometry];
  while (todo.length > 0) {
    const next = todo.pop()!;
    if (!isObject(next)) continue;
    const { type, coordinates = null } = next;
    const parts = partsOf(coordinates);
    if (type === "GeometryCollection") for (const part of partsOf(next.geometries ?? null)) todo.push(part);
    if (type === "Point") addAll(drawn.points, pointsOf([coordinates]));
    if (type === "MultiPoint") addAll(drawn.points, pointsOf(coordinates));
    if (type === "LineString") drawn.lines.push(pointsOf(coordinates));
    if (type === "MultiLineString") addAll(drawn.lines, parts.map(pointsOf));
    if (type === "Polygon") drawn.areas.push(parts.map(pointsOf));
    if (type === "MultiPolygon")
      addAll(
        drawn.areas,
        parts.map((polygon) => partsOf(polygon).map(pointsOf)),
      );
  }
  const { points, lines, areas } = drawn;
  return points.length + lines.length + areas.length === 0 ? null : drawn;
}

/** Not by `push(...)`, which has a limit that a file may pass. */
function addAll<T>(to: T[], parts: readonly T[]): void {
  for (const part of parts) to.push(part);
}

const partsOf = (value: Json): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const pointsOf = (value: Json): XY[] =>
  partsOf(value).flatMap((position) => {
    const [x, y] = partsOf(position);
    return typeof x === "number" && typeof y === "number" ? [[x, y] as const] : [];
  });
