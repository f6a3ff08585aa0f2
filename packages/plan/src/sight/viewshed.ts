import { OvertError } from "@overt/core";
import Flatbush from "flatbush";
import { IEC_2025, type Ladder, type Level } from "../camera/ladder.ts";
import { depthOf, pictureOn, reachRing } from "../camera/picture.ts";
import { type Aimed, aim, type CameraView, PEOPLE, type TargetBand } from "../camera/view.ts";
import { difference, intersection } from "../map/clip.ts";
import type { PrivateSpace } from "../map/model.ts";
import { areaM2, type Box, boxOf, type Point, type Ring, type Shape } from "../map/shape.ts";
import { frontM } from "./fronts.ts";
import { hullOf, mayMeet } from "./hull.ts";
import { aboutMount } from "./mount.ts";
import type { Obstacles } from "./obstacles.ts";
import { type Casting, cast, footprint } from "./shadows.ts";
import { starOf } from "./star.ts";

/** The ground that one camera sees (DESIGN §2), at the check height of a target band. */
export interface Viewshed {
  /** Seen at the ladder's lowest level or better. */
  readonly seen: readonly Shape[];
  readonly seenM2: number;
  /** For each level, least first: seen at it or better. */
  readonly zones: readonly Zone[];
  /** What of the seen ground is private, space by space (P18). */
  readonly spaces: readonly SpaceSeen[];
  /** Private ground counted once, also where spaces overlap. */
  readonly privateM2: number;
  /** Metres of private buildings' walls in view. */
  readonly frontM: number;
  readonly otherM2: number;
  /** The seen ground without private spaces. */
  readonly open: readonly Shape[];
}

export interface Zone {
  readonly level: Level;
  readonly shapes: readonly Shape[];
  readonly areaM2: number;
}

export interface SpaceSeen {
  readonly space: PrivateSpace;
  readonly shapes: readonly Shape[];
  readonly areaM2: number;
  /** Metres of its walls in view, where it is a building: of a home, no ground is seen but its windows may be. */
  readonly frontM: number;
}

export interface ViewshedOptions {
  readonly band?: TargetBand;
  readonly ladder?: Ladder;
}

/** No camera is planned to see farther. */
const FARTHEST_M = 2_000;

/** Viewsheds over one town: its obstacles and private spaces are indexed once. */
export class Viewsheds {
  readonly #obstacles: Obstacles;
  readonly #bodies: Flatbush | null;
  readonly #spaces: readonly PrivateSpace[];
  readonly #spaceIndex: Flatbush | null;

  constructor(obstacles: Obstacles, spaces: readonly PrivateSpace[] = []) {
    this.#obstacles = obstacles;
    this.#bodies = obstacles.bodyIndex ? Flatbush.from(obstacles.bodyIndex) : null;
    this.#spaces = spaces;
    this.#spaceIndex = indexed(spaces);
  }

