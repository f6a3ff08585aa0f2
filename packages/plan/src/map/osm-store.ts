import type { Bounds, Member, OsmLimits, OsmSink, Tags } from "./osm.ts";
import { osmError } from "./osm-error.ts";
import { CUT_SMALLER } from "./pbf-blobs.ts";

export interface Way {
  readonly id: number;
  readonly tags: Tags | null;
  /** `[from, to)` in the store's refs. */
  readonly from: number;
  readonly to: number;
}

export interface Relation {
  readonly id: number;
  readonly tags: Tags;
  readonly members: readonly Member[];
}

export interface TaggedNode {
  readonly id: number;
  readonly lon: number;
  readonly lat: number;
  readonly tags: Tags;
}

/** OpenStreetMap keeps seven decimals of a degree (1.1 cm): half the room of doubles, and nothing lost. */
const PER_DEGREE = 1e7;

/** All of one file, packed: about 16 bytes for a node, 8 for each time that a way names one. */
export class OsmStore implements OsmSink {
  readonly ways: Way[] = [];
  readonly relations: Relation[] = [];
  readonly tagged: TaggedNode[] = [];
  fileBounds: Bounds | null = null;
  nodeCount = 0;
  #ids = new Float64Array(1 << 16);
  #lonLat = new Int32Array(1 << 17);
  #sorted = true;
  #refs = new Float64Array(1 << 16);
  #refCount = 0;
  readonly #limits: OsmLimits;
  readonly #wayById = new Map<number, Way>();

  constructor(limits: OsmLimits) {
    this.#limits = limits;
  }

  node(id: number, lon: number, lat: number, tags: Tags | null): void {
    // Also refuses NaN. A node off the globe is damage, not geography.
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90))
      throw osmError("OSM_INVALID", `Node ${id} lies at longitude ${lon}, latitude ${lat}.`);
    const n = this.nodeCount++;
    this.#within(this.nodeCount, this.#limits.nodes, "nodes");
    if (n === this.#ids.length) {
      this.#ids = grown(this.#ids, Float64Array);
      this.#lonLat = grown(this.#lonLat, Int32Array);
    }
    if (n > 0 && id <= this.#ids[n - 1]!) this.#sorted = false;
    this.#ids[n] = id;
    this.#lonLat[2 * n] = Math.round(lon * PER_DEGREE);
    this.#lonLat[2 * n + 1] = Math.round(lat * PER_DEGREE);
    if (tags) this.tagged.push({ id, lon, lat, tags });
  }

  way(id: number, refs: readonly number[], tags: Tags | null): void {
    this.#within(this.ways.length + 1, this.#limits.ways, "ways");
    this.#within(this.#refCount + refs.length, this.#limits.refs, "nodes of ways");
    const from = this.#refCount;
    while (from + refs.length > this.#refs.length) this.#refs = grown(this.#refs, Float64Array);
    this.#refs.set(refs, from);
    this.#refCount += refs.length;
    const way: Way = { id, tags, from, to: this.#refCount };
    this.ways.push(way);
    this.#wayById.set(id, way);
  }

  relation(id: number, members: readonly Member[], tags: Tags | null): void {
    this.#within(this.relations.length + 1, this.#limits.relations, "relations");
    if (tags) this.relations.push({ id, members, tags });
  }

  bounds(bounds: Bounds): void {
    this.fileBounds = bounds;
  }

  /** The box of all nodes, for files that do not say what they cover. */
  extent(): Bounds | null {
    if (this.nodeCount === 0) return null;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let n = 0; n < this.nodeCount; n++) {
      const [lon, lat] = [this.#lonLat[2 * n]! / PER_DEGREE, this.#lonLat[2 * n + 1]! / PER_DEGREE];
      [west, south, east, north] = [
        Math.min(west, lon),
        Math.min(south, lat),
        Math.max(east, lon),
        Math.max(north, lat),
      ];
    }
    return { west, south, east, north };
  }

  wayOf(id: number): Way | undefined {
    return this.#wayById.get(id);
  }

  refsOf(way: Way): Float64Array {
    return this.#refs.subarray(way.from, way.to);
  }

  /** The node's place in degrees; false when the file does not hold it. */
  place(id: number, into: { lon: number; lat: number }): boolean {
    if (!this.#sorted) this.#sort();
    let [low, high] = [0, this.nodeCount - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#ids[middle]!;
      if (found < id) low = middle + 1;
      else if (found > id) high = middle - 1;
      else {
        into.lon = this.#lonLat[2 * middle]! / PER_DEGREE;
        into.lat = this.#lonLat[2 * middle + 1]! / PER_DEGREE;
        return true;
      }
    }
    return false;
  }

  #sort(): void {
    const order = new Uint32Array(this.nodeCount).map((_, i) => i);
    const [ids, lonLat] = [this.#ids, this.#lonLat];
    order.sort((a, b) => ids[a]! - ids[b]! || a - b);
    this.#ids = Float64Array.from(order, (n) => ids[n]!);
    this.#lonLat = new Int32Array(2 * order.length);
    order.forEach((n, i) => {
      this.#lonLat[2 * i] = lonLat[2 * n]!;
      this.#lonLat[2 * i + 1] = lonLat[2 * n + 1]!;
    });
    this.#sorted = true;
  }

  #within(count: number, most: number, what: string): void {
    if (count > most) throw osmError("OSM_TOO_LARGE", `The map file has more than ${most} ${what}.`, CUT_SMALLER);
  }
}

function grown<T extends Float64Array | Int32Array>(old: T, make: new (length: number) => T): T {
  const more = new make(old.length * 2);
  more.set(old);
  return more;
}
