import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { groundPointsOf } from "./ground-points.ts";
import type { Tags } from "./osm.ts";
import { readMap } from "./read-map.ts";
import { shapeHolds } from "./shape.ts";
import { boxNodes, xmlOf } from "./testing/osm-file.ts";

describe("what stands in a street", () => {
  const alone = async (tags: Tags) => readMap(xmlOf({ nodes: [{ id: 1, x: 5, y: 6, tags }] }));
  const along = async (tags: Tags) =>
    readMap(
      xmlOf({
        nodes: [
          { id: 1, x: 0, y: 0 },
          { id: 2, x: 40, y: 0 },
        ],
        ways: [{ id: 1, refs: [1, 2], tags }],
      }),
    );

  test.each([
    [
      { highway: "street_lamp", height: "6 m" },
      { kind: "lamp", heightM: 6 },
    ],
    [
      { highway: "street_lamp", support: "wall_mounted" },
      { kind: "lamp", heightM: null, support: "wall_mounted" },
    ],
    [{ power: "pole" }, { kind: "pole" }],
    [{ man_made: "utility_pole" }, { kind: "pole" }],
    [{ man_made: "mast" }, { kind: "mast" }],
  ] as const)("%o might carry a camera", async (tags, post) => {
    expect((await alone(tags)).posts).toMatchObject([post]);
  });

  test("a tree's height and crown are guessed, and marked so, where nobody measured them", async () => {
    expect((await alone({ natural: "tree", height: "12", diameter_crown: "9" })).trees).toMatchObject([
      { height: { m: 12, from: "height" }, crown: { m: 9, from: "diameter" }, placed: "mapped" },
    ]);
    expect((await alone({ natural: "tree" })).trees).toMatchObject([
      { height: { from: "guessed" }, crown: { from: "guessed" } },
    ]);
  });

  test("a row of trees is spaced by us, and says so", async () => {
    const { trees } = await along({ natural: "tree_row" });
    expect(trees).toHaveLength(6);
    expect(new Set(trees.map(({ placed }) => placed))).toEqual(new Set(["row"]));
  });

  test.each([
    [{ barrier: "wall", height: "2.5" }, 2.5, "height", 1],
    [{ barrier: "wall", wall: "noise_barrier" }, 3, "guessed", 1],
    [{ barrier: "hedge" }, 1.6, "guessed", 1],
    [{ barrier: "fence" }, 1.5, "guessed", 0.3],
    [{ barrier: "fence", fence_type: "wood" }, 1.5, "guessed", 1],
  ] as const)("%o is %d m high (%s) and hides %d of what is behind it", async (tags, m, from, share) => {
    expect((await along(tags)).barriers).toMatchObject([{ height: { m, from }, opacity: { share } }]);
  });

  test("kerbs and bollards hide nothing", async () => {
    expect((await along({ barrier: "kerb" })).barriers).toEqual([]);
  });
});

const anyStreet = fc.record({
  width: fc.integer({ min: 2, max: 12 }),
  turn: fc.double({ min: 0, max: Math.PI, noNaN: true }),
  spacing: fc.constantFrom(1, 2, 3),
});

test.prop([anyStreet], { numRuns: 60 })(
  "public points lie on the street, on a grid, and none in a house",
  async ({ width, turn, spacing }) => {
    const [x, y] = [100 * Math.cos(turn), 100 * Math.sin(turn)];
    const house = boxNodes(11, 20, 0, 40, 12);
    const map = await readMap(
      xmlOf({
        nodes: [{ id: 1, x: -x, y: -y }, { id: 2, x, y }, ...house.nodes],
        ways: [
          { id: 1, refs: [1, 2], tags: { highway: "residential", width: String(width) } },
          { id: 2, refs: house.refs, tags: { building: "yes" } },
        ],
      }),
    );
    const points = groundPointsOf(map, spacing);
    const shape = map.buildings[0]!.shape;
    for (let i = 0; i < points.length; i += 2) {
      const [px, py] = [points[i]!, points[i + 1]!];
      expect(
        Math.abs(px / spacing - Math.round(px / spacing)) + Math.abs(py / spacing - Math.round(py / spacing)),
      ).toBeLessThan(1e-9);
      expect(Math.abs(px * Math.sin(turn) - py * Math.cos(turn))).toBeLessThan(width / 2 + 0.6);
      expect(shapeHolds(shape, px, py)).toBe(false);
    }
    // A coarse grid may miss a narrow street, or lie along it.
    if (spacing > 1 || width < 4) return;
    const streetM2 = (200 + width) * width;
    expect(points.length / 2).toBeLessThan(streetM2 * 1.2);
    expect(points.length / 2).toBeGreaterThan((streetM2 - 40 * width) * 0.8);
  },
);
