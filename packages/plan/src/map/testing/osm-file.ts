import { PbfWriter } from "pbf";
import type { Member, Tags } from "../osm.ts";

/** OpenStreetMap files as a test needs them, in both formats. Places are metres about a middle, to draw with. */
export interface OsmFile {
  readonly nodes?: readonly { readonly id: number; readonly x: number; readonly y: number; readonly tags?: Tags }[];
  readonly ways?: readonly { readonly id: number; readonly refs: readonly number[]; readonly tags?: Tags }[];
  readonly relations?: readonly { readonly id: number; readonly members: readonly Member[]; readonly tags: Tags }[];
}

export const MIDDLE = { lon: 8.4, lat: 49 };
const LAT_M = 111_206;
const LON_M = 73_170;

/** About 500 m each way. */
export const BOUNDS = { west: 8.393, south: 48.9955, east: 8.407, north: 49.0045 };

const lonOf = (x: number): number => MIDDLE.lon + x / LON_M;
const latOf = (y: number): number => MIDDLE.lat + y / LAT_M;

/** Corners of a box, counter-clockwise, with ids from `first` on. */
export function boxNodes(first: number, minX: number, minY: number, maxX: number, maxY: number) {
  const corners = [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
  ] as const;
  const nodes = corners.map(([x, y], i) => ({ id: first + i, x, y }));
  return { nodes, refs: [first, first + 1, first + 2, first + 3, first] };
}

