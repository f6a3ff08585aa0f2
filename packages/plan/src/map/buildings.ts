import { areaOfRelation, areaOfWay } from "./area.ts";
import { type Extent, extentOf, isBelowGround } from "./building-height.ts";
import { difference } from "./clip.ts";
import { type Drawing, relationName, wayName } from "./drawing.ts";
import type { Building } from "./model.ts";
import type { Tags } from "./osm.ts";
import type { Relation } from "./osm-store.ts";
import { type Box, boxesMeet, boxOf, centreOf, pointWithin, ringAreaM2, type Shape, shapeHolds } from "./shape.ts";

/** One area that a building or part covers, before parts are taken out of outlines. */
interface Mass {
  readonly element: string;
  readonly part: boolean;
  readonly kind: string;
  readonly shape: Shape;
  readonly box: Box;
  readonly extent: Extent;
}

/** Buildings as obstacles: where parts are, they give the height; elsewhere the outline does (osm-07). */
export function buildingsOf(drawing: Drawing): Building[] {
  const masses = massesOf(drawing);
  const parts = masses.filter(({ part }) => part);
  const byCell = new Cells(parts);
  const standing = masses
    .filter(({ part }) => !part)
    .flatMap((outline) => withoutParts(outline, byCell.near(outline.box)));
  return [...standing, ...parts.map((part) => building(part, "part", part.shape))];
}

function withoutParts(outline: Mass, near: readonly Mass[]): Building[] {
  const parts = near.filter(
    (part) => boxesMeet(part.box, outline.box) && liesIn(part.shape, outline.shape) && part.element !== outline.element,
  );
  if (parts.length === 0) return [building(outline, "outline", outline.shape)];
  return difference(
    [outline.shape],
    parts.map(({ shape }) => shape),
  )
    .filter((shape) => ringAreaM2(shape.outer) > SLIVER_M * perimeterM(shape))
    .map((shape) => building(outline, "rest", shape));
}

/** What lies between two lines that were meant to be one is no building. */
const SLIVER_M = 0.05;

function liesIn(part: Shape, outline: Shape): boolean {
  const { x, y } = pointWithin(part);
  return shapeHolds(outline, x, y);
}

function perimeterM({ outer }: Shape): number {
  let length = 0;
  for (let i = 0; i < outer.length; i += 2) {
    const next = (i + 2) % outer.length;
    length += Math.hypot(outer[next]! - outer[i]!, outer[next + 1]! - outer[i + 1]!);
  }
  return length;
}

const building = ({ element, kind, extent }: Mass, role: Building["role"], shape: Shape): Building => ({
  element,
  role,
  kind,
  shape,
  height: extent.height,
  min: extent.min,
});

function massesOf(drawing: Drawing): Mass[] {
  const masses: Mass[] = [];
  /** Outer ways that a relation draws, with its holes: they are not drawn again. */
  const drawn = new Set<number>();
  for (const relation of drawing.store.relations) {
    const tags = relationTags(drawing, relation);
    if (!tags || !kindOf(tags)) continue;
    for (const way of outerWays(drawing, relation)) if (way.tags && kindOf(way.tags)) drawn.add(way.id);
    add(drawing, masses, relationName(relation), tags, () => areaOfRelation(drawing, relation, "building"));
  }
  for (const way of drawing.store.ways) {
    if (!way.tags || !kindOf(way.tags)) continue;
    if (drawn.has(way.id))
      drawing.find("OUTLINE_DOUBLED", wayName(way), "A relation draws the same building; it counts once.");
    else add(drawing, masses, wayName(way), way.tags, () => areaOfWay(drawing, way, "building"));
  }
  return masses;
}

function add(drawing: Drawing, masses: Mass[], element: string, tags: Tags, area: () => readonly Shape[]): void {
  if (isBelowGround(tags)) {
    drawing.find("BELOW_GROUND", element, "It lies below ground and hides nothing.");
    return;
  }
  const shapes = area().filter(({ outer }) => boxesMeet(boxOf(outer), drawing.reach));
  if (shapes.length === 0) return;
  const { part, kind } = kindOf(tags)!;
  const extent = extentOf(tags, kind);
  const at = centreOf(shapes[0]!.outer);
  for (const { code, detail } of extent.findings) drawing.find(code, element, detail, at);
  for (const shape of shapes) masses.push({ element, part, kind, shape, box: boxOf(shape.outer), extent });
}

const NOT_BUILT = new Set(["no", "proposed", "demolished", "razed", "entrance", "steps"]);

function kindOf(tags: Tags): { part: boolean; kind: string } | null {
  const part = tags["building:part"];
  if (part !== undefined && !NOT_BUILT.has(part))
    return { part: true, kind: part === "yes" ? (tags.building ?? part) : part };
  const kind = tags.building;
  return kind !== undefined && !NOT_BUILT.has(kind) ? { part: false, kind } : null;
}

/** Of an old multipolygon that has no tags of its own, its outer ways say what it is. */
function relationTags(drawing: Drawing, relation: Relation): Tags | null {
  if (relation.tags.type !== "multipolygon") return null;
  if (kindOf(relation.tags)) return relation.tags;
  if (Object.keys(relation.tags).some((key) => key !== "type" && key !== "source" && key !== "created_by")) return null;
  return outerWays(drawing, relation).find((way) => way.tags && kindOf(way.tags))?.tags ?? null;
}

function outerWays(drawing: Drawing, relation: Relation) {
  return relation.members.flatMap(({ type, ref, role }) => {
    const way = type === "way" && role !== "inner" ? drawing.store.wayOf(ref) : undefined;
    return way ? [way] : [];
  });
}

/** Parts by 100 m cells: a city has too many to ask each outline about each. */
class Cells {
  readonly #byCell = new Map<string, Mass[]>();

  constructor(masses: readonly Mass[]) {
    for (const mass of masses) {
      const { x, y } = pointWithin(mass.shape);
      const cell = `${Math.floor(x / CELL_M)},${Math.floor(y / CELL_M)}`;
      this.#byCell.set(cell, [...(this.#byCell.get(cell) ?? []), mass]);
    }
  }

  near({ minX, minY, maxX, maxY }: Box): Mass[] {
    const found: Mass[] = [];
    if (this.#byCell.size === 0) return found;
    for (let x = Math.floor(minX / CELL_M); x <= maxX / CELL_M; x++)
      for (let y = Math.floor(minY / CELL_M); y <= maxY / CELL_M; y++)
        found.push(...(this.#byCell.get(`${x},${y}`) ?? []));
    return found;
  }
}

const CELL_M = 100;
