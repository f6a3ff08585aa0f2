import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { projectionOf } from "./frame.ts";
import type { Member, Tags } from "./osm.ts";
import { readMap } from "./read-map.ts";
import { areaM2, intersects } from "./testing/measure.ts";
import { BOUNDS, boxNodes, MIDDLE, xmlOf } from "./testing/osm-file.ts";

const codes = ({ findings }: Awaited<ReturnType<typeof readMap>>) => findings.map(({ code }) => code);

/** Boxes as tagged ways. */
function boxes(
  ...all: readonly (readonly [minX: number, minY: number, maxX: number, maxY: number, tags: Tags])[]
): string {
  const drawn = all.map(([minX, minY, maxX, maxY, tags], i) => ({
    ...boxNodes(10 * i + 1, minX, minY, maxX, maxY),
    id: i + 1,
    tags,
  }));
  return xmlOf({ nodes: drawn.flatMap(({ nodes }) => nodes), ways: drawn });
}

describe("osm-07: outline and parts", () => {
  const heights = async (text: string) => {
    const map = await readMap(text);
    return map.buildings.map(({ role, height, shape }) => [role, height.m, Math.round(areaM2([shape]) / 10) * 10]);
  };

  test("parts that fill the outline take its place", async () => {
    const text = boxes(
      [0, 0, 20, 20, { building: "yes", height: "30" }],
      [0, 0, 10, 20, { "building:part": "yes", height: "6" }],
      [10, 0, 20, 20, { "building:part": "yes", height: "30" }],
    );
    expect(await heights(text)).toEqual([
      ["part", 6, 200],
      ["part", 30, 200],
    ]);
  });

  test("ground of the outline without a part keeps the outline's height", async () => {
    const text = boxes(
      [0, 0, 20, 20, { building: "yes", height: "30" }],
      [0, 0, 5, 4, { "building:part": "yes", height: "6" }],
    );
    expect(await heights(text)).toEqual([
      ["rest", 30, 380],
      ["part", 6, 20],
    ]);
  });

  test("no ground counts twice as obstacle", async () => {
    const map = await readMap(
      boxes(
        [0, 0, 20, 20, { building: "yes" }],
        [-1, 5, 21, 12, { "building:part": "yes" }],
        [40, 0, 50, 9, { building: "yes" }],
      ),
    );
    for (const [i, one] of map.buildings.entries())
      for (const other of map.buildings.slice(i + 1)) expect(intersects(one.shape, other.shape)).toBeLessThan(0.01);
  });

  test("an outer way that repeats its relation's building counts once, and is named", async () => {
    const { nodes, refs } = boxNodes(1, 0, 0, 10, 10);
    const members: Member[] = [{ type: "way", ref: 8, role: "outer" }];
    const tags = { building: "yes" };
    const map = await readMap(
      xmlOf({
        nodes,
        ways: [{ id: 8, refs, tags }],
        relations: [{ id: 5, members, tags: { type: "multipolygon", ...tags } }],
      }),
    );
    expect(map.buildings.map(({ element }) => element)).toEqual(["relation/5"]);
    expect(codes(map)).toEqual(["OUTLINE_DOUBLED"]);
  });
});

test("osm-12: what lies below ground hides nothing, and is listed", async () => {
  const map = await readMap(boxes([0, 0, 90, 90, { building: "yes", layer: "-1" }], [0, 0, 9, 9, { building: "yes" }]));
  expect(map.buildings.map(({ element }) => element)).toEqual(["way/2"]);
  expect(codes(map)).toEqual(["BELOW_GROUND"]);
});

