import { Clipper64, ClipType, FillRule, type Path64, type PolyPath64, PolyTree64 } from "clipper2-ts";
import { type Ring, type Shape, wound } from "./shape.ts";

/** Clipping reckons in whole tenths of a millimetre: its results lie within that of the true corner. */
const PER_M = 10_000;

export const union = (shapes: readonly Shape[]): Shape[] => clip(ClipType.Union, shapes, []);
export const difference = (from: readonly Shape[], take: readonly Shape[]): Shape[] =>
  take.length === 0 ? [...from] : clip(ClipType.Difference, from, take);
export const intersection = (a: readonly Shape[], b: readonly Shape[]): Shape[] =>
  a.length === 0 || b.length === 0 ? [] : clip(ClipType.Intersection, a, b);

/** What a ring that crosses itself encloses, wherever it winds. */
export const enclosed = (ring: Ring): Shape[] => clip(ClipType.Union, [{ outer: ring, holes: [] }], []);

function clip(what: ClipType, subject: readonly Shape[], clips: readonly Shape[]): Shape[] {
  const clipper = new Clipper64();
  for (const shape of subject) clipper.addSubject(pathsOf(shape));
  for (const shape of clips) clipper.addClip(pathsOf(shape));
  const tree = new PolyTree64();
  clipper.execute(what, FillRule.NonZero, tree);
  const out: Shape[] = [];
  collect(tree, out);
  return out;
}

/** Outer rings lie under the root, their holes under them, islands in holes under those. */
function collect(parent: PolyPath64, into: Shape[]): void {
  for (let i = 0; i < parent.count; i++) {
    const outer = parent.child(i);
    const holes: Ring[] = [];
    for (let j = 0; j < outer.count; j++) {
      const hole = outer.child(j);
      holes.push(wound(ringOf(hole.poly!), false));
      collect(hole, into);
    }
    into.push({ outer: wound(ringOf(outer.poly!), true), holes });
  }
}

const pathsOf = (shape: Shape): Path64[] => [shape.outer, ...shape.holes].map(pathOf);

function pathOf(ring: Ring): Path64 {
  const path: Path64 = [];
  for (let i = 0; i < ring.length; i += 2)
    path.push({ x: Math.round(ring[i]! * PER_M), y: Math.round(ring[i + 1]! * PER_M) });
  return path;
}

function ringOf(path: Path64): Ring {
  const ring = new Float64Array(path.length * 2);
  path.forEach(({ x, y }, i) => {
    ring[2 * i] = x / PER_M;
    ring[2 * i + 1] = y / PER_M;
  });
  return ring;
}
