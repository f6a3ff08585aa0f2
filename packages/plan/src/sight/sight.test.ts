import { test } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { describe, expect } from "vitest";
import { type Body, HANGING, packed, SHEET, SOLID, TREE } from "./obstacles.ts";
import { pointsOf } from "./points.ts";
import { Sight } from "./sight.ts";
import type { Mount } from "./mount.ts";
import { anyTown } from "./testing/any-town.ts";
import { holds, naivelySees, within } from "./testing/naive-sight.ts";

const box = (minX: number, minY: number, maxX: number, maxY: number): Float64Array =>
  Float64Array.of(minX, minY, maxX, minY, maxX, maxY, minX, maxY);
const house = (ring: Float64Array, topM: number, ...holes: Float64Array[]): Body => ({
  element: "way/7",
  kind: SOLID,
  rings: [ring, ...holes],
  topM,
  minM: 0,
});
const POLE: Mount = { x: 0, y: 0, heightM: 4 };

/** Whether the mount sees each of the places, at 1.5 m. */
function sees(
  bodies: readonly Body[],
  mount: Mount,
  places: readonly (readonly [number, number])[],
  heightM = 1.5,
): boolean[] {
  const obstacles = packed(bodies);
  const sight = new Sight(obstacles, pointsOf(places.flat(), heightM, obstacles));
  const count = sight.from(mount, 200);
  const seen = new Set(sight.seen.subarray(0, count));
  return places.map((_, i) => seen.has(i));
}

describe("sight in two and a half dimensions", () => {
  test("a house hides what is behind it, not what is before or beside it", () => {
    expect(
      sees([house(box(10, -5, 20, 5), 6)], POLE, [
        [9, 0],
        [21, 0],
        [30, 0],
        [15, 9],
        [15, 0],
      ]),
    ).toEqual([true, false, false, true, false]);
  });

  test("a low shed hides only its shadow: 2.5 m high, ends at 20 m, seen from 4 m, what is 1.5 m high is free from 33.3 m on", () => {
    expect(
      sees([house(box(10, -5, 20, 5), 2.5)], POLE, [
        [21, 0],
        [33, 0],
        [33.4, 0],
      ]),
    ).toEqual([false, false, true]);
  });

  test("a courtyard is open ground: sight starts and ends there", () => {
    const block = house(box(-20, -20, 20, 20), 12, Float64Array.of(-8, -8, -8, 8, 8, 8, 8, -8));
    expect(
      sees([block], POLE, [
        [7, 7],
        [15, 0],
        [25, 0],
      ]),
    ).toEqual([true, false, false]);
    expect(
      sees([block], { x: 30, y: 0, heightM: 40 }, [
        [-7, 0],
        [7, 0],
      ]),
    ).toEqual([true, false]);
  });

  test("under a canopy one sees through; onto what it covers, from above, one does not", () => {
    const canopy: Body = { element: "way/8", kind: HANGING, rings: [box(10, -5, 20, 5)], topM: 3.5, minM: 3 };
    expect(
      sees([canopy], { ...POLE, heightM: 2.5 }, [
        [15, 0],
        [30, 0],
      ]),
    ).toEqual([true, true]);
    expect(
      sees([canopy], { x: 14, y: 0, heightM: 8 }, [
        [15, 0],
        [25, 0],
      ]),
    ).toEqual([false, true]);
  });

  test("a wall hides from both its sides, as far as its height allows", () => {
    const wall: Body = { element: "way/9", kind: SHEET, rings: [Float64Array.of(10, -5, 10, 5)], topM: 2, minM: 0 };
    expect(
      sees([wall], POLE, [
        [9, 0],
        [12, 0],
        [13, 0],
      ]),
    ).toEqual([true, false, true]);
    expect(
      sees([wall], { x: 20, y: 0, heightM: 4 }, [
        [8, 0],
        [7, 0],
      ]),
    ).toEqual([false, true]);
  });

  test("a line that touches a corner is cut; one that runs exactly over a roof's edge is free", () => {
    expect(sees([house(box(10, 0, 20, 10), 6)], POLE, [[30, 0]])).toEqual([false]);
    expect(sees([house(box(4, -5, 8, 5), 2)], { ...POLE, heightM: 3 }, [[16, 0]], 1)).toEqual([true]);
  });

  test("a mount on a wall sees along the street, not through its own house", () => {
    expect(
      sees([house(box(-10, -5, 0, 5), 6)], POLE, [
        [5, 3],
        [-11, 0],
        [-5, 8],
      ]),
    ).toEqual([true, false, false]);
  });

  test("a mount inside a wall is refused by the wall's name, above the roof it is not", () => {
    const inside = () => sees([house(box(-5, -5, 5, 5), 6)], POLE, [[9, 0]]);
    expect(inside).toThrow(
      expect.objectContaining({ code: "MOUNT_IN_WALL", message: expect.stringContaining("way/7") }),
    );
    expect(
      sees([house(box(-5, -5, 5, 5), 3)], POLE, [
        [6, 0],
        [30, 0],
      ]),
    ).toEqual([false, true]);
    expect(
      sees([house(box(-1, -1, 1, 1), 3)], POLE, [
        [9, 0],
        [2, 0],
      ]),
    ).toEqual([true, false]);
  });

  test("a mount in a tree's crown: the tree is pruned", () => {
    const tree: Body = { element: "node/1", kind: TREE, rings: [box(-2, -2, 2, 2)], topM: 8, minM: 2.5 };
    expect(sees([tree], POLE, [[9, 0]])).toEqual([true]);
    expect(
      sees([tree], { x: -6, y: 0, heightM: 4 }, [
        [9, 0],
        [3, 0],
      ]),
    ).toEqual([false, false]);
  });

  test("nothing stands: everything in reach is seen", () => {
    expect(
      sees([], POLE, [
        [9, 0],
        [250, 0],
      ]),
    ).toEqual([true, false]);
  });
});

function compare({
  bodies,
  mount,
  places,
  heightM,
  reachM,
}: {
  bodies: readonly Body[];
  mount: Mount;
  places: readonly (readonly [number, number])[];
  heightM: number;
  reachM: number;
}): void {
  const obstacles = packed(bodies);
  const sight = new Sight(obstacles, pointsOf(places.flat(), heightM, obstacles), 64);
  const walled = bodies.some(
    (body) => (body.kind === SOLID || body.kind === HANGING) && within(body, mount) && holds(body, mount) === "in",
  );
  if (walled) {
    expect(() => sight.from(mount, reachM)).toThrow(OvertError);
    return;
  }
  const seen = [...sight.seen.subarray(0, sight.from(mount, reachM))].sort((a, b) => a - b);
  const expected = places.flatMap(([x, y], i) =>
    Math.hypot(x - mount.x, y - mount.y) <= reachM && naivelySees(bodies, mount, { x, y, heightM }) ? [i] : [],
  );
  expect(seen).toEqual(expected);
}

test.prop([anyTown(true)], { numRuns: 1_000, interruptAfterTimeLimit: 20_000 })(
  "no pair is wrong in towns on a grid, where lines touch corners and walls",
  compare,
);
test.prop([anyTown(false)], { numRuns: 1_000, interruptAfterTimeLimit: 20_000 })(
  "no pair is wrong in towns drawn anywhere",
  compare,
);
