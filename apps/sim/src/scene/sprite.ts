import type { Picture } from "../picture.ts";
import type { Rgb } from "./colour.ts";
import { toYuv } from "./colour.ts";

/** A picture with holes that is drawn once and shown at many places. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  /** Luma, chroma and cover, each for every pixel. */
  readonly y: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly cover: Float32Array;
  /** First and last column of each row that holds anything. */
  readonly spans: Int32Array;
}

/** @param paint Colour at a point in pixels, undefined where there is nothing. */
export function drawSprite(width: number, height: number, paint: (x: number, y: number) => Rgb | undefined): Sprite {
  const size = width * height;
  const plane = () => new Float32Array(size);
  const sprite = {
    width,
    height,
    y: plane(),
    u: plane(),
    v: plane(),
    cover: plane(),
    spans: new Int32Array(height * 2),
  };
  for (let row = 0; row < height; row++) sprite.spans.set([width, -1], row * 2);
  for (let at = 0; at < size; at++) {
    let covered = 0;
    const sum = [0, 0, 0];
    for (const [dx, dy] of SAMPLES) {
      const colour = paint((at % width) + dx, Math.floor(at / width) + dy);
      if (!colour) continue;
      covered++;
      for (let c = 0; c < 3; c++) sum[c] = sum[c]! + colour[c]!;
    }
    if (!covered) continue;
    const [y, u, v] = toYuv([sum[0]! / covered, sum[1]! / covered, sum[2]! / covered]);
    sprite.y[at] = y;
    sprite.u[at] = u;
    sprite.v[at] = v;
    sprite.cover[at] = covered / SAMPLES.length;
    const row = Math.floor(at / width) * 2;
    sprite.spans[row] = Math.min(sprite.spans[row]!, at % width);
    sprite.spans[row + 1] = at % width;
  }
  return sprite;
}

const SAMPLES = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/**
 * Shows a sprite with its top left corner at a place between pixels, behind whatever is nearer.
 *
 * @param shiftOfRow Pixels by which a row is moved to the right, for things that bend in the wind.
 */
export function showSprite(
  picture: Picture,
  depth: Float32Array,
  sprite: Sprite,
  left: number,
  top: number,
  distance: number,
  shiftOfRow: (row: number) => number = () => 0,
): void {
  const { width, height } = picture;
  const half = width >> 1;
  const y0 = Math.round(top);
  for (let row = Math.max(0, -y0); row < sprite.height && y0 + row < height; row++) {
    const x = left + shiftOfRow(row);
    const x0 = Math.floor(x);
    const part = x - x0;
    const line = row * sprite.width;
    const last = Math.min(sprite.spans[row * 2 + 1]! + 1, width - 1 - x0);
    for (let column = Math.max(sprite.spans[row * 2]!, -x0); column <= last; column++) {
      const right = column < sprite.width ? sprite.cover[line + column]! * (1 - part) : 0;
      const leftOf = column > 0 ? sprite.cover[line + column - 1]! * part : 0;
      const share = right + leftOf;
      const at = (y0 + row) * width + x0 + column;
      if (share <= 0.003 || depth[at]! < distance) continue;
      const from = right >= leftOf ? line + column : line + column - 1;
      const other = right >= leftOf ? Math.max(line, from - 1) : from + 1;
      const luma =
        (sprite.y[from]! * Math.max(right, leftOf) + (sprite.y[other] ?? 0) * Math.min(right, leftOf)) / share;
      picture.y[at] = picture.y[at]! + (luma - picture.y[at]!) * share;
      if (((y0 + row) & 1) === 0 && ((x0 + column) & 1) === 0) {
        const chroma = ((y0 + row) >> 1) * half + ((x0 + column) >> 1);
        picture.u[chroma] = picture.u[chroma]! + (sprite.u[from]! - picture.u[chroma]!) * share;
        picture.v[chroma] = picture.v[chroma]! + (sprite.v[from]! - picture.v[chroma]!) * share;
      }
    }
  }
}
