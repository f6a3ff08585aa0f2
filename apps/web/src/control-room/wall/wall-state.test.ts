import { fc, test as propertyTest } from "@fast-check/vitest";
import { type CameraId, cameraId } from "@overt/core";
import { expect, test } from "vitest";
import { emptyWall, WALL_SIZES, type WallAction, wallOf, wallReducer } from "./wall-state.ts";

const cams = Array.from({ length: 20 }, (_, i) => cameraId(`cam-${i}`));
const [a, b, c] = cams as [CameraId, CameraId, CameraId];

test("six cameras open on nine tiles, in their order", () => {
  const wall = wallOf(cams.slice(0, 6));
  expect(wall.size).toBe(9);
  expect(wall.tiles.slice(0, 7)).toEqual([...cams.slice(0, 6), null]);
});

test("a camera that is called up again moves to the selected tile instead of standing there twice", () => {
  const wall = wallReducer({ ...wallOf([a, b, c]), selected: 3 }, { do: "place", camera: a });
  expect(wall.tiles).toEqual([null, b, c, a]);
});

test("a tile dropped on another swaps with it, and stays selected", () => {
  const wall = wallReducer(wallOf([a, b, c]), { do: "swap", from: 0, to: 2 });
  expect(wall.tiles).toEqual([c, b, a, null]);
  expect(wall.selected).toBe(2);
});

test("enlarging to one tile keeps the selected camera", () => {
  const wall = wallReducer({ ...wallOf([a, b, c]), selected: 2 }, { do: "resize", size: 1 });
  expect(wall).toMatchObject({ size: 1, tiles: [c], selected: 0 });
});

test("cameras that a smaller layout had no tile for come back on a larger one", () => {
  const small = wallReducer({ ...wallOf([a, b, c]), selected: 1 }, { do: "resize", size: 1 });
  const large = wallReducer(small, { do: "resize", size: 4 });
  expect(new Set(large.tiles)).toEqual(new Set([a, b, c, null]));
});

test("a camera can be carried to the neighbouring tile without a mouse", () => {
  const wall = wallReducer(wallOf([a, b, c]), { do: "carry", columns: 1, rows: 0 });
  expect(wall.tiles).toEqual([b, a, c, null]);
  expect(wall.selected).toBe(1);
});

test("arrows stop at the edge of the wall", () => {
  const corner = { ...emptyWall(9), selected: 8 };
  expect(wallReducer(corner, { do: "move", columns: 1, rows: 0 }).selected).toBe(8);
  expect(wallReducer(corner, { do: "move", columns: -1, rows: 0 }).selected).toBe(7);
  expect(wallReducer(corner, { do: "move", columns: 0, rows: -1 }).selected).toBe(5);
});

const tile = fc.nat(15);
const anyAction: fc.Arbitrary<WallAction> = fc.oneof(
  fc.record({ do: fc.constant("place" as const), camera: fc.constantFrom(...cams) }),
  fc.record({
    do: fc.constant("move" as const),
    columns: fc.integer({ min: -2, max: 2 }),
    rows: fc.integer({ min: -2, max: 2 }),
  }),
  fc.record({ do: fc.constant("carry" as const), columns: fc.integer({ min: -2, max: 2 }), rows: fc.constant(0) }),
  fc.record({ do: fc.constant("resize" as const), size: fc.constantFrom(...WALL_SIZES) }),
  fc.record({ do: fc.constant("clear" as const), tile }),
);

propertyTest.prop([fc.array(anyAction)])(
  "whatever is done, tiles fit the size and no camera stands there twice",
  (actions) => {
    const wall = actions.reduce(wallReducer, emptyWall(9));
    expect(wall.tiles.length).toBe(wall.size);
    expect(wall.selected).toBeLessThan(wall.size);
    const shown = [...wall.tiles.filter((camera) => camera !== null), ...wall.parked];
    expect(new Set(shown).size).toBe(shown.length);
  },
);
