import { readFileSync } from "node:fs";
import { type Bounds, type Member, OSM_LIMITS, type OsmSink, type Tags } from "@overt/plan";
import { OsmStore } from "@overt/plan/map/osm-store";
import { readOsm } from "@overt/plan/map/read-osm";

/** More than any id of OpenStreetMap: each tile has ids of its own. */
const IDS_APART = 1e11;

/** One extract laid side by side, ids and all, as if its file were that large. */
export async function tiledStore(
  path: string,
  columns: number,
  rows: number,
): Promise<{ store: OsmStore; bounds: Bounds }> {
  const tile = new Tile();
  await readOsm(new Uint8Array(readFileSync(path)), tile);
  const { west, south, east, north } = tile.box!;
  const [width, height] = [east - west, north - south];
  const store = new OsmStore(OSM_LIMITS);
  for (let t = 0; t < columns * rows; t++)
    tile.replay(store, t * IDS_APART, (t % columns) * width, Math.floor(t / columns) * height);
  return { store, bounds: { west, south, east: west + columns * width, north: south + rows * height } };
}

class Tile implements OsmSink {
  box: Bounds | null = null;
  readonly #nodes: [number, number, number, Tags | null][] = [];
  readonly #ways: [number, readonly number[], Tags | null][] = [];
  readonly #relations: [number, readonly Member[], Tags | null][] = [];

  node(...node: [number, number, number, Tags | null]): void {
    this.#nodes.push(node);
  }

  way(...way: [number, readonly number[], Tags | null]): void {
    this.#ways.push(way);
  }

  relation(...relation: [number, readonly Member[], Tags | null]): void {
    this.#relations.push(relation);
  }

  bounds(bounds: Bounds): void {
    this.box = bounds;
  }

  replay(to: OsmSink, ids: number, lonBy: number, latBy: number): void {
    for (const [id, lon, lat, tags] of this.#nodes) to.node(id + ids, lon + lonBy, lat + latBy, tags);
    for (const [id, refs, tags] of this.#ways)
      to.way(
        id + ids,
        refs.map((ref) => ref + ids),
        tags,
      );
    for (const [id, members, tags] of this.#relations)
      to.relation(
        id + ids,
        members.map((member) => ({ ...member, ref: member.ref + ids })),
        tags,
      );
  }
}
