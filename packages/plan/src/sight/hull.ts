import type { Box, Ring } from "../map/shape.ts";

/** The least convex ring about some corners, counter-clockwise. */
export function hullOf(corners: ArrayLike<number>): Ring {
  const points: [number, number][] = [];
  for (let i = 0; i < corners.length; i += 2) points.push([corners[i]!, corners[i + 1]!]);
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (along: readonly [number, number][]): [number, number][] => {
    const out: [number, number][] = [];
    for (const point of along) {
      while (out.length >= 2 && turn(out[out.length - 2]!, out[out.length - 1]!, point) <= 0) out.pop();
      out.push(point);
    }
    return out.slice(0, -1);
  };
  return Float64Array.from([...half(points), ...half(points.toReversed())].flat());
}

const turn = (a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Whether a counter-clockwise ring turns left at each corner. */
export function isConvex(ring: Ring): boolean {
  const n = ring.length;
  for (let i = 0; i < n; i += 2) {
    const [j, k] = [(i + 2) % n, (i + 4) % n];
    const [ax, ay, bx, by] = [
      ring[j]! - ring[i]!,
      ring[j + 1]! - ring[i + 1]!,
      ring[k]! - ring[j]!,
      ring[k + 1]! - ring[j + 1]!,
    ];
    if (ax * by - ay * bx < 0) return false;
  }
  return true;
}

/** Whether a box and a convex ring may meet: no edge of the ring parts them. */
export function mayMeet(convex: Ring, { minX, minY, maxX, maxY }: Box): boolean {
  for (let i = 0; i < convex.length; i += 2) {
    const j = (i + 2) % convex.length;
    const [dx, dy] = [convex[j]! - convex[i]!, convex[j + 1]! - convex[i + 1]!];
    // The box's corner that lies farthest to the left of the edge.
    const [x, y] = [dy > 0 ? minX : maxX, dx > 0 ? maxY : minY];
    if (dx * (y - convex[i + 1]!) - dy * (x - convex[i]!) < 0) return false;
  }
  return true;
}
