import type { Finding, FindingCode } from "./finding.ts";
import type { Projection } from "./frame.ts";
import type { Tags } from "./osm.ts";
import type { OsmStore, Relation, Way } from "./osm-store.ts";
import type { Box, Point, Ring, Shape } from "./shape.ts";

/** A way's nodes in metres; runs where the file lacks some between them. */
export interface Line {
  readonly id: number;
  readonly tags: Tags;
  readonly whole: boolean;
  readonly closed: boolean;
  /** Of a closed line, the first corner is not repeated. */
  readonly runs: readonly Ring[];
  /** Ids of the nodes at its ends, to join it to others. */
  readonly first: number;
  readonly last: number;
}

const SAID_ONCE: ReadonlySet<FindingCode> = new Set([
  "CUT_BY_EXTRACT",
  "RING_CROSSED",
  "RING_DEGENERATE",
  "ROLES_REPAIRED",
]);

/** Turns stored elements into metres, and keeps what must be told about them. */
export class Drawing {
  readonly findings: Finding[] = [];
  /** Areas drawn so far, by element: a school is building and private space at once. */
  readonly areas = new Map<string, readonly Shape[]>();
  edgeUncertain = false;
  readonly store: OsmStore;
  readonly projection: Projection;
  /** What is drawn. */
  readonly box: Box;
  /** Where obstacles count. */
  readonly reach: Box;
  readonly #place = { lon: 0, lat: 0 };

  constructor(store: OsmStore, projection: Projection, box: Box, reach: Box) {
    this.store = store;
    this.projection = projection;
    this.box = box;
    this.reach = reach;
  }

  /**
   * Degrees to whole millimetres: the sines of two browsers differ in their last digit, and the same file is to give the
   * same corners in each. OpenStreetMap's own grid is 11 mm.
   */
  metres(lon: number, lat: number): Point {
    const { x, y } = this.projection.toMetres(lon, lat);
    return { x: Math.round(x * 1_000) / 1_000, y: Math.round(y * 1_000) / 1_000 };
  }

  find(code: FindingCode, element: string, detail: string, at: Point | null = null): void {
    this.findings.push({ code, element, detail, at });
  }

  /** Findings, each once. */
  told(): Finding[] {
    const seen = new Set<string>();
    return this.findings.filter(({ code, element, detail }) => {
      const key = `${code} ${element} ${SAID_ONCE.has(code) ? "" : detail}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  /** A file that ends within something: its surroundings are uncertain (osm-11). */
  cutOff(element: string, what: string, at: Point | null): void {
    this.edgeUncertain = true;
    this.find(
      "CUT_BY_EXTRACT",
      element,
      `The file lacks part of this ${what}: that was left out, not closed by force.`,
      at,
    );
  }

  line(way: Way): Line {
    const refs = this.store.refsOf(way);
    const [first, last] = [refs[0] ?? Number.NaN, refs[refs.length - 1] ?? Number.NaN];
    const closed = refs.length >= 4 && first === last;
    const runs: number[][] = [];
    let run: number[] = [];
    let whole = refs.length > 0;
    for (const ref of closed ? refs.subarray(0, -1) : refs) {
      if (this.store.place(ref, this.#place)) {
        const { x, y } = this.metres(this.#place.lon, this.#place.lat);
        run.push(x, y);
      } else {
        whole = false;
        if (run.length > 0) runs.push(run);
        run = [];
      }
    }
    if (run.length > 0) runs.push(run);
    return {
      id: way.id,
      tags: way.tags ?? {},
      whole,
      closed,
      runs: runs.map((r) => Float64Array.from(r)),
      first,
      last,
    };
  }

  node(id: number): Point | null {
    return this.store.place(id, this.#place) ? this.metres(this.#place.lon, this.#place.lat) : null;
  }
}

export const wayName = (way: { readonly id: number }): string => `way/${way.id}`;
export const relationName = (relation: Relation): string => `relation/${relation.id}`;

export const firstPoint = (line: Line): Point | null => {
  const run = line.runs[0];
  return run ? { x: run[0]!, y: run[1]! } : null;
};
