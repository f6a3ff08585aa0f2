import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fc, test } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { describe, expect } from "vitest";
import { IEC_2014, IEC_2025 } from "../camera/ladder.ts";
import { aim, type CameraView, densityAt, PEOPLE } from "../camera/view.ts";
import type { PrivateSpace } from "../map/model.ts";
import { readMap } from "../map/read-map.ts";
import { boxesMeet, boxOf, type Shape, shapeHolds } from "../map/shape.ts";
import { bodiesOf, type Body, HANGING, packed, SHEET, SOLID } from "./obstacles.ts";
import { anyTown } from "./testing/any-town.ts";
import { naivelySees } from "./testing/naive-sight.ts";
import { type Viewshed, Viewsheds } from "./viewshed.ts";

const box = (minX: number, minY: number, maxX: number, maxY: number): Shape => ({
  outer: Float64Array.of(minX, minY, maxX, minY, maxX, maxY, minX, maxY),
  holes: [],
});
const house = (shape: Shape, topM: number): Body => ({
  element: "way/7",
  kind: SOLID,
  rings: [shape.outer],
  topM,
  minM: 0,
});
const camera = (more: Partial<CameraView> = {}): CameraView => ({
  x: 0,
  y: 0,
  heightM: 4,
  panDeg: 0,
  tiltDeg: 20,
  rollDeg: 0,
  lens: { widthPx: 1_920, heightPx: 1_080, horizontalDeg: 90, verticalDeg: null, k1: null },
  ...more,
});
const sees = ({ seen }: Viewshed, x: number, y: number): boolean => seen.some((shape) => shapeHolds(shape, x, y));

