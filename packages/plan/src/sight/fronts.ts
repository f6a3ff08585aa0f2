import type { Point, Ring, Shape } from "../map/shape.ts";

/** How far before a wall its front is looked at: the wall itself is where sight ends. */
const BEFORE_M = 0.02;

/** Metres of a building's walls that a camera has in plain view, at the height of the seen ground (P18). */
export function frontM({ outer, holes }: Shape, camera: Point, seen: readonly Shape[]): number {
  let length = 0;
  for (const ring of [outer, ...holes])
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      const [dx, dy] = [ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!];
      const wall = Math.hypot(dx, dy);
      // What a ring encloses lies to its left, the open to its right: there the camera must be.
      if (wall === 0 || dx * (camera.y - ring[i + 1]!) - dy * (camera.x - ring[i]!) >= 0) continue;
      const [outX, outY] = [(dy / wall) * BEFORE_M, (-dx / wall) * BEFORE_M];
      length += wall * shareWithin(ring[i]! + outX, ring[i + 1]! + outY, dx, dy, seen);
    }
  return length;
}

/** How much of a line lies within shapes. */
function shareWithin(x: number, y: number, dx: number, dy: number, shapes: readonly Shape[]): number {
  let share = 0;
  for (const { outer, holes } of shapes) {
    const cuts = [outer, ...holes].flatMap((ring) => cutsOf(x, y, dx, dy, ring)).sort((a, b) => a - b);
    // The whole line enters and leaves the shape in turn; its part from 0 to 1 counts.
    for (let i = 0; i + 1 < cuts.length; i += 2)
      share += Math.max(0, Math.min(1, cuts[i + 1]!) - Math.max(0, cuts[i]!));
  }
  return Math.min(1, share);
}

/** Where the line without ends crosses a ring, as shares of its length. */
function cutsOf(x: number, y: number, dx: number, dy: number, ring: Ring): number[] {
  const cuts: number[] = [];
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [a, b] = [dx * (ring[j + 1]! - y) - dy * (ring[j]! - x), dx * (ring[i + 1]! - y) - dy * (ring[i]! - x)];
    if (a > 0 === b > 0) continue;
    const along = a / (a - b);
    const [atX, atY] = [
      ring[j]! + along * (ring[i]! - ring[j]!) - x,
      ring[j + 1]! + along * (ring[i + 1]! - ring[j + 1]!) - y,
    ];
    cuts.push((atX * dx + atY * dy) / (dx * dx + dy * dy));
  }
  return cuts;
}
