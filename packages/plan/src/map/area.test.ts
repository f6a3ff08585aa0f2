import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { geoJsonOf } from "./geojson.ts";
import type { Member } from "./osm.ts";
import { readMap } from "./read-map.ts";
import { areaM2, ringAreaM2, shapeAreaM2, shapeHolds } from "./shape.ts";
import { BOUNDS, boxNodes, type OsmFile, xmlOf } from "./testing/osm-file.ts";

const codes = ({ findings }: Awaited<ReturnType<typeof readMap>>) => findings.map(({ code }) => code);
const reverse = <T>(list: readonly T[]): T[] => [...list].reverse();
const multipolygon = { type: "multipolygon", building: "yes" };

/** A block of 60 m x 40 m with two courtyards of 10 m x 20 m; ways may run either way, roles may be missing. */
function block({ turnOuter = false, turnInner = false, roles = true, lampIn = false } = {}): OsmFile {
  const [outer, left, right] = [
    boxNodes(1, -30, -20, 30, 20),
    boxNodes(11, -20, -10, -10, 10),
    boxNodes(21, 10, -10, 20, 10),
  ];
  const member = (ref: number, role: string): Member => ({ type: "way", ref, role: roles ? role : "" });
  const lamp = lampIn ? [{ id: 90, x: -15, y: 0, tags: { highway: "street_lamp" } }] : [];
  return {
    nodes: [...outer.nodes, ...left.nodes, ...right.nodes, ...lamp],
    ways: [
      { id: 1, refs: turnOuter ? reverse(outer.refs) : outer.refs },
      { id: 2, refs: turnInner ? reverse(left.refs) : left.refs },
      { id: 3, refs: turnInner ? reverse(right.refs) : right.refs },
    ],
    relations: [{ id: 5, members: [member(2, "inner"), member(1, "outer"), member(3, "inner")], tags: multipolygon }],
  };
}

test("osm-08: courtyards are open ground, also for a pole in one", async () => {
  const map = await readMap(xmlOf(block({ lampIn: true })));
  const [building] = map.buildings;
  expect(map.buildings).toHaveLength(1);
  expect(building?.shape.holes).toHaveLength(2);
  expect(shapeAreaM2(building!.shape)).toBeCloseTo(2_400 - 400, -1);
  const { x, y } = map.posts[0]!.at;
  expect(shapeHolds(building!.shape, x, y)).toBe(false);
  expect(shapeHolds(building!.shape, x + 15, y)).toBe(true);
});

describe("osm-09: ring direction", () => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])(
    "outer turned %s, inner turned %s: the same building, written as RFC 7946 has it",
    async (turnOuter, turnInner) => {
      const map = await readMap(xmlOf(block({ turnOuter, turnInner })));
      expect(codes(map)).toEqual([]);
      expect(areaM2(map.buildings.map(({ shape }) => shape))).toBeCloseTo(2_000, -1);
      const geometry = geoJsonOf(map).features.find(({ properties }) => properties.layer === "building")?.geometry;
      if (geometry?.type !== "Polygon") throw new Error("a building is a polygon");
      const turns = geometry.coordinates.map((ring) => Math.sign(signedArea(ring)));
      expect(turns).toEqual([1, -1, -1]);
      for (const ring of geometry.coordinates) expect(ring.at(-1)).toEqual(ring[0]);
    },
  );
});

function signedArea(ring: readonly (readonly [number, number])[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);
}

test("osm-10: roles that are missing are told from containment, and counted as repaired", async () => {
  const map = await readMap(xmlOf(block({ roles: false })));
  expect(map.buildings[0]?.shape.holes).toHaveLength(2);
  expect(map.findings).toMatchObject([
    { code: "ROLES_REPAIRED", element: "relation/5", detail: expect.stringContaining("3 rings") },
  ]);
});

describe("osm-11: cut by the extract", () => {
  test("a relation whose ways are partly absent is not closed by force", async () => {
    const { nodes, ways, relations } = block();
    const half = [{ id: 1, refs: [1, 2, 3] }, ...ways!.slice(1)];
    const members: Member[] = [...relations![0]!.members, { type: "way", ref: 99, role: "outer" }];
    const map = await readMap(
      xmlOf({ nodes: nodes!, ways: half, relations: [{ id: 5, members, tags: multipolygon }] }),
    );
    expect(map.buildings).toEqual([]);
    expect(codes(map)).toContain("CUT_BY_EXTRACT");
    expect(map.edgeUncertain).toBe(true);
  });

  test("a building with missing nodes is left out and listed, with its place", async () => {
    const { nodes, refs } = boxNodes(1, 0, 0, 10, 10);
    const map = await readMap(xmlOf({ nodes: nodes.slice(0, 3), ways: [{ id: 8, refs, tags: { building: "yes" } }] }));
    expect(map.buildings).toEqual([]);
    expect(map.findings).toMatchObject([{ code: "CUT_BY_EXTRACT", element: "way/8", at: { x: expect.any(Number) } }]);
    expect(map.edgeUncertain).toBe(true);
  });

  test("a street is not drawn across the nodes that are missing", async () => {
    const nodes = [0, 10, 30, 40].map((x, i) => ({ id: i + (i > 1 ? 2 : 1), x, y: 0 }));
    const map = await readMap(
      xmlOf({ nodes, ways: [{ id: 8, refs: [1, 2, 3, 4, 5], tags: { highway: "residential" } }] }),
    );
    expect(map.ground.map((strip) => strip.kind === "strip" && strip.line.length / 2)).toEqual([2, 2]);
  });
});

