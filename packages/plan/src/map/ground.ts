import { areaOfRelation, areaOfWay, once } from "./area.ts";
import { intersection } from "./clip.ts";
import { type Drawing, relationName, wayName } from "./drawing.ts";
import { lengthM } from "./length.ts";
import type { Ground, GroundUse, Measured } from "./model.ts";
import type { Tags } from "./osm.ts";
import { boxesMeet, boxOf, boxShape, grownBox, type Shape } from "./shape.ts";

/** Widths to assume in metres, by class of highway, carriageway only. */
const WIDTHS: readonly (readonly [GroundUse, number, string])[] = [
  ["carriageway", 10, "trunk primary"],
  ["carriageway", 8, "secondary"],
  ["carriageway", 7, "tertiary trunk_link primary_link"],
  ["carriageway", 6, "unclassified residential secondary_link tertiary_link busway"],
  ["carriageway", 5, "living_street road"],
  ["carriageway", 4, "service"],
  ["carriageway", 3, "track"],
  ["footway", 5, "pedestrian"],
  ["footway", 2.5, "cycleway"],
  ["footway", 2, "footway steps"],
  ["footway", 1.5, "path bridleway"],
];
const CLASSES = new Map(
  WIDTHS.flatMap(([use, m, names]) => names.split(" ").map((name) => [name, { use, m }] as const)),
);
const LANE_M = 3;
const WIDEST_M = 60;

/** Ground that anyone may use, inside the box (carriageways, footways, squares). */
export function groundOf(drawing: Drawing): Ground[] {
  const ground: Ground[] = [];
  for (const relation of drawing.store.relations) {
    const use = relation.tags.type === "multipolygon" ? areaUse(relation.tags) : null;
    if (use)
      addArea(drawing, ground, relationName(relation), use, relation.tags, areaOfRelation(drawing, relation, "square"));
  }
  for (const way of drawing.store.ways) {
    if (!way.tags) continue;
    const refs = drawing.store.refsOf(way);
    const closed = refs.length >= 4 && refs[0] === refs[refs.length - 1];
    const use = closed ? areaUse(way.tags) : null;
    if (use) addArea(drawing, ground, wayName(way), use, way.tags, areaOfWay(drawing, way, "square"));
    else addStrip(drawing, ground, way, way.tags);
  }
  return ground;
}

/** A closed way is an area only if it says so: a roundabout's is its line. */
function areaUse(tags: Tags): GroundUse | null {
  if (!isPublic(tags)) return null;
  const area = tags["area:highway"];
  if (area !== undefined) return CLASSES.get(area)?.use ?? null;
  if (tags.place === "square") return "square";
  if (tags.area !== "yes" && tags.type !== "multipolygon") return null;
  if (tags.highway === "pedestrian") return "square";
  return tags.highway === undefined ? null : (CLASSES.get(tags.highway)?.use ?? null);
}

function addArea(
  drawing: Drawing,
  ground: Ground[],
  element: string,
  use: GroundUse,
  tags: Tags,
  shapes: readonly Shape[],
): void {
  const near = shapes.filter(({ outer }) => boxesMeet(boxOf(outer), drawing.box));
  for (const shape of intersection(once(near), [boxShape(drawing.box)]))
    ground.push({ kind: "area", element, use, name: tags.name ?? null, shape });
}

function addStrip(drawing: Drawing, ground: Ground[], way: Parameters<Drawing["line"]>[0], tags: Tags): void {
  const known = tags.highway === undefined ? undefined : CLASSES.get(tags.highway);
  if (!known || !isPublic(tags)) return;
  const line = drawing.line(way);
  const element = wayName(way);
  // Streets run out of every extract; only their missing stretch is left out, and nothing is drawn in its place.
  const runs = line.runs.filter((run) => run.length >= 4 && boxesMeet(boxOf(run), grownBox(drawing.box, WIDEST_M / 2)));
  if (runs.length === 0) return;
  const width = widthOf(tags, known.m);
  if (tags.width !== undefined && width.from !== "width")
    drawing.find("WIDTH_UNREADABLE", element, `width="${tags.width.slice(0, 40)}" is not understood.`);
  for (const run of runs) {
    const whole = line.closed && line.whole ? Float64Array.of(...run, run[0]!, run[1]!) : run;
    ground.push({ kind: "strip", element, use: known.use, name: tags.name ?? null, line: whole, width });
  }
}

function widthOf(tags: Tags, guess: number): Measured {
  const tagged = tags.width === undefined ? null : lengthM(tags.width);
  if (tagged !== null && tagged > 0 && tagged <= WIDEST_M) return { m: tagged, from: "width" };
  const lanes = Number(tags.lanes);
  if (Number.isInteger(lanes) && lanes >= 1 && lanes <= 12)
    return { m: Math.max(lanes * LANE_M, LANE_M), from: "lanes" };
  return { m: guess, from: "guessed" };
}

const CLOSED = new Set(["private", "no", "customers", "delivery", "agricultural", "forestry", "military", "permit"]);

/** Open to people on foot, under the sky. */
function isPublic(tags: Tags): boolean {
  if (tags.tunnel !== undefined && tags.tunnel !== "no") return false;
  if (tags.covered === "yes" || tags.indoor === "yes" || tags.location === "underground" || Number(tags.layer) < 0)
    return false;
  if (tags.service === "driveway" && tags.access !== "yes" && tags.access !== "permissive") return false;
  const foot = tags.foot ?? tags.access;
  return foot === undefined || !CLOSED.has(foot);
}
