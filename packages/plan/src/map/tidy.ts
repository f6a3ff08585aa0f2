import { orient2d } from "robust-predicates";
import { enclosed } from "./clip.ts";
import { boxOf, type Ring, ringAreaM2, type Shape, wound } from "./shape.ts";

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

/** Whether two edges that are not neighbours touch. */
function crossesItself(ring: Ring): boolean {
  const n = ring.length / 2;
  const edges = Array.from({ length: n }, (_, i) => edgeOf(ring, i)).sort((a, b) => a.minX - b.minX);
  for (let i = 0; i < n; i++) {
    const a = edges[i]!;
    for (let j = i + 1; j < n && edges[j]!.minX <= a.maxX; j++) {
      const b = edges[j]!;
      const apart = Math.abs(a.index - b.index);
      if (apart === 1 || apart === n - 1) continue;
      if (a.minY <= b.maxY && b.minY <= a.maxY && meet(a, b)) return true;
    }
  }
  return false;
}

interface Edge {
  readonly index: number;
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

function edgeOf(ring: Ring, index: number): Edge {
  const [ax, ay] = [ring[2 * index]!, ring[2 * index + 1]!];
  const to = (2 * index + 2) % ring.length;
  const [bx, by] = [ring[to]!, ring[to + 1]!];
  return { index, ax, ay, bx, by, ...boxOf(Float64Array.of(ax, ay, bx, by)) };
}

function meet(a: Edge, b: Edge): boolean {
  const [c, d] = [orient2d(a.ax, a.ay, a.bx, a.by, b.ax, b.ay), orient2d(a.ax, a.ay, a.bx, a.by, b.bx, b.by)];
  const [e, f] = [orient2d(b.ax, b.ay, b.bx, b.by, a.ax, a.ay), orient2d(b.ax, b.ay, b.bx, b.by, a.bx, a.by)];
  // All on one line: the boxes, seen to overlap, decide.
  return !(c > 0 && d > 0) && !(c < 0 && d < 0) && !(e > 0 && f > 0) && !(e < 0 && f < 0);
}

/** Whether any edge of one ring touches one of the other. */
export function ringsTouch(a: Ring, b: Ring): boolean {
  for (let i = 0; i < a.length / 2; i++) {
    const edge = edgeOf(a, i);
    for (let j = 0; j < b.length / 2; j++) {
      const other = edgeOf(b, j);
      if (
        edge.minX <= other.maxX &&
        other.minX <= edge.maxX &&
        edge.minY <= other.maxY &&
        other.minY <= edge.maxY &&
        meet(edge, other)
      )
        return true;
    }
  }
  return false;
}
