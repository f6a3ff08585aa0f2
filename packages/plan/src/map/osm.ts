/** OpenStreetMap's own words: what a file holds, before anyone says what it means. */

export type Tags = Readonly<Record<string, string>>;
export type MemberType = "node" | "way" | "relation";

export interface Member {
  readonly type: MemberType;
  readonly ref: number;
  readonly role: string;
}

export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Takes elements as a reader meets them; no order is assumed (osm-13). `tags` is null where there are none. */
export interface OsmSink {
  /** Degrees, WGS84. */
  node(id: number, lon: number, lat: number, tags: Tags | null): void;
  way(id: number, refs: readonly number[], tags: Tags | null): void;
  relation(id: number, members: readonly Member[], tags: Tags | null): void;
  /** What the file says that it covers. Ways may run beyond it. */
  bounds(bounds: Bounds): void;
}

/** What one file may cost: a hostile one must not take the machine with it. */
export interface OsmLimits {
  /** Bytes read, packed as they come. */
  readonly fileBytes: number;
  readonly nodes: number;
  readonly ways: number;
  readonly relations: number;
  /** Nodes of all ways, one counted as often as it is named. */
  readonly refs: number;
}

/** Ten cities of 100,000 buildings. */
export const OSM_LIMITS: OsmLimits = {
  fileBytes: 512 * 2 ** 20,
  nodes: 20_000_000,
  ways: 4_000_000,
  relations: 400_000,
  refs: 40_000_000,
};
