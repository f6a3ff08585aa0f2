import { fc } from "@fast-check/vitest";
import { tidy } from "../../map/tidy.ts";
import { type Body, HANGING, SHEET, SOLID, TREE } from "../obstacles.ts";

/** Corners on a grid of whole metres: lines then touch corners and run along walls all the time. */
const onGrid = fc.integer({ min: 0, max: 24 });
/** Anywhere, to a quarter of a millimetre: what touches does so by choice, and the naive test's products stay exact. */
const anywhere = fc.integer({ min: 0, max: 24 * 4_096 }).map((n) => n / 4_096);

const heights = fc.constantFrom(1, 1.5, 2, 2.5, 3, 4, 5, 9);

function anyBody(coordinate: fc.Arbitrary<number>): fc.Arbitrary<readonly Body[]> {
  const corner = fc.tuple(coordinate, coordinate);
  return fc
    .record({
      corners: fc.array(corner, { minLength: 3, maxLength: 7 }),
      size: fc.constantFrom(0.3, 0.5, 1),
      kind: fc.constantFrom(SOLID, SOLID, SOLID, SHEET, HANGING, TREE),
      topM: heights,
      share: fc.constantFrom(0.25, 0.5),
      courtyard: fc.boolean(),
    })
    .map(({ corners, kind, topM, share, courtyard }) => {
      const ring = Float64Array.from(corners.flat());
      const minM = kind === HANGING || kind === TREE ? topM * share : 0;
      const body = { element: "way/1", kind, topM, minM } as const;
      if (kind === SHEET) return [{ ...body, rings: [ring] }];
      const { shapes, repaired } = tidy(ring);
      // What clipping made has corners that no double holds exactly; the naive test needs exact ones.
      const simple = repaired === "crossing" ? tidy(ring.slice(0, 6)).shapes : shapes;
      return simple.map(({ outer }): Body => ({ ...body, rings: [outer, ...(courtyard ? courtyardOf(outer) : [])] }));
    });
}

/** A hole in the middle of a convex four-cornered ring: its corners are exact. */
function courtyardOf(outer: Float64Array): Float64Array[] {
  const n = outer.length / 2;
  if (n !== 4) return [];
  const [x, y] = [0, 1].map(
    (o) => Array.from({ length: n }, (_, i) => outer[2 * i + o]!).reduce((a, b) => a + b) / n,
  ) as [number, number];
  const hole = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    hole[2 * i] = x + (outer[2 * (n - 1 - i)]! - x) / 4;
    hole[2 * i + 1] = y + (outer[2 * (n - 1 - i) + 1]! - y) / 4;
  }
  // Only where the ring is convex does its shrunken copy lie inside it.
  for (let i = 0; i < n; i++) {
    const at = (k: number) => [outer[2 * (k % n)]!, outer[2 * (k % n) + 1]!] as const;
    const [[ax, ay], [bx, by], [cx, cy]] = [at(i), at(i + 1), at(i + 2)];
    if ((bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0) return [];
  }
  return [hole];
}

export const anyTown = (grid: boolean) => {
  const coordinate = grid ? onGrid : anywhere;
  return fc.record({
    bodies: fc.array(anyBody(coordinate), { maxLength: 7 }).map((lists) => lists.flat()),
    mount: fc.record({ x: coordinate, y: coordinate, heightM: fc.constantFrom(1, 2, 3, 4, 4.5, 6, 12) }),
    places: fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 30 }),
    heightM: fc.constantFrom(0, 1.5, 2, 5),
    reachM: fc.constantFrom(8, 20, 50),
  });
};