  /**
   * The ground that a camera sees, exactly to a tenth of a millimetre (where its lens bends lines, to a degree of
   * bearing): what is in the picture, less what bodies hide.
   *
   * @throws OvertError `MOUNT_IN_WALL`, `MOUNT_TOO_LOW`
   */
  of(view: CameraView, { band = PEOPLE, ladder = IEC_2025 }: ViewshedOptions = {}): Viewshed {
    if (view.heightM <= band.checkM)
      throw new OvertError("MOUNT_TOO_LOW", `A mount ${view.heightM} m high does not look down on ${band.checkM} m.`, {
        hint: "Raise the mount, or lower the height at which detail is checked.",
      });
    const aimed = aim(view);
    let shapes = this.#visible(aimed, band, pictured(aimed, ladder.levels[0]!, band));
    const zones: Zone[] = [];
    for (const level of ladder.levels) {
      const within = zones.length === 0 ? null : zoneOf(aimed, level, band);
      if (zones.length > 0) shapes = within ? intersection(shapes, [within]) : [];
      zones.push({ level, shapes: shapes.map((shape) => moved(shape, view.x, view.y)), areaM2: areaM2(shapes) });
    }
    return { seen: zones[0]!.shapes, seenM2: zones[0]!.areaM2, zones, ...this.#private(zones[0]!, view) };
  }

  /** Clipping is about the mount's foot: small numbers keep their digits. */
  #visible({ view }: Aimed, band: TargetBand, picture: readonly Shape[]): Shape[] {
    if (picture.length === 0 || !this.#bodies) return [...picture];
    const box = picture.map(({ outer }) => boxOf(outer)).reduce(joined, { minX: 0, minY: 0, maxX: 0, maxY: 0 });
    const radius = Math.hypot(Math.max(-box.minX, box.maxX), Math.max(-box.minY, box.maxY));
    const { over, pruned } = aboutMount(this.#obstacles, this.#bodies, view);
    const heights = { mountM: view.heightM, planeM: band.checkM };
    const casting: Casting = { closing: [], shadows: [] };
    // Lines of sight stay between the foot and the picture: what lies outside hides nothing.
    const wedge = hullOf([0, 0, ...picture.flatMap(({ outer }) => [...outer])]);
    for (const b of this.#bodies.search(view.x + box.minX, view.y + box.minY, view.x + box.maxX, view.y + box.maxY))
      if (!pruned.includes(b) && mayMeet(wedge, this.#boxAbout(b, view)))
        cast(this.#obstacles, b, view, heights, radius, casting);
    // A mount on a wall looks along it: the house itself is no ground.
    for (const b of over)
      if (this.#isGround(b, band.checkM)) casting.shadows.push(...footprint(this.#obstacles, b, view, 1));
    const star: Shape = { outer: starOf(casting.closing, radius * 1.01 + 1), holes: [] };
    const open = casting.closing.length === 0 ? [...picture] : intersection(picture, [star]);
    const near = open.length === 0 ? null : open.map(({ outer }) => boxOf(outer)).reduce(joined);
    return near
      ? difference(
          open,
          casting.shadows.filter(({ outer }) => meets(boxOf(outer), near)),
        )
      : [];
  }

  #boxAbout(b: number, { x, y }: Point): Box {
    const [minX = 0, minY = 0, maxX = 0, maxY = 0] = this.#obstacles.boxes.subarray(4 * b, 4 * b + 4);
    return { minX: minX - x, minY: minY - y, maxX: maxX - x, maxY: maxY - y };
  }

  #isGround(b: number, heightM: number): boolean {
    return this.#obstacles.minM[b]! <= heightM && this.#obstacles.topM[b]! > heightM;
  }

  #private(
    { shapes, areaM2: seenM2 }: Zone,
    camera: Point,
  ): Pick<Viewshed, "spaces" | "privateM2" | "frontM" | "otherM2" | "open"> {
    const box = shapes.length > 0 ? shapes.map(({ outer }) => boxOf(outer)).reduce(joined) : null;
    const near = box && this.#spaceIndex ? this.#spaceIndex.search(box.minX, box.minY, box.maxX, box.maxY) : [];
    const spaces: SpaceSeen[] = [];
    for (const i of near.sort((a, b) => a - b)) {
      const space = this.#spaces[i]!;
      const seen = intersection(shapes, [space.shape]);
      const front = space.basis.startsWith("building=") ? frontM(space.shape, camera, shapes) : 0;
      if (seen.length > 0 || front > 0) spaces.push({ space, shapes: seen, areaM2: areaM2(seen), frontM: front });
    }
    const taken = spaces.filter(({ areaM2: taking }) => taking > 0).map(({ space }) => space.shape);
    const open = difference(shapes, taken);
    const otherM2 = spaces.length === 0 ? seenM2 : areaM2(open);
    const front = spaces.reduce((sum, { frontM: metres }) => sum + metres, 0);
    return { spaces, open, otherM2, privateM2: Math.max(0, seenM2 - otherM2), frontM: front };
  }
}

/** Where the whole band is in the picture, at a level or better: about the foot of the mount. */
function pictured(aimed: Aimed, level: Level, band: TargetBand): Shape[] {
  const deepest = Math.min(FARTHEST_M, depthOf(aimed, level.pxPerM));
  // Feet and heads may lie a little deeper than where detail is judged.
  const rings = [band.fromM, band.toM].map((atM) => pictureOn(aimed, atM, deepest + aimed.view.heightM + band.toM));
  const [feet, heads] = rings;
  const zone = zoneOf(aimed, level, band);
  if (!feet || !heads || !zone) return [];
  return intersection(intersection([shapeOf(feet)], [shapeOf(heads)]), [zone]);
}

function zoneOf(aimed: Aimed, level: Level, band: TargetBand): Shape | null {
  if (aimed.optics.k1 !== 0) {
    const picture = pictureOn(aimed, band.checkM, FARTHEST_M);
    const reach = picture && shapeOf(reachRing(aimed, picture, level.pxPerM, band));
    return picture && reach ? (intersection([shapeOf(picture)], [reach])[0] ?? null) : null;
  }
  const ring = pictureOn(aimed, band.checkM, Math.min(FARTHEST_M, depthOf(aimed, level.pxPerM)));
  return ring ? shapeOf(ring) : null;
}

const shapeOf = (outer: Ring): Shape => ({ outer, holes: [] });

const joined = (a: Box, b: Box): Box => ({
  minX: Math.min(a.minX, b.minX),
  minY: Math.min(a.minY, b.minY),
  maxX: Math.max(a.maxX, b.maxX),
  maxY: Math.max(a.maxY, b.maxY),
});

const meets = (a: Box, b: Box): boolean => a.minX < b.maxX && b.minX < a.maxX && a.minY < b.maxY && b.minY < a.maxY;

function moved({ outer, holes }: Shape, x: number, y: number): Shape {
  const move = (ring: Ring): Ring => ring.map((value, i) => value + (i % 2 === 0 ? x : y));
  return { outer: move(outer), holes: holes.map(move) };
}

function indexed(spaces: readonly PrivateSpace[]): Flatbush | null {
  if (spaces.length === 0) return null;
  const index = new Flatbush(spaces.length);
  for (const { shape } of spaces) {
    const { minX, minY, maxX, maxY } = boxOf(shape.outer);
    index.add(minX, minY, maxX, maxY);
  }
  index.finish();
  return index;
}
