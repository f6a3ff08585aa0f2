import { areaOfRelation, areaOfWay } from "./area.ts";
import { type Drawing, relationName, wayName } from "./drawing.ts";
import type { PrivateSpace } from "./model.ts";
import type { Tags } from "./osm.ts";
import { boxesMeet, boxOf, type Shape } from "./shape.ts";

interface Reason {
  readonly kind: PrivateSpace["kind"];
  readonly basis: string;
  readonly sure: boolean;
}

/** Areas whose tags say, or suggest, that people there are to be left alone. */
export function privateSpacesOf(drawing: Drawing): PrivateSpace[] {
  const spaces: PrivateSpace[] = [];
  const add = (element: string, reason: Reason, shapes: readonly Shape[]): void => {
    for (const shape of shapes)
      if (boxesMeet(boxOf(shape.outer), drawing.reach)) spaces.push({ element, ...reason, shape, derived: true });
  };
  for (const relation of drawing.store.relations) {
    const reason = relation.tags.type === "multipolygon" ? reasonOf(relation.tags) : null;
    if (reason) add(relationName(relation), reason, areaOfRelation(drawing, relation, "private space"));
  }
  for (const way of drawing.store.ways) {
    const reason = way.tags && reasonOf(way.tags);
    if (reason) add(wayName(way), reason, areaOfWay(drawing, way, "private space"));
  }
  return spaces;
}

const HOMES = new Set(
  "house detached semidetached_house terrace residential apartments bungalow cabin dormitory farm houseboat static_caravan".split(
    " ",
  ),
);
const SCHOOLS = new Set(["school", "kindergarten", "childcare"]);
const WORSHIP = new Set("church chapel cathedral mosque synagogue temple shrine monastery".split(" "));
const HEALTH = new Set(["hospital", "clinic", "doctors", "nursing_home"]);
/** A building that says what it is for is no home by suspicion. */
const USES = [
  "shop",
  "amenity",
  "office",
  "tourism",
  "leisure",
  "craft",
  "industrial",
  "power",
  "railway",
  "man_made",
  "parking",
];

function reasonOf(tags: Tags): Reason | null {
  const { amenity = "", building = "", leisure = "", landuse = "" } = tags;
  const sure = (kind: Reason["kind"], key: string): Reason => ({ kind, basis: `${key}=${tags[key]}`, sure: true });
  if (SCHOOLS.has(amenity)) return sure("school", "amenity");
  if (SCHOOLS.has(building)) return sure("school", "building");
  if (amenity === "place_of_worship") return sure("worship", "amenity");
  if (WORSHIP.has(building)) return sure("worship", "building");
  if (HEALTH.has(amenity)) return sure("health", "amenity");
  if (building === "hospital") return sure("health", "building");
  if (HOMES.has(building)) return sure("home", "building");
  if (leisure === "garden" && (tags["garden:type"] === "residential" || tags.access === "private"))
    return sure("garden", "leisure");
  if (leisure === "swimming_pool" && tags.access === "private") return sure("garden", "leisure");
  if (landuse === "allotments") return sure("garden", "landuse");
  if (building === "yes" && !USES.some((key) => tags[key] !== undefined))
    return { kind: "home", basis: "building=yes", sure: false };
  return null;
}
