import { fc, test } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { describe, expect } from "vitest";
import type { Bounds, Member, Tags } from "./osm.ts";
import { OSM_LIMITS, type OsmSink } from "./osm.ts";
import { readOsm } from "./read-osm.ts";
import { boxNodes, pbfOf, xmlOf } from "./testing/osm-file.ts";

class Kept implements OsmSink {
  readonly nodes: [number, number, number, Tags | null][] = [];
  readonly ways: [number, readonly number[], Tags | null][] = [];
  readonly relations: [number, readonly Member[], Tags | null][] = [];
  box: Bounds | null = null;
  node(id: number, lon: number, lat: number, tags: Tags | null): void {
    this.nodes.push([id, Math.round(lon * 1e7), Math.round(lat * 1e7), tags]);
  }
  way(...way: [number, readonly number[], Tags | null]): void {
    this.ways.push(way);
  }
  relation(...relation: [number, readonly Member[], Tags | null]): void {
    this.relations.push(relation);
  }
  bounds(bounds: Bounds): void {
    this.box = bounds;
  }
}

async function kept(input: Parameters<typeof readOsm>[0]): Promise<Kept> {
  const sink = new Kept();
  await readOsm(input, sink);
  return sink;
}

const { nodes, refs } = boxNodes(4_000_000_001, -10, -10, 10, 12);
const HOUSE = {
  nodes: [...nodes, { id: 7, x: 3, y: 4, tags: { highway: "street_lamp", note: 'a "quoted" & <odd> one' } }],
  ways: [{ id: 21, refs, tags: { building: "yes" } }],
  relations: [
    { id: 31, members: [{ type: "way", ref: 21, role: "outer" }] satisfies Member[], tags: { type: "multipolygon" } },
  ],
};

const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => "read",
    (thrown) => (thrown instanceof OvertError ? thrown.code : `a bare ${thrown}`),
  );

describe("osm-13", () => {
  test("plain nodes, dense nodes and XML give the same elements", async () => {
    const xml = await kept(xmlOf(HOUSE));
    expect(xml.nodes).toHaveLength(5);
    expect(xml.nodes[4]?.[3]).toEqual({ highway: "street_lamp", note: 'a "quoted" & <odd> one' });
    for (const dense of [true, false]) {
      const pbf = await kept(await pbfOf(HOUSE, { dense }));
      expect({ ...pbf }).toEqual({ ...xml });
    }
  });

  test("a file of nodes only is read", async () => {
    expect((await kept(await pbfOf({ nodes: HOUSE.nodes }))).nodes).toHaveLength(5);
    expect((await kept(xmlOf({ nodes: HOUSE.nodes }))).nodes).toHaveLength(5);
  });

  test("ways may come before their nodes", async () => {
    for (const input of [await pbfOf(HOUSE, { first: "ways" }), xmlOf(HOUSE, "ways")]) {
      const { ways, nodes } = await kept(input);
      expect([ways.length, nodes.length]).toEqual([1, 5]);
    }
  });

  test.each([
    [4, "lzma"],
    [5, "bzip2"],
    [6, "lz4"],
    [7, "zstd"],
  ] as const)("packing %i is refused by its name, %s", async (packing, name) => {
    const reading = kept(await pbfOf(HOUSE, { packing }));
    await expect(reading).rejects.toMatchObject({
      code: "OSM_COMPRESSION_UNSUPPORTED",
      message: expect.stringContaining(name),
      hint: expect.stringContaining("pbf_compression=zlib"),
    });
  });

  test("unpacked blocks and another granularity are read", async () => {
    const coarse = await kept(await pbfOf(HOUSE, { packing: 1, granularity: 1_000 }));
    const fine = await kept(await pbfOf(HOUSE));
    for (const [i, [, lon]] of coarse.nodes.entries()) expect(Math.abs(lon - fine.nodes[i]![1])).toBeLessThanOrEqual(5);
  });
});

test("a file that needs more than this reader knows is refused", async () => {
  const features = ["OsmSchema-V0.6", "HistoricalInformation"];
  expect(await codeOf(kept(await pbfOf(HOUSE, { features })))).toBe("OSM_FEATURE_UNSUPPORTED");
});

test.each([
  ["nothing", new Uint8Array(0), "OSM_TRUNCATED"],
  ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), "OSM_COMPRESSION_UNSUPPORTED"],
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), "OSM_FORMAT_UNKNOWN"],
  ["a web page", "<html><body>Too many requests</body></html>", "OSM_FORMAT_UNKNOWN"],
  ["XML that is not well-formed", "<osm><node></osm>", "OSM_INVALID"],
  ["XML that breaks off", '<osm><node id="1" lat="1" lon="1"/>', "OSM_TRUNCATED"],
  ["a node without a place", '<osm><node id="1" lat="x" lon="1"/></osm>', "OSM_INVALID"],
])("%s gives a code", async (_, input, code) => {
  expect(await codeOf(kept(input))).toBe(code);
});

test("a file over the limit is refused before it is read on", async () => {
  const bytes = await pbfOf(HOUSE);
  const reading = readOsm(bytes, new Kept(), { ...OSM_LIMITS, fileBytes: bytes.length - 1 });
  expect(await codeOf(reading)).toBe("OSM_TOO_LARGE");
});

test("a block that unpacks to more than 32 MiB is refused", async () => {
  const long = { note: "0".repeat(33 * 2 ** 20) };
  expect(await codeOf(kept(await pbfOf({ nodes: [{ id: 1, x: 0, y: 0, tags: long }] })))).toBe("OSM_INVALID");
});

test.prop([fc.nat(), fc.array(fc.nat({ max: 40 }), { maxLength: 60 })], { numRuns: 60 })(
  "where chunks end makes no difference",
  async (seed, sizes) => {
    for (const bytes of [await pbfOf(HOUSE), new TextEncoder().encode(xmlOf(HOUSE))]) {
      const chunks = async function* () {
        let at = 0;
        for (let i = 0; at < bytes.length; i++) {
          const size = sizes.length ? sizes[(i + seed) % sizes.length]! + (i % 7 === 0 ? 1 : 0) : bytes.length;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      };
      expect({ ...(await kept(chunks())) }).toEqual({ ...(await kept(bytes)) });
    }
  },
);

const damage = fc.record({
  flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
  end: fc.option(fc.nat()),
});

test.prop([damage, fc.constantFrom(1 as const, 3 as const), fc.boolean()], { numRuns: 400 })(
  "a damaged file is read or refused with a code, never worse",
  async ({ flips, end }, packing, dense) => {
    const whole = await pbfOf(HOUSE, { packing, dense });
    const bytes = whole.slice(0, end === null ? whole.length : end % whole.length);
    for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] = value;
    expect(await codeOf(kept(bytes))).toMatch(/^(read|OSM_[A-Z]+(_[A-Z]+)?)$/);
  },
);

test.prop([damage], { numRuns: 200 })("damaged XML is read or refused with a code", async ({ flips, end }) => {
  const whole = new TextEncoder().encode(xmlOf(HOUSE));
  const bytes = whole.slice(0, end === null ? whole.length : end % whole.length);
  for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] = value;
  expect(await codeOf(kept(bytes))).toMatch(/^(read|OSM_[A-Z]+(_[A-Z]+)?)$/);
});