test("a way that leads nowhere is named, and takes no ring with it", async () => {
  const { nodes } = boxNodes(1, 0, 0, 20, 20);
  const ways = [
    [1, 2, 3],
    [3, 9],
    [3, 4, 1],
  ].map((refs, i) => ({ id: i + 1, refs }));
  const members = ways.map(({ id }): Member => ({ type: "way", ref: id, role: "outer" }));
  const relations = [{ id: 5, members, tags: multipolygon }];
  const map = await readMap(xmlOf({ nodes: [...nodes, { id: 9, x: 40, y: 40 }], ways, relations }));
  expect(areaM2(map.buildings.map(({ shape }) => shape))).toBeCloseTo(400, 0);
  expect(map.findings).toMatchObject([{ code: "RING_OPEN", detail: expect.stringContaining("1 ways") }]);
});

describe("rings that are not simple", () => {
  const house = (places: readonly (readonly [number, number])[]) => ({
    nodes: places.map(([x, y], i) => ({ id: i + 1, x, y })),
    ways: [{ id: 8, refs: [...places.map((_, i) => i + 1), 1], tags: { building: "yes" } }],
  });

  test("a figure of eight is kept as its two halves, and named", async () => {
    const map = await readMap(
      xmlOf(
        house([
          [0, 0],
          [20, 20],
          [20, 0],
          [0, 20],
        ]),
      ),
    );
    expect(codes(map)).toEqual(["RING_CROSSED"]);
    expect(map.buildings).toHaveLength(2);
    expect(areaM2(map.buildings.map(({ shape }) => shape))).toBeCloseTo(200, 0);
  });

  test("a line that runs out and back encloses nothing, and is named", async () => {
    const map = await readMap(
      xmlOf(
        house([
          [0, 0],
          [20, 0],
          [10, 0],
        ]),
      ),
    );
    expect(codes(map)).toEqual(["RING_DEGENERATE"]);
    expect(map.buildings).toEqual([]);
  });

  test("a spike is cut off without a word", async () => {
    const map = await readMap(
      xmlOf(
        house([
          [0, 0],
          [10, 0],
          [10, 10],
          [5, 10],
          [5, 30],
          [5, 10],
          [0, 10],
        ]),
      ),
    );
    expect(codes(map)).toEqual([]);
    expect(ringAreaM2(map.buildings[0]!.shape.outer)).toBeCloseTo(100, 0);
  });
});

const anyCut = fc.record({
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: 11 }), { maxLength: 5 }),
  turned: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  shuffle: fc.nat(),
});

test.prop([anyCut], { numRuns: 100 })(
  "a ring is the same in however many ways it is cut, turned and mixed",
  async ({ cuts, turned, shuffle }) => {
    const corners = Array.from({ length: 12 }, (_, i) => ({
      id: i + 1,
      x: 30 * Math.cos((i * Math.PI) / 6),
      y: 20 * Math.sin((i * Math.PI) / 6),
    }));
    const at = [0, ...[...cuts].sort((a, b) => a - b), 12];
    const pieces = at.slice(1).map((end, i) => {
      const refs = Array.from({ length: end - at[i]! + 1 }, (_, k) => ((at[i]! + k) % 12) + 1);
      return { id: 100 + i, refs: turned[i] ? refs.reverse() : refs };
    });
    const order = pieces.map((_, i) => (i * 7 + shuffle) % pieces.length);
    const mixed = new Set(order).size === pieces.length ? order.map((i) => pieces[i]!) : pieces;
    const members = mixed.map(({ id }): Member => ({ type: "way", ref: id, role: "outer" }));
    const map = await readMap(
      xmlOf({ nodes: corners, ways: pieces, relations: [{ id: 5, members, tags: multipolygon }] }),
    );
    expect(codes(map)).toEqual([]);
    expect(shapeAreaM2(map.buildings[0]!.shape)).toBeCloseTo(1_800, -1);
  },
);

test("what lies beyond the chosen box is left out; obstacles just outside it stay", async () => {
  const [near, far] = [boxNodes(1, 510, 0, 530, 20), boxNodes(11, 900, 0, 920, 20)];
  const street = [
    { id: 21, x: -2_000, y: 50 },
    { id: 22, x: 2_000, y: 50 },
    { id: 23, x: 540, y: 40, tags: { highway: "street_lamp" } },
  ];
  const map = await readMap(
    xmlOf({
      nodes: [...near.nodes, ...far.nodes, ...street],
      ways: [
        { id: 1, refs: near.refs, tags: { building: "yes" } },
        { id: 2, refs: far.refs, tags: { building: "yes" } },
        { id: 3, refs: [21, 22], tags: { highway: "residential" } },
      ],
    }),
    { bounds: { ...BOUNDS, west: 8.3935, east: 8.4065 } },
  );
  expect(map.buildings.map(({ element }) => element)).toEqual(["way/1"]);
  expect(map.posts).toEqual([]);
  expect(map.ground).toHaveLength(1);
});

test("a box in which nothing lies is refused: likely its sides were swapped", async () => {
  const bounds = { west: 49, south: 8, east: 49.1, north: 8.1 };
  await expect(readMap(xmlOf(block()), { bounds })).rejects.toMatchObject({ code: "OSM_EMPTY" });
});
