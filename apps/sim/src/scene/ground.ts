import type { Rgb } from "./colour.ts";
import { lit } from "./colour.ts";
import { cellNoise, smoothNoise } from "./random.ts";

/** Fine structure fades with distance, where it would only shimmer. */
function fade(z: number): number {
  return Math.max(0, Math.min(1, (30 - z) / 22));
}

/** Flagstones of `size` metres, each a little different. */
export function paving(x: number, z: number, size: number, colour: Rgb): Rgb {
  const shift = Math.floor(z / size) % 2 ? size / 2 : 0;
  const sharp = fade(z);
  const joint = ((x + shift + 500) % size) / size < 0.035 || ((z + 500) % size) / size < 0.035;
  const stone = cellNoise((x + shift) / size, z / size, 11) - 0.5;
  const stain = smoothNoise(x * 0.35, z * 0.35, 2);
  return lit(
    colour,
    1 + sharp * (0.13 * stone - (joint ? 0.2 : 0)) + 0.06 * stain + 0.03 * sharp * smoothNoise(x * 9, z * 9, 4),
  );
}

export function asphalt(x: number, z: number, colour: Rgb): Rgb {
  const patch = smoothNoise(x * 0.3, z * 0.18, 21) > 0.45 ? 0.92 : 1;
  return lit(
    colour,
    patch * (1 + 0.05 * smoothNoise(x * 0.8, z * 0.3, 8) + 0.07 * fade(z) * smoothNoise(x * 14, z * 14, 6)),
  );
}

export function grass(x: number, z: number): Rgb {
  const tuft = 0.12 * smoothNoise(x * 2.5, z * 2.5, 31) + 0.16 * fade(z) * smoothNoise(x * 11, z * 7, 32);
  return lit([104, 128, 62], 1 + tuft);
}

/** Stripes across the x axis: a zebra crossing between two z. */
export function zebra(x: number): boolean {
  return ((x % 1) + 1) % 1 < 0.5;
}
