import { areaOfRelation, areaOfWay } from "./area.ts";
import { type Drawing, firstPoint, relationName, wayName } from "./drawing.ts";
import { type Heading, headings } from "./heading.ts";
import { lengthM } from "./length.ts";
import type { MappedCamera } from "./model.ts";
import type { Tags } from "./osm.ts";
import type { Relation, Way } from "./osm-store.ts";
import { boxHolds, centreOf, type Point, pointWithin, ringAreaM2, type Shape } from "./shape.ts";

/** Devices that watch, as mapped (P5): what is not said stays unknown (P6). */
export function camerasOf(drawing: Drawing): MappedCamera[] {
  const cameras: MappedCamera[] = [];
  const add = (element: string, tags: Tags, at: Point, precise: boolean, watched: readonly Shape[]): void => {
    if (!boxHolds(drawing.box, at.x, at.y)) return;
    if (!precise)
      drawing.find("CAMERA_IMPRECISE", element, "It is drawn as a line or an area; its centre stands for it.", at);
    cameras.push({ element, at, precise, watched, ...described(drawing, element, tags, at) });
  };
  for (const { id, lon, lat, tags } of drawing.store.tagged)
    if (watches(tags)) add(`node/${id}`, tags, drawing.metres(lon, lat), true, []);
  for (const way of drawing.store.ways) {
    if (!way.tags || !watches(way.tags)) continue;
    const { at, watched } = placeOfWay(drawing, way);
    if (at) add(wayName(way), way.tags, at, false, watched);
  }
  for (const relation of drawing.store.relations) {
    if (!watches(relation.tags)) continue;
    const { at, watched } = placeOfRelation(drawing, relation);
    if (at) add(relationName(relation), relation.tags, at, false, watched);
  }
  return cameras;
}

const watches = (tags: Tags): boolean => tags.man_made === "surveillance" || tags.highway === "speed_camera";

function placeOfWay(drawing: Drawing, way: Way): { at: Point | null; watched: readonly Shape[] } {
  const line = drawing.line(way);
  if (line.closed) {
    const watched = areaOfWay(drawing, way, "watched area");
    return { at: middleOf(watched) ?? firstPoint(line), watched };
  }
  const run = line.runs.reduce(
    (longest, other) => (other.length > longest.length ? other : longest),
    new Float64Array(0),
  );
  const middle = 2 * Math.floor(run.length / 4);
  return { at: run.length > 0 ? { x: run[middle]!, y: run[middle + 1]! } : null, watched: [] };
}

function placeOfRelation(drawing: Drawing, relation: Relation): { at: Point | null; watched: readonly Shape[] } {
  if (relation.tags.type === "multipolygon") {
    const watched = areaOfRelation(drawing, relation, "watched area");
    return { at: middleOf(watched), watched };
  }
  const places = relation.members.flatMap(({ type, ref }) => {
    const way = type === "way" ? drawing.store.wayOf(ref) : undefined;
    const at = type === "node" ? drawing.node(ref) : way ? placeOfWay(drawing, way).at : null;
    return at ? [at.x, at.y] : [];
  });
  return { at: places.length > 0 ? centreOf(Float64Array.from(places)) : null, watched: [] };
}

function middleOf(shapes: readonly Shape[]): Point | null {
  const [largest] = [...shapes].sort((a, b) => ringAreaM2(b.outer) - ringAreaM2(a.outer));
  return largest ? pointWithin(largest) : null;
}

const DEVICES: Record<string, MappedCamera["device"]> = {
  camera: "camera",
  "camera;alpr": "plate-reader",
  alpr: "plate-reader",
  anpr: "plate-reader",
  lpr: "plate-reader",
  guard: "guard",
};
const KINDS: Record<string, MappedCamera["kind"]> = { fixed: "fixed", panning: "panning", dome: "dome" };

function described(drawing: Drawing, element: string, tags: Tags, at: Point) {
  const number = (key: string, read: (text: string) => number | null): number | null => {
    const text = tags[key];
    const value = text === undefined ? null : read(text);
    if (text !== undefined && value === null)
      drawing.find("CAMERA_VALUE_UNREADABLE", element, `${key}="${text.slice(0, 40)}" is not understood.`, at);
    return value;
  };
  const kind = tags["camera:type"];
  return {
    device: deviceOf(tags),
    kind: kind === undefined ? null : (KINDS[kind] ?? "other"),
    views: viewsOf(drawing, element, tags, at),
    tiltDeg: number("camera:angle", (text) => degrees(text)),
    heightM: number("height", lengthM),
    mount: tags["camera:mount"] ?? null,
    surveillance: tags.surveillance ?? null,
    zone: tags["surveillance:zone"] ?? null,
    operator: tags.operator ?? null,
    ref: tags.ref ?? null,
  } satisfies Partial<MappedCamera>;
}

function deviceOf(tags: Tags): MappedCamera["device"] {
  if (tags.highway === "speed_camera") return "speed-camera";
  const type = tags["surveillance:type"]?.toLowerCase();
  if (/alpr|anpr|\blpr\b/.test(type ?? "") || /alpr|anpr/i.test(tags["camera:type"] ?? "")) return "plate-reader";
  if (type === undefined) return tags["camera:type"] === undefined ? "unknown" : "camera";
  return Object.hasOwn(DEVICES, type) ? DEVICES[type]! : "other";
}

function viewsOf(drawing: Drawing, element: string, tags: Tags, at: Point): readonly Heading[] {
  const [own, plain] = [tags["camera:direction"], tags.direction];
  const chosen = headings(own ?? plain ?? "");
  if (own !== undefined && plain !== undefined && JSON.stringify(headings(plain)) !== JSON.stringify(chosen))
    drawing.find(
      "CAMERA_DIRECTION_CONFLICT",
      element,
      `camera:direction=${own.slice(0, 40)} counts, not direction=${plain.slice(0, 40)}.`,
      at,
    );
  if (chosen.unread.length > 0)
    drawing.find(
      "CAMERA_DIRECTION_UNREADABLE",
      element,
      `"${chosen.unread.join("; ").slice(0, 80)}" is no direction.`,
      at,
    );
  if (chosen.read.length > 1)
    drawing.find("CAMERA_SEVERAL_VIEWS", element, `One camera with ${chosen.read.length} fields of view.`, at);
  return chosen.read;
}

function degrees(text: string): number | null {
  const plain = text.trim().replace(/\s*°$/, "");
  const value = /^[+-]?\d+(?:\.\d+)?$/.test(plain) ? Math.abs(Number(plain)) : Number.NaN;
  return value <= 90 ? value : null;
}
