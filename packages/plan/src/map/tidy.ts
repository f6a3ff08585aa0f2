import { orient2d } from "robust-predicates";
import { enclosed } from "./clip.ts";
import { type Ring, ringAreaM2, type Shape, wound } from "./shape.ts";

/** Corners closer than this are one: OpenStreetMap's own grid is 11 mm. */
const SAME_M = 0.001;
const LEAST_AREA_M2 = 0.01;

export interface Tidied {
  /** More than one where crossing edges enclosed several areas; none where nothing is enclosed. */
  readonly shapes: readonly Shape[];
  readonly repaired: "crossing" | "doubled corners" | null;
}

/** A ring as simple shapes: no doubled corner, no spike, no edge over another. */
export function tidy(ring: Ring): Tidied {
  const slim = withoutSpikes(ring);
  if (slim.length < 6 || ringAreaM2(slim) < LEAST_AREA_M2) {
    // A figure of eight has areas that cancel each other.
    const shapes = slim.length < 8 ? [] : enclosed(slim).filter((shape) => ringAreaM2(shape.outer) >= LEAST_AREA_M2);
    return { shapes, repaired: shapes.length > 0 ? "crossing" : null };
  }
  if (crossesItself(slim)) {
    const shapes = enclosed(slim).filter((shape) => ringAreaM2(shape.outer) >= LEAST_AREA_M2);
    return { shapes, repaired: "crossing" };
  }
  const shape = { outer: wound(slim, true), holes: [] };
  return { shapes: [shape], repaired: slim.length < ring.length ? "doubled corners" : null };
}

/** Without corners that repeat their neighbour, and without edges that run out and back on themselves. */
function withoutSpikes(ring: Ring): Ring {
  const kept: number[] = [];
  for (let corner = 0; corner < ring.length; corner += 2) {
    // Back where the last corner came from: that one was the tip of a spike.
    if (kept.length >= 2 && same(ring, kept[kept.length - 2]!, corner)) kept.pop();
    else if (kept.length === 0 || !same(ring, kept[kept.length - 1]!, corner)) kept.push(corner);
  }
  let from = 0;
  for (let again = true; again && kept.length - from > 2; ) {
    const [first, second] = [kept[from]!, kept[from + 1]!];
    const [last, beforeLast] = [kept[kept.length - 1]!, kept[kept.length - 2]!];
    again = true;
    if (same(ring, last, first) || same(ring, beforeLast, first)) kept.pop();
    else if (same(ring, last, second)) from++;
    else again = false;
  }
  const corners = kept.slice(from);
  if (corners.length * 2 === ring.length) return ring;
  return Float64Array.from(corners.flatMap((i) => [ring[i]!, ring[i + 1]!]));
}

const same = (ring: Ring, a: number, b: number): boolean =>
  Math.abs(ring[a]! - ring[b]!) < SAME_M && Math.abs(ring[a + 1]! - ring[b + 1]!) < SAME_M;

/** Rings longer than this are swept; for the usual dozen corners plain pairs are quicker. */
const SWEPT = 48;

/** Whether two edges that are not neighbours touch. */
function crossesItself(ring: Ring): boolean {
  const n = ring.length / 2;
  const sweeps = n > SWEPT;
  const order = sweeps ? byWest(ring) : null;
  for (let i = 0; i < n; i++) {
    const a = order ? order[i]! : i;
    for (let j = i + 1; j < n; j++) {
      const b = order ? order[j]! : j;
      if (sweeps && west(ring, b) > east(ring, a)) break;
      const apart = Math.abs(a - b);
      if (apart !== 1 && apart !== n - 1 && edgesTouch(ring, a, ring, b)) return true;
    }
  }
  return false;
}

const byWest = (ring: Ring): Uint32Array =>
  Uint32Array.from({ length: ring.length / 2 }, (_, i) => i).sort((a, b) => west(ring, a) - west(ring, b));
const west = (ring: Ring, edge: number): number => Math.min(ring[2 * edge]!, ring[(2 * edge + 2) % ring.length]!);
const east = (ring: Ring, edge: number): number => Math.max(ring[2 * edge]!, ring[(2 * edge + 2) % ring.length]!);

/** Whether edge `i` of one ring and edge `j` of another have a point in common, exactly. */
function edgesTouch(p: Ring, i: number, q: Ring, j: number): boolean {
  const [nextI, nextJ] = [(2 * i + 2) % p.length, (2 * j + 2) % q.length];
  const [ax, ay, bx, by] = [p[2 * i]!, p[2 * i + 1]!, p[nextI]!, p[nextI + 1]!];
  const [cx, cy, dx, dy] = [q[2 * j]!, q[2 * j + 1]!, q[nextJ]!, q[nextJ + 1]!];
  if ((ax < cx && ax < dx && bx < cx && bx < dx) || (ax > cx && ax > dx && bx > cx && bx > dx)) return false;
  if ((ay < cy && ay < dy && by < cy && by < dy) || (ay > cy && ay > dy && by > cy && by > dy)) return false;
  const [c, d] = [orient2d(ax, ay, bx, by, cx, cy), orient2d(ax, ay, bx, by, dx, dy)];
  if ((c > 0 && d > 0) || (c < 0 && d < 0)) return false;
  const [a, b] = [orient2d(cx, cy, dx, dy, ax, ay), orient2d(cx, cy, dx, dy, bx, by)];
  // All on one line: the boxes, seen to overlap, decide.
  return !((a > 0 && b > 0) || (a < 0 && b < 0));
}

/** Whether any edge of one ring touches one of the other. */
export function ringsTouch(a: Ring, b: Ring): boolean {
  for (let i = 0; i < a.length / 2; i++) for (let j = 0; j < b.length / 2; j++) if (edgesTouch(a, i, b, j)) return true;
  return false;
}
