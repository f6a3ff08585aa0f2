import { difference, union } from "./clip.ts";
import { type Drawing, firstPoint, type Line, relationName, wayName } from "./drawing.ts";
import type { Relation, Way } from "./osm-store.ts";
import {
  boxesMeet,
  boxOf,
  centreOf,
  type Point,
  type Ring,
  ringAreaM2,
  ringHolds,
  type Shape,
  wound,
} from "./shape.ts";
import { stitch } from "./stitch.ts";
import { ringsTouch, tidy } from "./tidy.ts";

/** The area of a closed way, tidied; none, and a finding, where it cannot be one. */
export const areaOfWay = (drawing: Drawing, way: Way, what: string): readonly Shape[] =>
  onceDrawn(drawing, wayName(way), () => drawnWay(drawing, way, what));

/** The areas of a multipolygon, holes and islands in them, whatever its ways' order, direction and roles. */
export const areaOfRelation = (drawing: Drawing, relation: Relation, what: string): readonly Shape[] =>
  onceDrawn(drawing, relationName(relation), () => drawnRelation(drawing, relation, what));

function onceDrawn(drawing: Drawing, name: string, draw: () => readonly Shape[]): readonly Shape[] {
  const known = drawing.areas.get(name);
  if (known) return known;
  const shapes = draw();
  drawing.areas.set(name, shapes);
  return shapes;
}

function drawnWay(drawing: Drawing, way: Way, what: string): readonly Shape[] {
  const line = drawing.line(way);
  const name = wayName(way);
  if (!line.whole) {
    drawing.cutOff(name, what, firstPoint(line));
    return [];
  }
  if (!line.closed) {
    const degenerate = line.first === line.last || line.runs[0]!.length < 6;
    const detail = degenerate
      ? `This ${what} has fewer than three corners.`
      : `The line of this ${what} does not close.`;
    drawing.find(degenerate ? "RING_DEGENERATE" : "RING_OPEN", name, detail, firstPoint(line));
    return [];
  }
  return tidied(drawing, line.runs[0]!, name, what);
}

function tidied(drawing: Drawing, ring: Ring, name: string, what: string): readonly Shape[] {
  const { shapes, repaired } = tidy(ring);
  const at = centreOf(ring);
  if (shapes.length === 0) drawing.find("RING_DEGENERATE", name, `This ${what} encloses nothing.`, at);
  else if (repaired === "crossing")
    drawing.find("RING_CROSSED", name, `Edges of this ${what} cross; what they enclose was kept.`, at);
  return shapes;
}

interface Piece {
  readonly ring: Ring;
  readonly role: "outer" | "inner" | null;
}

function drawnRelation(drawing: Drawing, relation: Relation, what: string): readonly Shape[] {
  const name = relationName(relation);
  const { byRole, missing, at } = membersOf(drawing, relation);
  if (missing) drawing.cutOff(name, what, at);
  const pieces: Piece[] = [];
  const opened: Line[] = [];
  for (const [role, lines] of byRole) {
    const { rings, open } = stitch(lines);
    for (const { ring } of rings) pieces.push({ ring, role });
    opened.push(...open);
  }
  // Roles that part a ring in two make it look open: once more, all together.
  if (opened.length > 0 && byRole.size > 1) {
    const again = stitch(opened);
    for (const { ring } of again.rings) pieces.push({ ring, role: null });
    opened.splice(0, opened.length, ...again.open);
  }
  if (opened.length > 0 && !missing)
    drawing.find(
      "RING_OPEN",
      name,
      `${opened.length} ways of this ${what} do not close; they were left out.`,
      firstPoint(opened[0]!),
    );
  // Without all of its rings, containment would take a courtyard for a building: only roles can be trusted then.
  const known = missing || opened.length > 0 ? pieces.filter(({ role }) => role !== null) : pieces;
  return nested(drawing, known, name, what, known.length < pieces.length || missing || opened.length > 0);
}

