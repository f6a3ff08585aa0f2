import Flatbush from "flatbush";
import { aboutMount, type Mount } from "./mount.ts";
import { type Obstacles, SHEET, SOLID } from "./obstacles.ts";
import { side } from "./side.ts";

/**
 * The edges about one mount that can come between it and places at one height, nearest first. One of these serves all
 * mounts in turn: its arrays are filled anew.
 */
export class Surroundings {
  readonly obstacles: Obstacles;
  mount: Mount = { x: 0, y: 0, heightM: 0 };
  /** Edges found, by number. */
  edges = new Uint32Array(1_024);
  count = 0;
  /** Of the edge at the same index: its corners from the mount, `ax, ay, bx, by`. */
  local = new Float64Array(4_096);
  /** Its nearest point, and its farther end, in metres. */
  nearM = new Float64Array(1_024);
  farM = new Float64Array(1_024);
  /** > 0: it runs counter-clockwise about the mount, < 0: clockwise. */
  turn = new Float64Array(1_024);
  /** Bodies whose top or underside a line may pass, without passing one of their edges. */
  readonly hanging: number[] = [];
  readonly #index: Flatbush | null;
  readonly #bodies: Flatbush | null;
  #order = new Float64Array(1_024);
  /** When each body was last met, to list it once. */
  readonly #met: Uint32Array;
  #visit = 0;
  /** Trees that hold the mount: pruned. */
  readonly #pruned = new Set<number>();

  constructor(obstacles: Obstacles) {
    this.obstacles = obstacles;
    this.#index = obstacles.index ? Flatbush.from(obstacles.index) : null;
    this.#bodies = obstacles.bodyIndex ? Flatbush.from(obstacles.bodyIndex) : null;
    this.#met = new Uint32Array(obstacles.kind.length);
  }

  /**
   * Finds what lies about `mount`.
   *
   * @throws OvertError `MOUNT_IN_WALL` when it hangs within a building
   */
  gather(mount: Mount, heightM: number, reachM: number): void {
    this.mount = mount;
    this.count = 0;
    this.hanging.length = 0;
    this.#pruned.clear();
    this.#visit++;
    if (!this.#index) return;
    const { x, y } = mount;
    const { over, pruned } = aboutMount(this.obstacles, this.#bodies!, mount);
    for (const b of pruned) this.#pruned.add(b);
    for (const b of over) this.#list(b);
    const { runs } = this.obstacles;
    for (const run of this.#index.search(x - reachM, y - reachM, x + reachM, y + reachM))
      this.#add(runs[run]!, runs[run + 1]!, heightM, reachM);
    this.#sort();
  }

  #list(b: number): void {
    if (this.#met[b] === this.#visit) return;
    this.#met[b] = this.#visit;
    this.hanging.push(b);
  }

  #add(from: number, to: number, heightM: number, reachM: number): void {
    const { xy, bodyOf, kind, topM, minM } = this.obstacles;
    const b = bodyOf[from]!;
    const [low, high] = this.mount.heightM < heightM ? [this.mount.heightM, heightM] : [heightM, this.mount.heightM];
    if (topM[b]! <= low || minM[b]! >= high || (this.#pruned.size > 0 && this.#pruned.has(b))) return;
    const solid = kind[b] === SOLID;
    const descending = heightM <= this.mount.heightM;
    // From outside, a line gets in by the top when it falls and by the underside when it climbs, or else by a side.
    const byFace = descending ? topM[b]! <= high : minM[b]! >= low && minM[b]! > 0;
    if (byFace && !solid && kind[b] !== SHEET) this.#list(b);
    const [mx, my] = [this.mount.x, this.mount.y];
    for (let e = from; e < to; e++) {
      const k = 4 * e;
      const [ax, ay, bx, by] = [xy[k]! - mx, xy[k + 1]! - my, xy[k + 2]! - mx, xy[k + 3]! - my];
      const turn = side(xy[k]!, xy[k + 1]!, xy[k + 2]!, xy[k + 3]!, mx, my);
      // Of a house, a falling line that enters it also leaves it, lower still: the far walls are enough. An edge that
      // runs straight at the mount hides nothing that its neighbours do not.
      if (turn === 0 || (solid && descending && turn < 0)) continue;
      const [dx, dy] = [bx - ax, by - ay];
      const along = -(ax * dx + ay * dy) / (dx * dx + dy * dy);
      const [a2, b2] = [ax * ax + ay * ay, bx * bx + by * by];
      const near2 = along <= 0 ? a2 : along >= 1 ? b2 : (turn * turn) / (dx * dx + dy * dy);
      if (near2 > reachM * reachM) continue;
      if (this.count === this.edges.length) this.#grow();
      const i = this.count++;
      this.edges[i] = e;
      this.local[4 * i] = ax;
      this.local[4 * i + 1] = ay;
      this.local[4 * i + 2] = bx;
      this.local[4 * i + 3] = by;
      this.nearM[i] = Math.sqrt(near2);
      this.farM[i] = Math.sqrt(Math.max(a2, b2));
      this.turn[i] = turn;
    }
  }

  /** The order of nearness: `order(k)` is the index of the k-th nearest. */
  order(k: number): number {
    return this.#order[k]! % INDEX;
  }

  #sort(): void {
    if (this.#order.length < this.count) this.#order = new Float64Array(this.edges.length);
    // Millimetres above, index below: one native sort of numbers.
    for (let i = 0; i < this.count; i++) this.#order[i] = Math.floor(this.nearM[i]! * 1_000) * INDEX + i;
    this.#order.subarray(0, this.count).sort();
  }

  #grow(): void {
    const more = this.edges.length * 2;
    const [edges, local, nearM, farM, turn] = [this.edges, this.local, this.nearM, this.farM, this.turn];
    this.edges = new Uint32Array(more);
    this.local = new Float64Array(4 * more);
    this.nearM = new Float64Array(more);
    this.farM = new Float64Array(more);
    this.turn = new Float64Array(more);
    this.edges.set(edges);
    this.local.set(local);
    this.nearM.set(nearM);
    this.farM.set(farM);
    this.turn.set(turn);
  }
}

const INDEX = 2 ** 22;
