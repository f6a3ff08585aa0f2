import { type Ring, ringAreaM2, type Shape, wound } from "../map/shape.ts";
import { hullOf, isConvex } from "./hull.ts";
import { type Obstacles, SHEET } from "./obstacles.ts";
import type { StarEdge } from "./star.ts";

/** How high the eye is over the plane that is looked at, and over what stands between. */
export interface Heights {
  readonly mountM: number;
  readonly planeM: number;
}

export interface Casting {
  /** Edges that hide all beyond them. */
  readonly closing: StarEdge[];
  /** What bodies hide that one sees over or under: areas about the mount's foot. */
  readonly shadows: Shape[];
}

/**
 * What a body hides of a plane below the mount. The plane's point behind an edge at distance d is hidden from d·s₀ to
 * d·s₁: where lines pass between the body's underside and its top. A body as high as the mount hides without end; one
 * that begins at or below the plane hides from its foot on.
 */
export function cast(
  obstacles: Obstacles,
  b: number,
  foot: { x: number; y: number },
  heights: Heights,
  radius: number,
  into: Casting,
): void {
  const { kind, topM, minM } = obstacles;
  const drop = heights.mountM - heights.planeM;
  if (topM[b]! <= heights.planeM || minM[b]! >= heights.mountM) return;
  const near = Math.max(1, drop / (heights.mountM - minM[b]!));
  const far = topM[b]! >= heights.mountM ? Infinity : drop / (heights.mountM - topM[b]!);
  const edges = edgesAbout(obstacles, b, foot);
  if (near === 1 && far === Infinity) {
    for (const { edge, turn } of edges) if (turn !== 0) into.closing.push(turn > 0 ? edge : turned(edge));
    return;
  }
  if (kind[b] !== SHEET) {
    const [shape] = footprint(obstacles, b, foot, 1);
    if (shape && shape.holes.length === 0 && isConvex(shape.outer)) {
      into.shadows.push({ outer: sweptWhole(shape.outer, near, far, radius), holes: [] });
      return;
    }
  }
  // Seen from the foot, a body swept away from it covers its nearest copy, and what its far sides sweep.
  for (const { edge, turn } of edges)
    if (turn > 0 || (kind[b] === SHEET && turn < 0))
      into.shadows.push(swept(turn > 0 ? edge : turned(edge), near, far, radius));
  if (kind[b] !== SHEET) into.shadows.push(...footprint(obstacles, b, foot, near));
}

const turned = ({ ax, ay, bx, by }: StarEdge): StarEdge => ({ ax: bx, ay: by, bx: ax, by: ay });

function edgesAbout({ xy, first }: Obstacles, b: number, { x, y }: { x: number; y: number }) {
  const edges: { edge: StarEdge; turn: number }[] = [];
  for (let k = 4 * first[b]!; k < 4 * first[b + 1]!; k += 4) {
    const edge = { ax: xy[k]! - x, ay: xy[k + 1]! - y, bx: xy[k + 2]! - x, by: xy[k + 3]! - y };
    const turn = edge.ax * edge.by - edge.ay * edge.bx;
    edges.push({ edge, turn: Math.abs(turn) < 1e-9 ? 0 : turn });
  }
  return edges;
}

/** What a convex body sweeps from `near` to `far` times its distance is convex too. */
function sweptWhole(outer: Ring, near: number, far: number, radius: number): Ring {
  const corners: number[] = [];
  for (let i = 0; i < outer.length; i += 2) {
    const j = (i + 2) % outer.length;
    const [x, y, nextX, nextY] = [outer[i]!, outer[i + 1]!, outer[j]!, outer[j + 1]!];
    corners.push(x * near, y * near);
    if (far !== Infinity) corners.push(x * far, y * far);
    else corners.push(...fan(x, y, nextX, nextY, radius));
  }
  return hullOf(corners);
}

/** From one direction to another, points so far out that the lines between them stay beyond the radius. */
function fan(ax: number, ay: number, bx: number, by: number, radius: number): number[] {
  const [a, b] = [unit(ax, ay), unit(bx, by)];
  const middle = unit(a[0] + b[0], a[1] + b[1]);
  const quarters = [unit(a[0] + middle[0], a[1] + middle[1]), unit(middle[0] + b[0], middle[1] + b[1])] as const;
  return [a, quarters[0], middle, quarters[1], b].flatMap(([x, y]) => [x * 4 * radius, y * 4 * radius]);
}

function unit(x: number, y: number): readonly [number, number] {
  const length = Math.hypot(x, y) || 1;
  return [x / length, y / length];
}

/** What lies behind an edge, from `near` to `far` times its distance. */
function swept({ ax, ay, bx, by }: StarEdge, near: number, far: number, radius: number): Shape {
  const foot = [ax * near, ay * near, bx * near, by * near];
  if (far !== Infinity) return ring([...foot, bx * far, by * far, ax * far, ay * far]);
  return ring([...foot, ...fan(bx, by, ax, ay, radius)]);
}

const ring = (corners: readonly number[]): Shape => ({ outer: wound(Float64Array.from(corners), true), holes: [] });

/** The body's own outline about the foot, `scale` times as large: outer rings with the holes that lie in them. */
export function footprint(
  { xy, first }: Obstacles,
  b: number,
  { x, y }: { x: number; y: number },
  scale: number,
): Shape[] {
  const rings: number[][] = [];
  for (let k = 4 * first[b]!; k < 4 * first[b + 1]!; k += 4) {
    const joined = k > 4 * first[b]! && xy[k] === xy[k - 2] && xy[k + 1] === xy[k - 1];
    if (!joined) rings.push([]);
    rings[rings.length - 1]!.push((xy[k]! - x) * scale, (xy[k + 1]! - y) * scale);
  }
  const [outer, ...holes] = rings.map((corners): Ring => Float64Array.from(corners));
  if (!outer || ringAreaM2(outer) === 0) return [];
  return [{ outer: wound(outer, true), holes: holes.map((hole) => wound(hole, false)) }];
}