describe("P10: the ground really seen", () => {
  test("nothing stands: from the dead zone to the lowest level's depth, as wide as the lens", () => {
    const shed = new Viewsheds(packed([])).of(camera());
    expect([sees(shed, 0, 3), sees(shed, 0, 4), sees(shed, 0, 47), sees(shed, 0, 51)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([sees(shed, 18, 20), sees(shed, 22, 20)]).toEqual([true, false]);
  });

  test("a house hides what is behind it; a low one only its shadow", () => {
    const tall = new Viewsheds(packed([house(box(-4, 10, 4, 14), 6)])).of(camera());
    expect([sees(tall, 0, 9), sees(tall, 0, 12), sees(tall, 0, 30), sees(tall, 9, 12)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    // 2 m high, ends at 14 m, seen from 4 m at 1.5 m: the shadow ends at 14 m · 2.5 / 2.
    const low = new Viewsheds(packed([house(box(-4, 10, 4, 14), 2)])).of(camera());
    expect([sees(low, 0, 12), sees(low, 0, 17.4), sees(low, 0, 17.6)]).toEqual([false, false, true]);
  });

  test("P12: zones lie within each other, on either ladder", () => {
    for (const ladder of [IEC_2025, IEC_2014]) {
      const { zones, seenM2 } = new Viewsheds(packed([house(box(-4, 10, 4, 14), 6)])).of(camera(), { ladder });
      const areas = zones.map(({ areaM2 }) => areaM2);
      expect(zones.map(({ level }) => level)).toEqual(ladder.levels);
      expect(areas).toEqual([...areas].sort((a, b) => b - a));
      expect(areas[0]).toBe(seenM2);
      expect(areas.at(-1)).toBe(0);
    }
  });

  test("P13: more pixels, larger zones, at once", () => {
    const sheds = new Viewsheds(packed([]));
    const [hd, uhd] = [1, 2].map((k) =>
      sheds.of(camera({ lens: { ...camera().lens, widthPx: 1_920 * k, heightPx: 1_080 * k } })),
    );
    expect(uhd!.zones[3]!.areaM2).toBeGreaterThan(3 * hd!.zones[3]!.areaM2);
  });

  test("a camera inside a wall, or lower than what it is to look down on, is refused with a code", () => {
    const sheds = new Viewsheds(packed([house(box(-4, -4, 4, 4), 6)]));
    expect(() => sheds.of(camera())).toThrow(expect.objectContaining({ code: "MOUNT_IN_WALL" }));
    expect(() => sheds.of(camera({ x: 9, heightM: 1 }))).toThrow(expect.objectContaining({ code: "MOUNT_TOO_LOW" }));
  });
});

describe("P18: private spaces", () => {
  const garden = (shape: Shape): PrivateSpace => ({
    element: "way/9",
    kind: "garden",
    shape,
    derived: true,
    basis: "leisure=garden",
    sure: true,
  });

  test("each one's share of the viewshed is reckoned, what two share once, and what remains is the open ground", () => {
    const [a, b, far] = [garden(box(-5, 10, 5, 20)), garden(box(0, 10, 10, 20)), garden(box(200, 0, 220, 20))];
    const shed = new Viewsheds(packed([]), [a, b, far]).of(camera());
    expect(shed.spaces.map(({ areaM2 }) => Math.round(areaM2))).toEqual([100, 100]);
    expect(shed.privateM2).toBeCloseTo(150, 0);
    expect(shed.privateM2 + shed.otherM2).toBeCloseTo(shed.seenM2, 6);
    expect(shed.open.some((shape) => shapeHolds(shape, 2, 15))).toBe(false);
    expect(shed.open.some((shape) => shapeHolds(shape, -8, 15))).toBe(true);
  });

  test("what a house hides of a garden is not counted", () => {
    const shed = new Viewsheds(packed([house(box(-20, 8, 20, 9), 6)]), [garden(box(-5, 10, 5, 20))]).of(camera());
    expect(shed.privateM2).toBe(0);
  });

  test("of a home no ground is seen, but its fronts: the street side, less what a hedge hides", () => {
    const walls = box(-6, 15, 6, 25);
    const home: PrivateSpace = { ...garden(walls), kind: "home", basis: "building=house" };
    const over = (bodies: readonly Body[]) => new Viewsheds(packed(bodies), [home]).of(camera());
    const { privateM2, frontM, spaces } = over([house(walls, 6)]);
    expect(privateM2).toBeLessThan(0.01);
    expect(frontM).toBeCloseTo(12, 1);
    expect(spaces.map(({ space }) => space)).toEqual([home]);
    const hedge: Body = { element: "way/3", kind: SHEET, rings: [Float64Array.of(-40, 12, 0, 12)], topM: 5, minM: 0 };
    expect(over([house(walls, 6), hedge]).frontM).toBeCloseTo(6, 1);
  });
});

test("from the very edge of what hangs over a street, into it, nothing is seen", () => {
  const roof: Body = {
    element: "way/2",
    kind: HANGING,
    rings: [Float64Array.of(7, 6, 4, 4, 22, 14)],
    topM: 9,
    minM: 2.25,
  };
  const shed = new Viewsheds(packed([roof])).of(
    camera({ x: 13, y: 9, heightM: 6, panDeg: 270, tiltDeg: 40, rollDeg: 10 }),
  );
  expect(sees(shed, 4, 15)).toBe(false);
});

const anyCamera = fc.record({
  panDeg: fc.integer({ min: 0, max: 359 }),
  tiltDeg: fc.integer({ min: 0, max: 80 }),
  rollDeg: fc.constantFrom(0, 0, 7, -20),
  horizontalDeg: fc.integer({ min: 10, max: 110 }),
  widthPx: fc.constantFrom(640, 1_920),
});

/** What the viewshed must say of a place; null within `nearM` of a line, where a tenth of a millimetre decides. */
function truth(bodies: readonly Body[], view: CameraView, x: number, y: number, nearM: number): boolean | null {
  const aimed = aim(view);
  const [lowest] = IEC_2025.levels;
  const seen = [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].map(([dx, dy]) => {
    const place = { x: x + dx! * nearM, y: y + dy! * nearM, heightM: PEOPLE.checkM };
    return densityAt(aimed, place.x, place.y) >= lowest!.pxPerM && naivelySees(bodies, view, place);
  });
  return seen.every((answer) => answer === seen[0]) ? seen[0]! : null;
}

function differences(
  bodies: readonly Body[],
  view: CameraView,
  places: readonly (readonly [number, number])[],
  nearM: number,
): string[] {
  let shed: Viewshed;
  try {
    shed = new Viewsheds(packed(bodies)).of(view);
  } catch (thrown) {
    if (thrown instanceof OvertError && thrown.code === "MOUNT_IN_WALL") return [];
    throw thrown;
  }
  return places.flatMap(([x, y]) => {
    const expected = truth(bodies, view, x, y, nearM);
    return expected === null || expected === sees(shed, x, y) ? [] : [`${x}, ${y} is ${expected ? "" : "not "}seen`];
  });
}

for (const [grid, k1, nearM] of [
  [true, null, 0.001],
  [false, null, 0.001],
  [false, -0.08, 0.3],
] as const)
  test.prop([anyTown(grid), anyCamera], { numRuns: k1 ? 200 : 500, interruptAfterTimeLimit: 15_000 })(
    `a viewshed holds what the plain test sees, in towns ${grid ? "on a grid" : "drawn anywhere"}${k1 ? ", through a lens that bends lines" : ""}`,
    ({ bodies, mount, places }, { horizontalDeg, widthPx, ...pose }) => {
      const lens = { widthPx, heightPx: (widthPx * 9) / 16, horizontalDeg, verticalDeg: null, k1 };
      const view = { ...mount, heightM: Math.max(2, mount.heightM), ...pose, lens };
      // Off the grid: a place on a corner is on the line between seen and hidden, and both answers are right.
      const beside = places.map(([x, y]) => [x + 0.371, y + 0.213] as const);
      expect(differences(bodies, view, beside, nearM)).toEqual([]);
    },
  );

const EXTRACT = fileURLToPath(new URL("../../../../../shared/data/osm/luisenplatz-darmstadt.osm.pbf", import.meta.url));
const there = existsSync(EXTRACT);

(there ? test : test.skip)(
  `a real square: no place is wrong in 40 viewsheds${there ? "" : ` [skipped: ../shared/data is not here]`}`,
  async () => {
    const map = await readMap(new Uint8Array(readFileSync(EXTRACT)));
    const bodies = bodiesOf(map);
    const wrong: string[] = [];
    for (let i = 0; i < 40; i++) {
      const view = camera({ x: -80 + i * 4, y: ((i * 37) % 60) - 30, heightM: 5, panDeg: i * 50, tiltDeg: 12 });
      const reach = { minX: view.x - 60, minY: view.y - 60, maxX: view.x + 60, maxY: view.y + 60 };
      const near = bodies.filter(({ rings }) => boxesMeet(boxOf(rings[0]!), reach));
      const places = Array.from(
        { length: 150 },
        (_, k) => [view.x + ((k * 31) % 97) - 48, view.y + ((k * 53) % 97) - 48] as const,
      );
      wrong.push(...differences(near, view, places, 0.001));
    }
    expect(wrong).toEqual([]);
  },
);
