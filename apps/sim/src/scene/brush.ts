import type { Picture } from "../picture.ts";
import type { Yuv } from "./colour.ts";

/** Where a pixel lies on the painted shape: -1 at its left edge to 1 at its right, 0 at its start to 1 at its end. */
export type Shade = (across: number, along: number) => number;

/** One row of an outline: middle and half width at a height of the picture, all in pixels. */
export interface OutlineRow {
  readonly y: number;
  readonly x: number;
  readonly halfWidth: number;
}

/**
 * Paints smooth-edged shapes at one distance, behind whatever of the backdrop is nearer.
 */
export class Brush {
  readonly #picture: Picture;
  readonly #depth: Float32Array;
  /** Metres from the camera of what is painted next. */
  distance = 0;

  constructor(picture: Picture, depth: Float32Array) {
    this.#picture = picture;
    this.#depth = depth;
  }

  /** A round-ended limb from one end to the other, each with its radius. */
  limb(
    from: readonly [number, number, number],
    to: readonly [number, number, number],
    colour: Yuv,
    shade: Shade,
  ): void {
    const [x0, y0, r0] = from;
    const [x1, y1, r1] = to;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const length2 = Math.max(1e-6, dx * dx + dy * dy);
    const reach = Math.max(r0, r1) + 1;
    let radius = r0;
    let along = 0;
    let off = 0;
    this.#paint(
      Math.min(x0, x1) - reach,
      Math.min(y0, y1) - reach,
      Math.max(x0, x1) + reach,
      Math.max(y0, y1) + reach,
      colour,
      (x, y) => {
        along = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length2));
        radius = r0 + (r1 - r0) * along;
        const px = x - x0 - dx * along;
        const py = y - y0 - dy * along;
        off = px;
        return radius - Math.sqrt(px * px + py * py) + 0.5;
      },
      () => shade(Math.max(-1, Math.min(1, off / Math.max(0.5, radius))), along),
    );
  }

  /** A shape given by rows from top to bottom. */
  outline(rows: readonly OutlineRow[], colour: Yuv, shade: Shade): void {
    const top = rows[0];
    const bottom = rows.at(-1);
    if (!top || !bottom) return;
    const left = Math.min(...rows.map((r) => r.x - r.halfWidth)) - 1;
    const right = Math.max(...rows.map((r) => r.x + r.halfWidth)) + 1;
    let at = 0;
    let across = 0;
    let along = 0;
    this.#paint(
      left,
      top.y - 1,
      right,
      bottom.y + 1,
      colour,
      (x, y) => {
        if (y < rows[at]!.y) at = 0;
        while (at < rows.length - 2 && y >= rows[at + 1]!.y) at++;
        const above = rows[at]!;
        const below = rows[at + 1] ?? above;
        const t = Math.max(0, Math.min(1, (y - above.y) / Math.max(1e-6, below.y - above.y)));
        const halfWidth = above.halfWidth + (below.halfWidth - above.halfWidth) * t;
        const off = x - above.x - (below.x - above.x) * t;
        across = off / Math.max(0.5, halfWidth);
        along = (y - top.y) / Math.max(1e-6, bottom.y - top.y);
        return Math.min(halfWidth - Math.abs(off) + 0.5, y - top.y + 0.5, bottom.y - y + 0.5);
      },
      () => shade(Math.max(-1, Math.min(1, across)), Math.max(0, Math.min(1, along))),
    );
  }

  /** Darkens an upright ellipse, as a shadow on the ground does; nothing is covered. */
  shadow(x: number, y: number, radiusX: number, radiusY: number, strength: number): void {
    const { width, height, y: luma } = this.#picture;
    const top = Math.max(0, Math.floor(y - radiusY));
    const bottom = Math.min(height - 1, Math.ceil(y + radiusY));
    const left = Math.max(0, Math.floor(x - radiusX));
    const right = Math.min(width - 1, Math.ceil(x + radiusX));
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const d = ((column - x) / radiusX) ** 2 + ((row - y) / radiusY) ** 2;
        const at = row * width + column;
        if (d >= 1 || this.#depth[at]! < this.distance - 0.6) continue;
        luma[at] = luma[at]! - (luma[at]! - 16) * strength * Math.min(1, (1 - d) * 2.5);
      }
  }

  #paint(
    left: number,
    top: number,
    right: number,
    bottom: number,
    [cy, cu, cv]: Yuv,
    coverage: (x: number, y: number) => number,
    light: () => number,
  ): void {
    const { width, height, y: luma, u, v } = this.#picture;
    const x0 = Math.max(0, Math.floor(left));
    const y0 = Math.max(0, Math.floor(top));
    const x1 = Math.min(width - 1, Math.ceil(right));
    const y1 = Math.min(height - 1, Math.ceil(bottom));
    const half = width >> 1;
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const share = Math.min(1, coverage(x + 0.5, y + 0.5));
        const at = y * width + x;
        if (share <= 0 || this.#depth[at]! < this.distance) continue;
        const bright = light();
        luma[at] = luma[at]! + (Math.min(235, Math.max(16, 16 + (cy - 16) * bright)) - luma[at]!) * share;
        if ((x & 1) === 0 && (y & 1) === 0) {
          const chroma = (y >> 1) * half + (x >> 1);
          u[chroma] = u[chroma]! + (128 + (cu - 128) * bright - u[chroma]!) * share;
          v[chroma] = v[chroma]! + (128 + (cv - 128) * bright - v[chroma]!) * share;
        }
      }
  }
}
