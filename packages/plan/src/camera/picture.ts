import { undistorted } from "./lens.ts";
import { type Aimed, PEOPLE, project, type TargetBand, type Vector } from "./view.ts";

/** Points of a side of the picture, where a lens bends it. */
const PER_SIDE = 16;

/** A ring of places about the foot of the camera, x0, y0 … in metres east and north of it. */
export type LocalRing = Float64Array;

/**
 * The part of the plane at `heightM` that falls in the picture no deeper than `depthM` along the axis: the true shape
 * that a picture has on the ground (P10), not a cone. Null where none does.
 */
export function pictureOn({ view, optics, axes }: Aimed, heightM: number, depthM: number): LocalRing | null {
  // A plane through the camera itself is a line in the picture: it stands a micrometre off.
  const drop = view.heightM - heightM || 1e-6;
  const fall = (a: number, b: number): number =>
    -(axes.forward[2] + a * axes.right[2] + b * axes.down[2]) * Math.sign(drop);
  const least = Math.abs(drop) / depthM;
  const corners = keptAbove(borderOf({ optics }), (a, b) => fall(a, b) - least);
  if (corners.length < 6) return null;
  const ring = new Float64Array(corners.length);
  for (let i = 0; i < corners.length; i += 2) {
    const [a, b] = [corners[i]!, corners[i + 1]!];
    const depth = Math.abs(drop) / fall(a, b);
    const along = (axis: 0 | 1): number =>
      depth * ((axes.forward as Vector)[axis] + a * axes.right[axis] + b * axes.down[axis]);
    ring[i] = along(0);
    ring[i + 1] = along(1);
  }
  return ring;
}

/** The picture's edge as tangents from the axis, without distortion: corners only, where lines stay straight. */
function borderOf({ optics: { widthPx, heightPx, fx, fy, k1 } }: Pick<Aimed, "optics">): number[] {
  const [right, bottom] = [widthPx / 2 / fx, heightPx / 2 / fy];
  const corners = [
    [-right, -bottom],
    [right, -bottom],
    [right, bottom],
    [-right, bottom],
  ] as const;
  const steps = k1 === 0 ? 1 : PER_SIDE;
  return corners.flatMap(([a, b], i) => {
    const [nextA, nextB] = corners[(i + 1) % 4]!;
    return Array.from({ length: steps }, (_, s) => {
      const [u, v] = [a + ((nextA - a) * s) / steps, b + ((nextB - b) * s) / steps];
      const r = Math.hypot(u, v);
      const share = r === 0 ? 1 : undistorted(r, k1) / r;
      return [u * share, v * share];
    }).flat();
  });
}

/** The part of a ring where a linear function is not negative. */
function keptAbove(ring: readonly number[], of: (x: number, y: number) => number): number[] {
  const out: number[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const [ax, ay, bx, by] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!];
    const [a, b] = [of(ax, ay), of(bx, by)];
    if (a >= 0) out.push(ax, ay);
    if (a >= 0 !== b >= 0) out.push(ax + ((bx - ax) * a) / (a - b), ay + ((by - ay) * a) / (a - b));
  }
  return out;
}

/** The least depth at which a lens that keeps lines straight gives `pxPerM`. */
export const depthOf = ({ optics }: Aimed, pxPerM: number): number => Math.min(optics.fx, optics.fy) / pxPerM;

/** Bearings at which a bent lens's reach is taken, a degree apart. */
const BEARINGS = 360;

/**
 * Within `picture` on the plane of the check height, as far as a bent lens gives `pxPerM`, bearing by bearing: off its
 * axis it draws smaller. A ring about the foot of the camera, to be cut with the picture.
 */
export function reachRing(
  aimed: Aimed,
  picture: LocalRing,
  pxPerM: number,
  { checkM }: TargetBand = PEOPLE,
): LocalRing {
  const { view, axes } = aimed;
  const deepest = depthOf(aimed, pxPerM);
  const under = axes.forward[2] * (checkM - view.heightM);
  const ring = new Float64Array(2 * BEARINGS);
  for (let i = 0; i < BEARINGS; i++) {
    const angle = (i / BEARINGS) * 2 * Math.PI;
    const [east, north] = [Math.cos(angle), Math.sin(angle)];
    const along = axes.forward[0] * east + axes.forward[1] * north;
    // Without bending, depth alone would end it here; where the ground does not lead away, the picture ends it.
    const most = along > 0.01 ? Math.max(0, (deepest - under) / along) : Infinity;
    const gives = (atM: number): boolean => {
      const there = project(aimed, view.x + atM * east, view.y + atM * north, checkM);
      return there?.inPicture === true && there.pxPerM >= pxPerM;
    };
    const reach = lastThat(gives, Math.min(most, farthestIn(picture, east, north)));
    ring[2 * i] = reach * east;
    ring[2 * i + 1] = reach * north;
  }
  return ring;
}

/** How far a ray from the foot stays in sight of a ring: its last crossing; 0 where it meets none. */
function farthestIn(ring: LocalRing, east: number, north: number): number {
  let farthest = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [a, b] = [east * ring[j + 1]! - north * ring[j]!, east * ring[i + 1]! - north * ring[i]!];
    if (a >= 0 === b >= 0) continue;
    const share = a / (a - b);
    const [x, y] = [ring[j]! + share * (ring[i]! - ring[j]!), ring[j + 1]! + share * (ring[i + 1]! - ring[j + 1]!)];
    farthest = Math.max(farthest, x * east + y * north);
  }
  return farthest;
}

/** From far to near, each 5 % nearer: the last place lies in the step that first has it. 0 for none. */
function lastThat(holds: (atM: number) => boolean, mostM: number): number {
  let [from, to] = [mostM, mostM];
  while (!holds(from)) {
    if (from < 0.1) return 0;
    [to, from] = [from, from * 0.95];
  }
  while (to - from > 0.001) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return from;
}