export function xmlOf({ nodes = [], ways = [], relations = [] }: OsmFile, first: "nodes" | "ways" = "nodes"): string {
  const tags = (of: Tags = {}) =>
    Object.entries(of)
      .map(([k, v]) => `<tag k="${escaped(k)}" v="${escaped(v)}"/>`)
      .join("");
  const nodeTexts = nodes.map(
    ({ id, x, y, tags: of }) =>
      `<node id="${id}" lon="${lonOf(x).toFixed(7)}" lat="${latOf(y).toFixed(7)}">${tags(of)}</node>`,
  );
  const wayTexts = [
    ...ways.map(
      ({ id, refs, tags: of }) =>
        `<way id="${id}">${refs.map((ref) => `<nd ref="${ref}"/>`).join("")}${tags(of)}</way>`,
    ),
    ...relations.map(
      ({ id, members, tags: of }) =>
        `<relation id="${id}">${members.map(({ type, ref, role }) => `<member type="${type}" ref="${ref}" role="${role}"/>`).join("")}${tags(of)}</relation>`,
    ),
  ];
  const all = first === "nodes" ? [...nodeTexts, ...wayTexts] : [...wayTexts, ...nodeTexts];
  const { west, south, east, north } = BOUNDS;
  const bounds = `<bounds minlat="${south}" minlon="${west}" maxlat="${north}" maxlon="${east}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">${bounds}${all.join("\n")}</osm>\n`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

export interface PbfOptions {
  readonly dense?: boolean;
  /** Field of the packing in a Blob: 1 raw, 3 zlib; 4 to 7 are what readers refuse. */
  readonly packing?: 1 | 3 | 4 | 5 | 6 | 7;
  readonly first?: "nodes" | "ways";
  readonly features?: readonly string[];
  readonly granularity?: number;
}

export async function pbfOf(file: OsmFile, options: PbfOptions = {}): Promise<Uint8Array> {
  const { features = ["OsmSchema-V0.6", "DenseNodes"], packing = 3, first = "nodes" } = options;
  const header = new PbfWriter();
  const { west, south, east, north } = BOUNDS;
  header.writeMessage(
    1,
    (_: null, pbf) => {
      [west, east, north, south].forEach((side, i) => {
        pbf.writeSVarintField(i + 1, Math.round(side * 1e9));
      });
    },
    null,
  );
  for (const feature of features) header.writeStringField(4, feature);
  const nodes = file.nodes?.length ? [dataBlock({ nodes: file.nodes }, options)] : [];
  const lines = file.ways?.length || file.relations?.length ? [dataBlock({ ...file, nodes: [] }, options)] : [];
  const blocks = first === "nodes" ? [...nodes, ...lines] : [...lines, ...nodes];
  const blobs = [await blob("OSMHeader", header.finish(), packing)];
  for (const block of blocks) blobs.push(await blob("OSMData", block, packing));
  return new Uint8Array(await new Response(new Blob(blobs as BlobPart[])).arrayBuffer());
}

function dataBlock(file: OsmFile, { dense = true, granularity = 100 }: PbfOptions): Uint8Array {
  const strings = [""];
  const string = (text: string): number => {
    const known = strings.indexOf(text);
    return known > 0 || text === "" ? known : strings.push(text) - 1;
  };
  const units = (degrees: number): number => Math.round((degrees * 1e9) / granularity);
  const group = new PbfWriter();
  const { nodes = [], ways = [], relations = [] } = file;
  const tagFields = (pbf: PbfWriter, tags: Tags = {}): void => {
    pbf.writePackedVarint(2, Object.keys(tags).map(string));
    pbf.writePackedVarint(3, Object.values(tags).map(string));
  };
  if (dense && nodes.length > 0)
    group.writeMessage(
      2,
      (_: null, pbf) => {
        pbf.writePackedSVarint(1, differences(nodes.map(({ id }) => id)));
        pbf.writePackedSVarint(8, differences(nodes.map(({ y }) => units(latOf(y)))));
        pbf.writePackedSVarint(9, differences(nodes.map(({ x }) => units(lonOf(x)))));
        pbf.writePackedVarint(
          10,
          nodes.flatMap(({ tags = {} }) => [...Object.entries(tags).flatMap(([k, v]) => [string(k), string(v)]), 0]),
        );
      },
      null,
    );
  else
    for (const { id, x, y, tags } of nodes)
      group.writeMessage(
        1,
        (_: null, pbf) => {
          pbf.writeSVarintField(1, id);
          tagFields(pbf, tags);
          pbf.writeSVarintField(8, units(latOf(y)));
          pbf.writeSVarintField(9, units(lonOf(x)));
        },
        null,
      );
  for (const { id, refs, tags } of ways)
    group.writeMessage(
      3,
      (_: null, pbf) => {
        pbf.writeVarintField(1, id);
        tagFields(pbf, tags);
        pbf.writePackedSVarint(8, differences(refs));
      },
      null,
    );
  for (const { id, members, tags } of relations)
    group.writeMessage(
      4,
      (_: null, pbf) => {
        pbf.writeVarintField(1, id);
        tagFields(pbf, tags);
        pbf.writePackedVarint(
          8,
          members.map(({ role }) => string(role)),
        );
        pbf.writePackedSVarint(9, differences(members.map(({ ref }) => ref)));
        pbf.writePackedVarint(
          10,
          members.map(({ type }) => ["node", "way", "relation"].indexOf(type)),
        );
      },
      null,
    );
  const block = new PbfWriter();
  // Granularity and strings after the group that needs them: a writer may.
  block.writeBytesField(2, group.finish());
  block.writeVarintField(17, granularity);
  block.writeMessage(
    1,
    (_: null, pbf) => {
      for (const text of strings) pbf.writeBytesField(1, new TextEncoder().encode(text));
    },
    null,
  );
  return block.finish();
}

async function blob(type: string, content: Uint8Array, packing: number): Promise<Uint8Array> {
  const body = new PbfWriter();
  if (packing === 3) {
    const stream = new Blob([content as BlobPart]).stream().pipeThrough(new CompressionStream("deflate"));
    body.writeVarintField(2, content.length);
    body.writeBytesField(3, new Uint8Array(await new Response(stream).arrayBuffer()));
  } else body.writeBytesField(packing, content);
  const bytes = body.finish();
  const header = new PbfWriter();
  header.writeStringField(1, type);
  header.writeVarintField(3, bytes.length);
  const head = header.finish();
  const out = new Uint8Array(4 + head.length + bytes.length);
  new DataView(out.buffer).setUint32(0, head.length);
  out.set(head, 4);
  out.set(bytes, 4 + head.length);
  return out;
}

const differences = (values: readonly number[]): number[] => values.map((value, i) => value - (values[i - 1] ?? 0));