describe("cameras", () => {
  const camera = async (tags: Tags) => {
    const map = await readMap(xmlOf({ nodes: [{ id: 1, x: 5, y: 6, tags: { man_made: "surveillance", ...tags } }] }));
    return { camera: map.cameras[0]!, codes: codes(map) };
  };

  test("P5: what the mapper wrote is read", async () => {
    const { camera: seen, codes } = await camera({
      "camera:type": "dome",
      "camera:direction": "SW",
      "camera:angle": "15",
      "camera:mount": "pole",
      surveillance: "public",
      "surveillance:zone": "town",
      "surveillance:type": "camera",
      operator: "City",
      ref: "K12",
      height: "12'",
    });
    expect(seen).toMatchObject({
      device: "camera",
      kind: "dome",
      views: [{ kind: "towards", deg: 225 }],
      tiltDeg: 15,
      mount: "pole",
      surveillance: "public",
      zone: "town",
      operator: "City",
      ref: "K12",
      precise: true,
    });
    expect(seen.heightM).toBeCloseTo(3.66, 2);
    expect(codes).toEqual([]);
  });

  test("P6: what is unknown stays unknown", async () => {
    const { camera: seen } = await camera({});
    expect(seen).toMatchObject({ device: "unknown", kind: null, views: [], tiltDeg: null, heightM: null, mount: null });
  });

  test.each(["ALPR", "alpr", "ANPR"])(
    "a plate reader (%s) is another's device, never a camera to take over",
    async (type) => {
      expect((await camera({ "surveillance:type": type, "camera:type": "fixed" })).camera.device).toBe("plate-reader");
    },
  );

  test("osm-02: several directions are one camera with several views, said on import", async () => {
    const { camera: seen, codes } = await camera({ "camera:direction": "N;135; 225" });
    expect(seen.views).toHaveLength(3);
    expect(codes).toEqual(["CAMERA_SEVERAL_VIEWS"]);
  });

  test.each([
    [{ "camera:direction": "90" }, 90, []],
    [{ direction: "90" }, 90, []],
    [{ "camera:direction": "E", direction: "90" }, 90, []],
    [{ "camera:direction": "0", direction: "90" }, 0, ["CAMERA_DIRECTION_CONFLICT"]],
  ] as const)("osm-04: of %o, %d° counts", async (tags, deg, conflict) => {
    const { camera: seen, codes } = await camera(tags);
    expect(seen.views).toEqual([{ kind: "towards", deg }]);
    expect(codes).toEqual(conflict);
  });

  test("what cannot be read is listed", async () => {
    const { camera: seen, codes } = await camera({
      "camera:direction": "to the door",
      "camera:angle": "steep",
      height: "roof",
    });
    expect(seen).toMatchObject({ views: [], tiltDeg: null, heightM: null });
    expect(codes).toEqual(["CAMERA_DIRECTION_UNREADABLE", "CAMERA_VALUE_UNREADABLE", "CAMERA_VALUE_UNREADABLE"]);
  });

  test("osm-14: one drawn as an area stands at its centre, with the area it watches, flagged as imprecise", async () => {
    const tags = { man_made: "surveillance", "surveillance:type": "camera" };
    const { nodes, refs } = boxNodes(1, 0, 0, 20, 10);
    const members: Member[] = [{ type: "way", ref: 8, role: "outer" }];
    const asWay = await readMap(xmlOf({ nodes, ways: [{ id: 8, refs, tags }] }));
    const asRelation = await readMap(
      xmlOf({
        nodes,
        ways: [{ id: 8, refs }],
        relations: [{ id: 5, members, tags: { type: "multipolygon", ...tags } }],
      }),
    );
    for (const map of [asWay, asRelation]) {
      const [seen] = map.cameras;
      expect(seen).toMatchObject({ precise: false, device: "camera" });
      expect(seen!.at.x).toBeCloseTo(10, 0);
      expect(seen!.at.y).toBeCloseTo(5, 0);
      expect(areaM2(seen!.watched)).toBeCloseTo(200, 0);
      expect(codes(map)).toEqual(["CAMERA_IMPRECISE"]);
    }
  });
});

test("private spaces are derived from tags, and say so; a building of unknown use is only suspected", async () => {
  const map = await readMap(
    boxes(
      [0, 0, 10, 10, { building: "house" }],
      [20, 0, 30, 10, { building: "yes" }],
      [40, 0, 50, 10, { building: "yes", shop: "bakery" }],
      [60, 0, 90, 10, { leisure: "garden", access: "private" }],
      [60, 20, 90, 40, { leisure: "garden" }],
      [0, 20, 30, 40, { amenity: "school" }],
    ),
  );
  expect(map.privateSpaces.map(({ kind, basis, sure }) => [kind, basis, sure])).toEqual([
    ["home", "building=house", true],
    ["home", "building=yes", false],
    ["garden", "leisure=garden", true],
    ["school", "amenity=school", true],
  ]);
  expect(map.privateSpaces.every(({ derived }) => derived)).toBe(true);
});

