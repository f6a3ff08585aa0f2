import { Bins } from "./bins.ts";
import { passesFace } from "./hanging.ts";
import type { Obstacles } from "./obstacles.ts";
import { cellsOf, type Points } from "./points.ts";
import { side } from "./side.ts";
import type { Mount } from "./mount.ts";
import { Surroundings } from "./surroundings.ts";

/** Directions told apart: about as many as a mount has places in reach. */
const BINS = 512;
/** Nearest-first holds to a millimetre. */
const ORDER_M = 0.002;

/**
 * Which places a mount sees over houses, walls and trees: straight lines in two and a half dimensions, exactly.
 *
 * A line is cut where it touches an edge of a body, corners included, at a height below the body's top (and above its
 * underside); running exactly over the top is free. A place in or on a house is not seen.
 */
export class Sight {
  /** Places seen from the last mount: the first `count` are valid until the next one. */
  seen: Uint32Array;
  /** Their distances from the foot of the mount, metres. */
  distanceM: Float32Array;
  readonly #around: Surroundings;
  readonly #bins: Bins;
  readonly #points: Points;
  readonly #obstacles: Obstacles;

  constructor(obstacles: Obstacles, points: Points, bins = BINS) {
    this.#obstacles = obstacles;
    this.#points = points;
    this.#around = new Surroundings(obstacles);
    this.#bins = new Bins(bins);
    this.seen = new Uint32Array(4_096);
    this.distanceM = new Float32Array(4_096);
  }

  /**
   * Looks from `mount` as far as `reachM` along the ground; returns how many places it sees.
   *
   * @throws OvertError `MOUNT_IN_WALL`
   */
  from(mount: Mount, reachM: number): number {
    const { heightM, first, columns, xy, buried, numbers } = this.#points;
    this.#around.gather(mount, heightM, reachM);
    this.#bins.fill(this.#around, closer(this.#obstacles, mount, heightM));
    const cells = cellsOf(this.#points, mount.x - reachM, mount.y - reachM, mount.x + reachM, mount.y + reachM);
    let count = 0;
    for (let row = cells.fromRow; row <= cells.toRow; row++) {
      const to = first[row * columns + cells.toColumn + 1]!;
      for (let p = first[row * columns + cells.fromColumn]!; p < to; p++) {
        const [x, y] = [xy[2 * p]!, xy[2 * p + 1]!];
        const [dx, dy] = [x - mount.x, y - mount.y];
        const distance2 = dx * dx + dy * dy;
        if (distance2 > reachM * reachM || buried[p] === 1) continue;
        const distance = Math.sqrt(distance2);
        if (!this.#reaches(mount, x, y, dx, dy, distance)) continue;
        if (count === this.seen.length) this.#grow();
        this.seen[count] = numbers[p]!;
        this.distanceM[count++] = distance;
      }
    }
    return count;
  }

  #reaches(mount: Mount, x: number, y: number, dx: number, dy: number, distance: number): boolean {
    const bins = this.#bins;
    const bin = bins.binOf(dx, dy);
    if (distance > bins.closedAtM[bin]! + ORDER_M) return false;
    const { nearM } = this.#around;
    for (let at = bins.head[bin]!; at >= 0; at = bins.next[at]!) {
      const i = bins.edge[at]!;
      if (nearM[i]! > distance + ORDER_M) break;
      if (this.#cuts(i, mount, x, y)) return false;
    }
    for (const b of this.#around.hanging)
      if (passesFace(this.#obstacles, b, mount, x, y, this.#points.heightM)) return false;
    return true;
  }

  /** Whether edge `i` of the surroundings cuts the line to a place. */
  #cuts(i: number, mount: Mount, x: number, y: number): boolean {
    const { xy, bodyOf, topM, minM } = this.#obstacles;
    const e = this.#around.edges[i]!;
    const k = 4 * e;
    const [ax, ay, bx, by] = [xy[k]!, xy[k + 1]!, xy[k + 2]!, xy[k + 3]!];
    const fromMount = this.#around.turn[i]!;
    const fromPlace = side(ax, ay, bx, by, x, y);
    // The edge must lie between them …
    if (fromPlace === 0 || fromPlace > 0 === fromMount > 0) return false;
    // … and the line must pass it between its corners, or touch one.
    const [a, b] = [side(mount.x, mount.y, x, y, ax, ay), side(mount.x, mount.y, x, y, bx, by)];
    if ((a > 0 && b > 0) || (a < 0 && b < 0)) return false;
    const body = bodyOf[e]!;
    const [near, far] = [Math.abs(fromMount), Math.abs(fromPlace)];
    const { heightM } = this.#points;
    // The line's height at the edge is the mean of its ends, each weighed by the distance of the other.
    const overTop = far * (mount.heightM - topM[body]!) + near * (heightM - topM[body]!);
    if (overTop >= 0) return false;
    const bottom = minM[body]!;
    return bottom === 0 || far * (mount.heightM - bottom) + near * (heightM - bottom) > 0;
  }

  #grow(): void {
    const [seen, distance] = [this.seen, this.distanceM];
    this.seen = new Uint32Array(seen.length * 2);
    this.distanceM = new Float32Array(seen.length * 2);
    this.seen.set(seen);
    this.distanceM.set(distance);
  }
}

/** Edges that hide whatever lies beyond them: from the ground to the mount's own height or above. */
export function closer({ bodyOf, topM, minM }: Obstacles, mount: Mount, heightM: number): (edge: number) => boolean {
  return (edge) => {
    const b = bodyOf[edge]!;
    return (
      minM[b] === 0 &&
      heightM <= mount.heightM &&
      (topM[b]! > mount.heightM || (topM[b] === mount.heightM && heightM < mount.heightM))
    );
  };
}
