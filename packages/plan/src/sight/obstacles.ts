import Flatbush from "flatbush";
import type { MapModel } from "../map/model.ts";
import type { Point, Ring, Shape } from "../map/shape.ts";

/** What a body does to sight. */
export const SOLID = 0;
/** A wall or fence: no thickness, both sides alike. */
export const SHEET = 1;
/** Hangs over open ground: a canopy, a bridge between houses. */
export const HANGING = 2;
/** Hangs too, and gives way to a mount within it: whoever hangs a camera there prunes. */
export const TREE = 3;

/** One thing that hides what is behind it, from `minM` to `topM` above ground. */
export interface Body {
  readonly element: string;
  readonly kind: typeof SOLID | typeof SHEET | typeof HANGING | typeof TREE;
  /** Closed rings, what they enclose to their left; of a sheet, its line. */
  readonly rings: readonly Ring[];
  readonly topM: number;
  readonly minM: number;
}

/** Bodies packed for reckoning: plain arrays, to share with workers. Edge `e` runs from `xy[4e], xy[4e + 1]` to `xy[4e + 2], xy[4e + 3]`. */
export interface Obstacles {
  readonly xy: Float64Array;
  readonly bodyOf: Uint32Array;
  /** Edges of body `b`: `[first[b], first[b + 1])`. */
  readonly first: Uint32Array;
  readonly kind: Uint8Array;
  readonly topM: Float64Array;
  readonly minM: Float64Array;
  readonly elements: readonly string[];
  /** Runs of edges of one body, the unit of the index: `[runs[r], runs[r + 1])`. */
  readonly runs: Uint32Array;
  /** A flatbush over the runs' boxes; null where nothing stands. */
  readonly index: ArrayBufferLike | null;
  /** Boxes of bodies, `minX, minY, maxX, maxY`, and a flatbush over them. */
  readonly boxes: Float64Array;
  readonly bodyIndex: ArrayBufferLike | null;
}

/** Edges in a run: few enough that a long wall's box stays small. */
const RUN = 16;

export interface ObstacleOptions {
  /** Whether leaves hide what is behind them. */
  readonly trees?: boolean;
  /** How opaque a barrier must be to count, 0 to 1. */
  readonly opacity?: number;
}

export function obstaclesOf(map: MapModel, options: ObstacleOptions = {}): Obstacles {
  return packed(bodiesOf(map, options));
}

/** What hides something on this map. */
export function bodiesOf(map: MapModel, { trees = true, opacity = 0.5 }: ObstacleOptions = {}): Body[] {
  const buildings = map.buildings.map(
    ({ element, shape, height, min }): Body => ({
      element,
      kind: min.m > 0 ? HANGING : SOLID,
      rings: ringsOf(shape),
      topM: height.m,
      minM: min.m,
    }),
  );
  const barriers = map.barriers
    .filter((barrier) => barrier.opacity.share >= opacity)
    .map(({ element, line, closed, height }): Body => {
      const ring = closed ? Float64Array.of(...line, line[0]!, line[1]!) : line;
      return { element, kind: SHEET, rings: [ring], topM: height.m, minM: 0 };
    });
  const crowns = (trees ? map.trees : []).map(
    ({ element, at, height, crown }): Body => ({
      element,
      kind: TREE,
      rings: [roundAbout(at, crown.m / 2)],
      topM: height.m,
      minM: Math.min(TRUNK_M, height.m / 2),
    }),
  );
  return [...buildings, ...barriers, ...crowns];
}

/** How high people clear a street tree's trunk. */
const TRUNK_M = 2.5;
const CROWN_CORNERS = 8;

const ringsOf = ({ outer, holes }: Shape): Ring[] => [outer, ...holes];

function roundAbout({ x, y }: Point, radius: number): Ring {
  const ring = new Float64Array(2 * CROWN_CORNERS);
  for (let i = 0; i < CROWN_CORNERS; i++) {
    const angle = ((i + 0.5) / CROWN_CORNERS) * 2 * Math.PI;
    ring[2 * i] = x + radius * Math.cos(angle);
    ring[2 * i + 1] = y + radius * Math.sin(angle);
  }
  return ring;
}

export function packed(bodies: readonly Body[]): Obstacles {
  const count = bodies.reduce((sum, body) => sum + edgeCount(body), 0);
  const xy = new Float64Array(4 * count);
  const bodyOf = new Uint32Array(count);
  const first = new Uint32Array(bodies.length + 1);
  let e = 0;
  bodies.forEach((body, b) => {
    first[b] = e;
    const closed = body.kind !== SHEET;
    for (const ring of body.rings) {
      const n = ring.length;
      for (let i = 0; i + (closed ? 0 : 2) < n; i += 2, e++) {
        const j = (i + 2) % n;
        xy[4 * e] = ring[i]!;
        xy[4 * e + 1] = ring[i + 1]!;
        xy[4 * e + 2] = ring[j]!;
        xy[4 * e + 3] = ring[j + 1]!;
        bodyOf[e] = b;
      }
    }
  });
  first[bodies.length] = e;
  return {
    xy,
    bodyOf,
    first,
    kind: Uint8Array.from(bodies, ({ kind }) => kind),
    topM: Float64Array.from(bodies, ({ topM }) => topM),
    minM: Float64Array.from(bodies, ({ minM }) => minM),
    elements: bodies.map(({ element }) => element),
    ...indexed(xy, first),
  };
}

function edgeCount({ kind, rings }: Body): number {
  return rings.reduce((sum, ring) => sum + ring.length / 2 - (kind === SHEET ? 1 : 0), 0);
}

function indexed(xy: Float64Array, first: Uint32Array): Pick<Obstacles, "runs" | "index" | "boxes" | "bodyIndex"> {
  const starts: number[] = [];
  for (let b = 0; b + 1 < first.length; b++) for (let e = first[b]!; e < first[b + 1]!; e += RUN) starts.push(e);
  starts.push(first[first.length - 1]!);
  const runs = Uint32Array.from(starts);
  const boxes = boxesOf(xy, first);
  return { runs, index: indexOf(boxesOf(xy, runs)), boxes, bodyIndex: indexOf(boxes) };
}

/** Boxes of stretches of edges, each from one start to the next. */
function boxesOf(xy: Float64Array, starts: Uint32Array): Float64Array {
  const boxes = new Float64Array(4 * (starts.length - 1));
  for (let s = 0; s + 1 < starts.length; s++) {
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = 4 * starts[s]!; k < 4 * starts[s + 1]!; k += 2) {
      const [x, y] = [xy[k]!, xy[k + 1]!];
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    boxes[4 * s] = minX;
    boxes[4 * s + 1] = minY;
    boxes[4 * s + 2] = maxX;
    boxes[4 * s + 3] = maxY;
  }
  return boxes;
}

function indexOf(boxes: Float64Array): ArrayBufferLike | null {
  if (boxes.length === 0) return null;
  const index = new Flatbush(boxes.length / 4);
  for (let k = 0; k < boxes.length; k += 4) index.add(boxes[k]!, boxes[k + 1]!, boxes[k + 2]!, boxes[k + 3]!);
  index.finish();
  return index.data;
}
