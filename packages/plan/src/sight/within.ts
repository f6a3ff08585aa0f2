import type { Obstacles } from "./obstacles.ts";
import { side } from "./side.ts";

export type Place = "inside" | "on" | "outside";

/** Where a point lies to the footprint of body `b`, exactly: its rings by even and odd. */
export function placeIn({ xy, first }: Obstacles, b: number, x: number, y: number): Place {
  let inside = false;
  for (let k = 4 * first[b]!; k < 4 * first[b + 1]!; k += 4) {
    const [ax, ay, bx, by] = [xy[k]!, xy[k + 1]!, xy[k + 2]!, xy[k + 3]!];
    if ((ay < y && by < y) || (ay > y && by > y)) continue;
    if (ax < x && bx < x) continue;
    const turn = side(ax, ay, bx, by, x, y);
    if (turn === 0 && x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by))
      return "on";
    // The point lies left of an upward edge, or right of a downward one: a ray to the east meets it.
    if (ay > y !== by > y && turn > 0 === by > ay) inside = !inside;
  }
  return inside ? "inside" : "outside";
}
