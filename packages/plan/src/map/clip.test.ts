import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { difference, enclosed, intersection, union } from "./clip.ts";
import { type Ring, type Shape, shapeHolds } from "./shape.ts";

const anyRing = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 })), { minLength: 3, maxLength: 9 })
  .map((corners) => Float64Array.from(corners.flat()));
const anyPlace = fc.tuple(fc.double({ min: 0, max: 24, noNaN: true }), fc.double({ min: 0, max: 24, noNaN: true }));

const holdsAny = (shapes: readonly Shape[], x: number, y: number): boolean =>
  shapes.some((shape) => shapeHolds(shape, x, y));

/** By winding, where a ring that crosses itself encloses what it goes round at all. */
function encloses(ring: Ring, x: number, y: number): boolean {
  let winding = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const turn = (ring[j]! - ring[i]!) * (y - ring[i + 1]!) - (ring[j + 1]! - ring[i + 1]!) * (x - ring[i]!);
    if (ring[i + 1]! <= y && ring[j + 1]! > y && turn > 0) winding++;
    if (ring[i + 1]! > y && ring[j + 1]! <= y && turn < 0) winding--;
  }
  return winding !== 0;
}

function nearLine(ring: Ring, x: number, y: number): boolean {
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const [dx, dy] = [ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!];
    const along = Math.max(0, Math.min(1, ((x - ring[i]!) * dx + (y - ring[i + 1]!) * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(ring[i]! + along * dx - x, ring[i + 1]! + along * dy - y) < 0.001) return true;
  }
  return false;
}

test.prop([anyRing, anyRing, fc.array(anyPlace, { minLength: 20, maxLength: 20 })], { numRuns: 1_000 })(
  "whatever two rings are, a place is in their union, intersection or difference as it is in each",
  (a, b, places) => {
    const [shapesA, shapesB] = [enclosed(a), enclosed(b)];
    const results = [union([...shapesA, ...shapesB]), intersection(shapesA, shapesB), difference(shapesA, shapesB)];
    for (const [x, y] of places) {
      if (nearLine(a, x, y) || nearLine(b, x, y)) continue;
      const [inA, inB] = [encloses(a, x, y), encloses(b, x, y)];
      expect(results.map((shapes) => holdsAny(shapes, x, y))).toEqual([inA || inB, inA && inB, inA && !inB]);
    }
  },
);

test("a ring whose edges lie on one another ends (Clipper 2 for TypeScript took all memory)", () => {
  const shapes = enclosed(Float64Array.of(6, 13, 22, 13, 1, 15, 16, 13, 14, 13));
  expect(holdsAny(shapes, 10, 14)).toBe(true);
});
