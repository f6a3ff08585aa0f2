import type { Picture } from "../picture.ts";
import type { Yuv } from "./colour.ts";

/** How light falls on a painted shape. */
export interface Shading {
  /** 1 is full. */
  readonly light: number;
  /** Where it comes from: -1 from the left, 1 from the right. */
  readonly side: number;
  /** By how much it fades from top to bottom. */
  readonly fall: number;
  /** A dark line down the middle, as of a jacket that is closed there. */
  readonly seam: boolean;
}

/** One row of an outline: middle and half width at a height of the picture, all in pixels. */
export interface OutlineRow {
  readonly y: number;
  readonly x: number;
  readonly halfWidth: number;
}

/** Middle and radius of an end of a limb, in pixels. */
export type LimbEnd = readonly [x: number, y: number, radius: number];

/** How much darker the sides of a round thing are than its middle. */
const ROUNDNESS = 0.24;
/** How much brighter the side is that the light falls on. */
const LEAN = 0.22;

/**
 * Paints smooth-edged shapes at one distance, behind whatever of the backdrop is nearer.
 * Loops are written out instead of taking callbacks: they run for every pixel of every figure.
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

  /** A round-ended limb from one end to the other. */
  limb([x0, y0, r0]: LimbEnd, [x1, y1, r1]: LimbEnd, colour: Yuv, shading: Shading): void {
    const { width, height } = this.#picture;
    const { light: base, fall } = shading;
    const lean = LEAN * shading.side;
    const risen = 1 + 0.25 * fall;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const length2 = Math.max(1e-6, dx * dx + dy * dy);
    const reach = Math.max(r0, r1) + 1;
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const x = column + 0.5 - x0;
        const y = row + 0.5 - y0;
        const along = Math.max(0, Math.min(1, (x * dx + y * dy) / length2));
        const radius = r0 + (r1 - r0) * along;
        const offX = x - dx * along;
        const offY = y - dy * along;
        const inside = radius + 0.5 - Math.sqrt(offX * offX + offY * offY);
        if (inside <= 0) continue;
        const across = offX / Math.max(0.5, radius);
        const light = base * (1 + lean * across - ROUNDNESS * across * across) * (risen - fall * along);
        this.#dab(column, row, Math.min(256, inside * 256) | 0, (light * 256) | 0, colour);
      }
  }

  /** A shape given by rows from top to bottom. */
  outline(rows: readonly OutlineRow[], colour: Yuv, shading: Shading): void {
    const { width, height } = this.#picture;
    const { fall, seam } = shading;
    const lean = LEAN * shading.side;
    const first = rows[0]!;
    const last = rows.at(-1)!;
    const tall = Math.max(1e-6, last.y - first.y);
    const bottom = Math.min(height - 1, Math.ceil(last.y + 1));
    let at = 0;
    for (let row = Math.max(0, Math.floor(first.y - 1)); row <= bottom; row++) {
      const y = row + 0.5;
      while (at < rows.length - 2 && y >= rows[at + 1]!.y) at++;
      const above = rows[at]!;
      const below = rows[at + 1] ?? above;
      const share = Math.max(0, Math.min(1, (y - above.y) / Math.max(1e-6, below.y - above.y)));
      const halfWidth = above.halfWidth + (below.halfWidth - above.halfWidth) * share;
      const middle = above.x + (below.x - above.x) * share;
      const cover = Math.min(1, y - first.y + 0.5, last.y - y + 0.5);
      if (cover <= 0) continue;
      const along = Math.max(0, Math.min(1, (y - first.y) / tall));
      const base = shading.light * (1 + 0.25 * fall - fall * along);
      const right = Math.min(width - 1, Math.ceil(middle + halfWidth + 1));
      for (let column = Math.max(0, Math.floor(middle - halfWidth - 1)); column <= right; column++) {
        const off = column + 0.5 - middle;
        const inside = halfWidth + 0.5 - Math.abs(off);
        if (inside <= 0) continue;
        const across = off / Math.max(0.5, halfWidth);
        const line = seam && Math.abs(across) < 0.06 ? 0.8 : 1;
        const light = base * line * (1 + lean * across - ROUNDNESS * across * across);
        this.#dab(column, row, (Math.min(cover, inside) * 256) | 0, (light * 256) | 0, colour);
      }
    }
  }

  /**
   * Darkens the ground from one end of a limb to the other, as a shadow does; colours stay.
   *
   * @param strength Share of the light that is taken.
   */
  shadow([x0, y0, r0]: LimbEnd, [x1, y1, r1]: LimbEnd, flatness: number, strength: number): void {
    const { width, height, y: luma } = this.#picture;
    const dx = x1 - x0;
    // Measured in ground units: rows count for more, since the ground is seen at a slant.
    const dy = (y1 - y0) / flatness;
    const length2 = Math.max(1e-6, dx * dx + dy * dy);
    const reach = Math.max(r0, r1);
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach * flatness));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach * flatness));
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const x = column + 0.5 - x0;
        const y = (row + 0.5 - y0) / flatness;
        const along = Math.max(0, Math.min(1, (x * dx + y * dy) / length2));
        const radius = r0 + (r1 - r0) * along;
        const offX = x - dx * along;
        const offY = y - dy * along;
        const off = Math.sqrt(offX * offX + offY * offY) / radius;
        const at = row * width + column;
        if (off >= 1 || this.#depth[at]! < this.distance - 2) continue;
        luma[at] = luma[at]! - (luma[at]! - 16) * strength * Math.min(1, (1 - off) * 2.2);
      }
  }

  /** Share and light in 256ths: whole numbers, which a call passes without allocating. */
  #dab(x: number, y: number, share: number, light: number, colour: Yuv): void {
    const { width, y: luma, u, v } = this.#picture;
    const at = y * width + x;
    if (this.#depth[at]! < this.distance) return;
    const target = Math.max(16, Math.min(235, 16 + ((colour[0] - 16) * light) / 256));
    luma[at] = luma[at]! + ((target - luma[at]!) * share) / 256;
    if (((x | y) & 1) !== 0) return;
    const chroma = (y >> 1) * (width >> 1) + (x >> 1);
    u[chroma] = u[chroma]! + ((128 + ((colour[1] - 128) * light) / 256 - u[chroma]!) * share) / 256;
    v[chroma] = v[chroma]! + ((128 + ((colour[2] - 128) * light) / 256 - v[chroma]!) * share) / 256;
  }
}