function membersOf(drawing: Drawing, relation: Relation) {
  const byRole = new Map<Piece["role"], Line[]>();
  let missing = false;
  let at: Point | null = null;
  for (const member of relation.members) {
    if (member.type !== "way") continue;
    const role =
      member.role === "outer" || member.role === "outline" ? "outer" : member.role === "inner" ? "inner" : null;
    if (role === null && member.role !== "") continue;
    const way = drawing.store.wayOf(member.ref);
    const line = way && drawing.line(way);
    if (line) at ??= firstPoint(line);
    if (!line?.whole) missing = true;
    else byRole.set(role, [...(byRole.get(role) ?? []), line]);
  }
  return { byRole, missing, at };
}

/** Rings into areas: how deep a ring lies says what it is; a role only confirms it (osm-09, osm-10). */
function nested(
  drawing: Drawing,
  pieces: readonly Piece[],
  name: string,
  what: string,
  byRole: boolean,
): readonly Shape[] {
  const rings = pieces.flatMap(({ ring, role }) =>
    tidied(drawing, ring, name, what).map((shape) => ({
      shape,
      role,
      depth: 0,
      area: ringAreaM2(shape.outer),
      box: boxOf(shape.outer),
    })),
  );
  const outerKnown = rings.some(({ role }) => role === "outer") && rings.every(({ role }) => role !== null);
  const trusted = byRole || outerKnown;
  for (const ring of trusted ? [] : rings)
    ring.depth = rings.filter(
      (other) => other.area > ring.area && boxesMeet(other.box, ring.box) && holds(other.shape.outer, ring.shape.outer),
    ).length;
  const isHole = (ring: (typeof rings)[number]): boolean => (trusted ? ring.role === "inner" : ring.depth % 2 === 1);
  const repaired = rings.filter((ring) => ring.role !== (isHole(ring) ? "inner" : "outer")).length;
  if (repaired > 0)
    drawing.find(
      "ROLES_REPAIRED",
      name,
      `${repaired} rings of this ${what} had no usable role; containment placed them.`,
      at0(rings),
    );
  const outers = rings.filter((ring) => !isHole(ring)).sort((a, b) => a.area - b.area);
  const areas = outers.map(({ shape }) => ({ outer: shape.outer, holes: [...shape.holes] }));
  const cutting: Shape[] = [];
  for (const hole of rings.filter(isHole)) {
    const host = areas.find(({ outer }) => ringAreaM2(outer) > hole.area && holds(outer, hole.shape.outer));
    if (host) host.holes.push(wound(hole.shape.outer, false));
    else if (areas.some(({ outer }) => ringsTouch(outer, hole.shape.outer))) cutting.push(hole.shape);
    else drawing.find("HOLE_OUTSIDE", name, `A courtyard of this ${what} lies outside it.`, centreOf(hole.shape.outer));
  }
  const clean = areas.flatMap((area) =>
    untangled(area) ? [area] : difference([{ outer: area.outer, holes: [] }], holesOf(area)),
  );
  return cutting.length > 0 ? difference(clean, cutting) : clean;
}

const holesOf = (area: Shape): Shape[] => area.holes.map((hole) => ({ outer: wound(hole, true), holes: [] }));

/** No two rings of an area touch: what most areas are, and what clipping need not touch. */
function untangled({ outer, holes }: Shape): boolean {
  return holes.every(
    (hole, i) => !ringsTouch(outer, hole) && holes.slice(i + 1).every((other) => !ringsTouch(hole, other)),
  );
}

/** Whether most corners of the inner ring lie in the outer one: those on its line may fall either way. */
function holds(outer: Ring, inner: Ring): boolean {
  let within = 0;
  for (let i = 0; i < inner.length; i += 2) {
    const next = (i + 2) % inner.length;
    // Middles of edges: rings that share corners still lie clearly on one side.
    if (ringHolds(outer, (inner[i]! + inner[next]!) / 2, (inner[i + 1]! + inner[next + 1]!) / 2)) within++;
  }
  return within * 4 > inner.length;
}

const at0 = (rings: readonly { readonly shape: Shape }[]): Point | null =>
  rings[0] ? centreOf(rings[0].shape.outer) : null;

/** Areas that overlap, as ground that counts once. */
export const once = (shapes: readonly Shape[]): readonly Shape[] => (shapes.length > 1 ? union(shapes) : shapes);
