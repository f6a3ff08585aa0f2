import { PbfReader } from "pbf";
import type { Member, MemberType, OsmSink, Tags } from "./osm.ts";
import { osmError } from "./osm-error.ts";

/** What a block of data says before its groups. */
interface Block {
  readonly strings: Strings;
  granularity: number;
  lonOffset: number;
  latOffset: number;
}

/** Nanodegrees to degrees, without the noise of a factor: divided, 100 × 84123456 is the double nearest to 8.4123456. */
const NANO = 1e9;
const MEMBER_TYPES: readonly MemberType[] = ["node", "way", "relation"];

/** A block of `OSMData`, element by element into `sink`. */
export function readPrimitives(bytes: Uint8Array, sink: OsmSink): void {
  const block: Block = { strings: new Strings(), granularity: 100, lonOffset: 0, latOffset: 0 };
  const groups: Uint8Array[] = [];
  // Granularity and offsets may follow the groups, so the groups wait.
  new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field === 1) into.strings.read(pbf.readBytes());
    else if (field === 2) groups.push(pbf.readBytes());
    else if (field === 17) into.granularity = pbf.readVarint();
    else if (field === 19) into.latOffset = pbf.readVarint(true);
    else if (field === 20) into.lonOffset = pbf.readVarint(true);
  }, block);
  for (const group of groups)
    new PbfReader(group).readFields((field, _, pbf) => {
      if (field === 1) readNode(pbf.readBytes(), block, sink);
      else if (field === 2) readDense(pbf.readBytes(), block, sink);
      else if (field === 3) readWay(pbf.readBytes(), block, sink);
      else if (field === 4) readRelation(pbf.readBytes(), block, sink);
    }, null);
}

const degrees = (value: number, block: Block, offset: number): number => (offset + block.granularity * value) / NANO;

function readDense(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  let ids: number[] = [];
  let lats: number[] = [];
  let lons: number[] = [];
  let keysValues: number[] = [];
  new PbfReader(bytes).readFields((field, _, pbf) => {
    if (field === 1) ids = pbf.readPackedSVarint(ids);
    else if (field === 8) lats = pbf.readPackedSVarint(lats);
    else if (field === 9) lons = pbf.readPackedSVarint(lons);
    else if (field === 10) keysValues = pbf.readPackedVarint(keysValues);
  }, null);
  if (lats.length !== ids.length || lons.length !== ids.length)
    throw osmError(
      "OSM_INVALID",
      `${ids.length} dense nodes have ${lats.length} latitudes and ${lons.length} longitudes.`,
    );
  let [id, lat, lon, at] = [0, 0, 0, 0];
  for (let i = 0; i < ids.length; i++) {
    id += ids[i]!;
    lat += lats[i]!;
    lon += lons[i]!;
    let tags: Record<string, string> | null = null;
    // Key, value, key, value, 0: one list for all nodes of the group.
    while (at < keysValues.length && keysValues[at] !== 0) {
      tags ??= {};
      block.strings.tag(tags, keysValues[at]!, keysValues[at + 1] ?? -1);
      at += 2;
    }
    at++;
    sink.node(id, degrees(lon, block, block.lonOffset), degrees(lat, block, block.latOffset), tags);
  }
}

interface Element {
  id: number;
  keys: number[];
  values: number[];
}

function readNode(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const node = { id: 0, keys: [], values: [], lat: 0, lon: 0 } as Element & { lat: number; lon: number };
  new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field === 1) into.id = pbf.readSVarint();
    else if (field === 8) into.lat = pbf.readSVarint();
    else if (field === 9) into.lon = pbf.readSVarint();
    else readTags(field, into, pbf);
  }, node);
  const [lon, lat] = [degrees(node.lon, block, block.lonOffset), degrees(node.lat, block, block.latOffset)];
  sink.node(node.id, lon, lat, tagsOf(node, block));
}

function readWay(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const way = { id: 0, keys: [], values: [], refs: [] } as Element & { refs: number[] };
  new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field === 1) into.id = pbf.readVarint(true);
    else if (field === 8) into.refs = pbf.readPackedSVarint(into.refs);
    else readTags(field, into, pbf);
  }, way);
  sink.way(way.id, summed(way.refs), tagsOf(way, block));
}

function readRelation(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const relation = { id: 0, keys: [], values: [], roles: [], refs: [], types: [] } as Element &
    Record<"roles" | "refs" | "types", number[]>;
  new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field === 1) into.id = pbf.readVarint(true);
    else if (field === 8) into.roles = pbf.readPackedVarint(into.roles);
    else if (field === 9) into.refs = pbf.readPackedSVarint(into.refs);
    else if (field === 10) into.types = pbf.readPackedVarint(into.types);
    else readTags(field, into, pbf);
  }, relation);
  const { refs, roles, types } = relation;
  if (roles.length !== refs.length || types.length !== refs.length)
    throw osmError("OSM_INVALID", `Relation ${relation.id} names ${refs.length} members with ${roles.length} roles.`);
  const members: Member[] = summed(refs).map((ref, i) => {
    const type = MEMBER_TYPES[types[i]!];
    if (!type) throw osmError("OSM_INVALID", `Relation ${relation.id} has a member of unknown type ${types[i]}.`);
    return { type, ref, role: block.strings.at(roles[i]!) };
  });
  sink.relation(relation.id, members, tagsOf(relation, block));
}

function readTags(field: number, into: Element, pbf: PbfReader): void {
  if (field === 2) into.keys = pbf.readPackedVarint(into.keys);
  else if (field === 3) into.values = pbf.readPackedVarint(into.values);
}

function tagsOf(element: Element, block: Block): Tags | null {
  if (element.keys.length !== element.values.length)
    throw osmError(
      "OSM_INVALID",
      `Element ${element.id} has ${element.keys.length} keys and ${element.values.length} values.`,
    );
  if (element.keys.length === 0) return null;
  const tags: Record<string, string> = {};
  element.keys.forEach((key, i) => {
    block.strings.tag(tags, key, element.values[i]!);
  });
  return tags;
}

/** Ids are stored as differences. */
function summed(differences: number[]): number[] {
  for (let i = 1; i < differences.length; i++) differences[i]! += differences[i - 1]!;
  return differences;
}

/** A block's strings, decoded when first asked for: most are never needed. */
class Strings {
  readonly #bytes: Uint8Array[] = [];
  readonly #texts: (string | undefined)[] = [];

  read(table: Uint8Array): void {
    new PbfReader(table).readFields((field, into, pbf) => {
      if (field === 1) into.push(pbf.readBytes());
    }, this.#bytes);
  }

  at(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const bytes = this.#bytes[index];
    if (!bytes) throw osmError("OSM_INVALID", `String ${index} of ${this.#bytes.length} is named.`);
    const text = decoder.decode(bytes);
    this.#texts[index] = text;
    return text;
  }

  tag(into: Record<string, string>, key: number, value: number): void {
    const name = this.at(key);
    // A key of this name would set the object's prototype, not an entry.
    if (name !== "__proto__") into[name] = this.at(value);
  }
}

const decoder = new TextDecoder();
