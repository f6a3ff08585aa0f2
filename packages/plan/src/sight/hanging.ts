import type { Obstacles } from "./obstacles.ts";
import { placeIn } from "./within.ts";

interface End {
  readonly x: number;
  readonly y: number;
  readonly heightM: number;
}

/** As near to an edge as this, floats cannot say on which side: the exact test does. */
const NEAR_M = 1e-6;

/**
 * Whether the line from `mount` to a point passes the top or the underside of body `b`, or begins or ends there on the
 * inner side. Lines that enter or leave through its sides are seen by the edges.
 */
export function passesFace(
  obstacles: Obstacles,
  b: number,
  mount: End,
  x: number,
  y: number,
  heightM: number,
): boolean {
  const { topM, minM } = obstacles;
  const falling = heightM < mount.heightM;
  return (
    passes(obstacles, b, topM[b]!, falling, mount, x, y, heightM) ||
    (minM[b]! > 0 && passes(obstacles, b, minM[b]!, !falling, mount, x, y, heightM))
  );
}

/** @param inwards  Whether the line goes into the body at this face, and not out of it. */
function passes(
  obstacles: Obstacles,
  b: number,
  face: number,
  inwards: boolean,
  mount: End,
  x: number,
  y: number,
  heightM: number,
): boolean {
  const share = (mount.heightM - face) / (mount.heightM - heightM);
  if (!(inwards ? share >= 0 && share < 1 : share > 0 && share <= 1)) return false;
  const [atX, atY] = [mount.x + share * (x - mount.x), mount.y + share * (y - mount.y)];
  const { boxes } = obstacles;
  const beside = atX < boxes[4 * b]! - NEAR_M || atX > boxes[4 * b + 2]! + NEAR_M;
  if (beside || atY < boxes[4 * b + 1]! - NEAR_M || atY > boxes[4 * b + 3]! + NEAR_M) return false;
  if (nearEdge(obstacles, b, atX, atY)) return runsThrough(obstacles, b, mount, x, y, heightM);
  return placeIn(obstacles, b, atX, atY) === "inside";
}

function nearEdge({ xy, first }: Obstacles, b: number, x: number, y: number): boolean {
  for (let k = 4 * first[b]!; k < 4 * first[b + 1]!; k += 4) {
    const [ax, ay] = [xy[k]!, xy[k + 1]!];
    const [dx, dy] = [xy[k + 2]! - ax, xy[k + 3]! - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(ax + along * dx - x, ay + along * dy - y) < NEAR_M) return true;
  }
  return false;
}

/** Cuts the line at the body's edges and asks of each piece whether it runs inside, between underside and top. */
function runsThrough(obstacles: Obstacles, b: number, mount: End, x: number, y: number, heightM: number): boolean {
  const { xy, first, topM, minM } = obstacles;
  const [dx, dy, dz] = [x - mount.x, y - mount.y, heightM - mount.heightM];
  const cuts = [0, 1];
  for (let k = 4 * first[b]!; k < 4 * first[b + 1]!; k += 4) {
    const [ex, ey] = [xy[k + 2]! - xy[k]!, xy[k + 3]! - xy[k + 1]!];
    const cross = dx * ey - dy * ex;
    if (cross === 0) continue;
    const share = ((xy[k]! - mount.x) * ey - (xy[k + 1]! - mount.y) * ex) / cross;
    if (share > 0 && share < 1) cuts.push(share);
  }
  cuts.sort((one, other) => one - other);
  for (let i = 1; i < cuts.length; i++) {
    const [from, to] = [cuts[i - 1]!, cuts[i]!];
    const middle = (from + to) / 2;
    const [low, high] = [mount.heightM + dz * from, mount.heightM + dz * to].sort((one, other) => one - other);
    if (low! >= topM[b]! || high! <= minM[b]! || to - from < 1e-12) continue;
    if (placeIn(obstacles, b, mount.x + dx * middle, mount.y + dy * middle) === "inside") return true;
  }
  return false;
}