test("public ground: streets by their width, squares as areas, no private drive, no tunnel", async () => {
  const ends = (id: number, y: number) => [
    { id, x: 0, y },
    { id: id + 1, x: 50, y },
  ];
  const street = (id: number, node: number, tags: Tags) => ({ id, refs: [node, node + 1], tags });
  const square = boxNodes(90, 0, 60, 30, 90);
  const map = await readMap(
    xmlOf({
      nodes: [...ends(1, 0), ...ends(3, 10), ...ends(5, 20), ...ends(7, 30), ...ends(9, 40), ...square.nodes],
      ways: [
        street(1, 1, { highway: "residential", width: "7.5" }),
        street(2, 3, { highway: "primary", lanes: "3" }),
        street(3, 5, { highway: "footway" }),
        street(4, 7, { highway: "service", access: "private" }),
        street(5, 9, { highway: "primary", tunnel: "yes" }),
        { id: 6, refs: square.refs, tags: { highway: "pedestrian", area: "yes", name: "Market" } },
      ],
    }),
  );
  const told = map.ground.map((g) => (g.kind === "strip" ? [g.use, g.width] : [g.use, g.name]));
  expect(told).toEqual([
    ["carriageway", { m: 7.5, from: "width" }],
    ["carriageway", { m: 9, from: "lanes" }],
    ["footway", { m: 2, from: "guessed" }],
    ["square", "Market"],
  ]);
});

test("metres are true to a centimetre over 10 km, and lead back to the same degrees", () => {
  const { toMetres, toDegrees } = projectionOf(MIDDLE);
  // 10 km along the equator-parallel circle of latitude 49°, from the ellipsoid's own radius: N·cos φ·Δλ.
  const n = 6_378_137 / Math.sqrt(1 - 0.00669437999014 * Math.sin((49 * Math.PI) / 180) ** 2);
  const degrees = (10_000 / (n * Math.cos((49 * Math.PI) / 180))) * (180 / Math.PI);
  const { x, y } = toMetres(MIDDLE.lon + degrees, MIDDLE.lat);
  expect(Math.hypot(x, y)).toBeGreaterThan(9_999.99);
  expect(Math.hypot(x, y)).toBeLessThan(10_000.01);
  const back = toDegrees(x, y);
  expect(Math.abs(back.lon - MIDDLE.lon - degrees)).toBeLessThan(1e-10);
  expect(Math.abs(back.lat - MIDDLE.lat)).toBeLessThan(1e-10);
});

test("the model is plain data, fit for a worker", async () => {
  const map = await readMap(boxes([0, 0, 9, 9, { building: "yes" }]));
  expect(structuredClone(map)).toEqual(map);
  expect(map.bounds).toEqual(BOUNDS);
});

const EXTRACTS = fileURLToPath(new URL("../../../../../shared/data/osm", import.meta.url));
const kirchfeld = `${EXTRACTS}/karlsruhe-kirchfeld.osm.pbf`;
const there = existsSync(kirchfeld);
const skipped = there ? "" : ` [skipped: ../shared/data is not here]`;

test.skipIf(!there)(`a real suburb: each building that its file holds whole stands on the map${skipped}`, async () => {
  const map = await readMap(new Uint8Array(readFileSync(kirchfeld)));
  expect(new Set(map.buildings.map(({ element }) => element)).size).toBeGreaterThan(2_900);
  expect(map.posts.filter(({ kind }) => kind === "lamp")).toHaveLength(94);
});

test.skipIf(!there)(
  `a real square: its 39 mapped cameras are all there, one of them a speed camera${skipped}`,
  async () => {
    const map = await readMap(new Uint8Array(readFileSync(`${EXTRACTS}/luisenplatz-darmstadt.osm.pbf`)));
    expect(map.cameras.filter(({ precise, device }) => precise && device === "camera")).toHaveLength(38);
    expect(map.cameras.filter(({ device }) => device === "speed-camera")).toHaveLength(1);
    expect(map.cameras.filter(({ views }) => views.length > 0).length).toBeGreaterThan(20);
    expect(map.edgeUncertain).toBe(true);
  },
);
