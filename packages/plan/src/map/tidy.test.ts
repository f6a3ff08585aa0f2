import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { union } from "./clip.ts";
import { areaM2, ringAreaM2 } from "./shape.ts";
import { ringsTouch, tidy } from "./tidy.ts";

/** A round of many corners, and the same with two of them exchanged: long rings take another way than short ones. */
const round = (n: number): Float64Array =>
  Float64Array.from(
    { length: 2 * n },
    (_, i) => 50 * (i % 2 ? Math.sin : Math.cos)((Math.floor(i / 2) / n) * 2 * Math.PI),
  );

test.prop([fc.integer({ min: 5, max: 120 }), fc.nat(), fc.nat()])(
  "a simple ring stays as it is, whatever its length; with two corners exchanged it crosses itself",
  (n, a, b) => {
    expect(tidy(round(n)).repaired).toBeNull();
    const [i, j] = [a % n, b % n];
    fc.pre(Math.abs(i - j) > 1 && Math.abs(i - j) < n - 1);
    const crossed = round(n);
    for (const k of [0, 1]) [crossed[2 * i + k], crossed[2 * j + k]] = [crossed[2 * j + k]!, crossed[2 * i + k]!];
    const { shapes, repaired } = tidy(crossed);
    expect(repaired).toBe("crossing");
    // What a polygon's exchanged corners enclose is less than the polygon, and the shapes do not overlap.
    expect(areaM2(shapes)).toBeLessThan(ringAreaM2(round(n)));
    expect(areaM2(union(shapes))).toBeCloseTo(areaM2(shapes), 1);
  },
);

const anyRing = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })), { minLength: 3, maxLength: 12 })
  .map((corners) => Float64Array.from(corners.flat()));

test.prop([anyRing], { numRuns: 1_000 })(
  "whatever a ring is, its shapes have an area, and their holes lie apart from their outlines",
  (ring) => {
    for (const { outer, holes } of tidy(ring).shapes) {
      expect(ringAreaM2(outer)).toBeGreaterThan(0);
      expect(outer.length).toBeGreaterThanOrEqual(6);
      for (const hole of holes) expect(ringAreaM2(hole)).toBeLessThan(ringAreaM2(outer));
    }
  },
);

test("rings touch where a corner of one lies on an edge of the other, and not beside it", () => {
  const box = (x: number) => Float64Array.of(x, 0, x + 10, 0, x + 10, 10, x, 10);
  expect(ringsTouch(box(0), box(10))).toBe(true);
  expect(ringsTouch(box(0), box(10.001))).toBe(false);
  expect(ringsTouch(box(0), Float64Array.of(2, 2, 4, 2, 4, 4))).toBe(false);
});
