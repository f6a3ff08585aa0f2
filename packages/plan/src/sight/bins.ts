import type { Surroundings } from "./surroundings.ts";

/** Angles are compared as a walk around a square, 0 to 4 from east, counter-clockwise: in the same order, without arcs. */
export function squareAngle(dx: number, dy: number): number {
  if (dy >= 0) return dx >= 0 ? (dx + dy > 0 ? dy / (dx + dy) : 0) : 1 - dx / (dy - dx);
  return dx < 0 ? 2 - dy / (-dx - dy) : 3 + dx / (dx - dy);
}

/** More than the angle of anything a centimetre away can err, and far less than a bin. */
const SLACK = 1e-9;
const TOO_NEAR_M = 0.01;

/** Edges by direction: a place tests only those of its own direction, and of these only the nearer. */
export class Bins {
  readonly count: number;
  /** Beyond this distance, nothing in the bin is seen: an edge as high as the mount closes it from side to side. */
  readonly closedAtM: Float64Array;
  /** Linked lists: edges of a bin, nearest first; -1 ends. */
  readonly head: Int32Array;
  next = new Int32Array(1 << 14);
  /** Index in the surroundings. */
  edge = new Uint32Array(1 << 14);
  readonly #tail: Int32Array;
  #used = 0;

  constructor(count: number) {
    this.count = count;
    this.closedAtM = new Float64Array(count);
    this.head = new Int32Array(count);
    this.#tail = new Int32Array(count);
  }

  binOf(dx: number, dy: number): number {
    const bin = Math.floor((squareAngle(dx, dy) * this.count) / 4);
    return bin < this.count ? bin : 0;
  }

  /** @param closes  Whether an edge hides whatever lies beyond it, however high the line passes. */
  fill(around: Surroundings, closes: (edge: number) => boolean): void {
    this.closedAtM.fill(Infinity);
    this.head.fill(-1);
    this.#used = 0;
    const { local, nearM, farM, turn, edges, count } = around;
    const perUnit = this.count / 4;
    for (let k = 0; k < count; k++) {
      const i = around.order(k);
      const near = nearM[i]!;
      const closing = closes(edges[i]!);
      if (near < TOO_NEAR_M) {
        for (let bin = 0; bin < this.count; bin++) this.#put(bin, i, near);
        continue;
      }
      const a = squareAngle(local[4 * i]!, local[4 * i + 1]!);
      const b = squareAngle(local[4 * i + 2]!, local[4 * i + 3]!);
      const start = turn[i]! > 0 ? a : b;
      let end = turn[i]! > 0 ? b : a;
      if (end < start) end += 4;
      const from = Math.floor((start - SLACK) * perUnit);
      const to = Math.floor((end + SLACK) * perUnit);
      for (let raw = from; raw <= to; raw++) {
        const bin = raw < 0 ? raw + this.count : raw >= this.count ? raw - this.count : raw;
        this.#put(bin, i, near);
        if (
          closing &&
          farM[i]! < this.closedAtM[bin]! &&
          raw >= (start + SLACK) * perUnit &&
          raw + 1 <= (end - SLACK) * perUnit
        )
          this.closedAtM[bin] = farM[i]!;
      }
    }
  }

  #put(bin: number, edge: number, nearM: number): void {
    if (nearM > this.closedAtM[bin]!) return;
    if (this.#used === this.next.length) this.#grow();
    const at = this.#used++;
    this.edge[at] = edge;
    this.next[at] = -1;
    if (this.head[bin]! < 0) this.head[bin] = at;
    else this.next[this.#tail[bin]!] = at;
    this.#tail[bin] = at;
  }

  #grow(): void {
    const [next, edge] = [this.next, this.edge];
    this.next = new Int32Array(next.length * 2);
    this.edge = new Uint32Array(next.length * 2);
    this.next.set(next);
    this.edge.set(edge);
  }
}
