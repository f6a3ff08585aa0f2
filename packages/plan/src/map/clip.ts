import clipper from "clipper-lib";
import { type Point, type Ring, type Shape, wound } from "./shape.ts";

/** Clipping reckons in whole tenths of a millimetre: its corners lie within half of that beside the true ones. */
const PER_M = 10_000;
const { ctUnion, ctDifference, ctIntersection } = clipper.ClipType;
const { ptSubject, ptClip } = clipper.PolyType;
const { pftNonZero } = clipper.PolyFillType;

export const union = (shapes: readonly Shape[]): Shape[] => clip(ctUnion, shapes, []);
export const difference = (from: readonly Shape[], take: readonly Shape[]): Shape[] =>
  take.length === 0 ? [...from] : clip(ctDifference, from, take);
export const intersection = (a: readonly Shape[], b: readonly Shape[]): Shape[] =>
  a.length === 0 || b.length === 0 ? [] : clip(ctIntersection, a, b);

/** What a ring that crosses itself encloses, wherever it winds. */
export const enclosed = (ring: Ring): Shape[] => clip(ctUnion, [{ outer: ring, holes: [] }], []);

function clip(operation: number, subject: readonly Shape[], clips: readonly Shape[]): Shape[] {
  const [first] = subject;
  if (!first) return [];
  // About a corner of the subject: up to 4.7 km from there the products of corners need no long arithmetic.
  const about: Point = { x: Math.round(first.outer[0]!), y: Math.round(first.outer[1]!) };
  const engine = new clipper.Clipper();
  const add = ({ outer, holes }: Shape, kind: number): void => {
    for (const ring of [outer, ...holes]) engine.AddPath(pathOf(ring, about), kind, true);
  };
  for (const shape of subject) add(shape, ptSubject);
  for (const shape of clips) add(shape, ptClip);
  const tree = new clipper.PolyTree();
  engine.Execute(operation, tree, pftNonZero, pftNonZero);
  const out: Shape[] = [];
  collect(tree, about, out);
  return out;
}

type Node = InstanceType<typeof clipper.PolyTree>;

/** Outer rings lie under the root, their holes under them, islands in holes under those. */
function collect(parent: Node, about: Point, into: Shape[]): void {
  for (const outer of parent.Childs()) {
    const holes = outer.Childs();
    into.push({
      outer: wound(ringOf(outer, about), true),
      holes: holes.map((hole) => wound(ringOf(hole, about), false)),
    });
    for (const hole of holes) collect(hole, about, into);
  }
}

function pathOf(ring: Ring, { x, y }: Point): { X: number; Y: number }[] {
  const path: { X: number; Y: number }[] = [];
  for (let i = 0; i < ring.length; i += 2)
    path.push({ X: Math.round((ring[i]! - x) * PER_M), Y: Math.round((ring[i + 1]! - y) * PER_M) });
  return path;
}

function ringOf(node: Node, { x, y }: Point): Ring {
  const path = node.Contour();
  const ring = new Float64Array(path.length * 2);
  path.forEach(({ X, Y }, i) => {
    ring[2 * i] = x + X / PER_M;
    ring[2 * i + 1] = y + Y / PER_M;
  });
  return ring;
}
