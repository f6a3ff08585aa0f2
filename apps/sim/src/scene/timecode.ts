import type { Picture } from "../picture.ts";

/** Side of the anonymiser's blocks for a picture of this height (anonymiser recipe, "Pixelation"). */
export function blockSize(height: number): number {
  return Math.ceil(height / 24 / 4) * 4;
}

export interface TimecodeLayout {
  /** Side of a square in pixels: two blocks, on the block grid, so that block means still show it. */
  readonly square: number;
  readonly squares: number;
  /** Bits of the number; it is carried modulo 2 to this power. */
  readonly bits: number;
}

/** One row of squares at the top: white, black, the bits from the highest, even parity. */
export function timecodeLayout(width: number, height: number): TimecodeLayout {
  const square = blockSize(height) * 2;
  const squares = Math.floor(width / square);
  return { square, squares, bits: Math.min(40, squares - 3) };
}

const WHITE = 220;
const BLACK = 30;

/** Draws `number` (a picture's number, or its capture time in ms) into the first row of squares. */
export function drawTimecode(picture: Picture, number: number): void {
  const { width, height } = picture;
  const { square, bits } = timecodeLayout(width, height);
  const digits = timecodeDigits(number, bits);
  digits.forEach((on, i) => {
    fillSquare(picture, i * square, square, on ? WHITE : BLACK);
  });
}

/**
 * Reads a time code from a luma plane, be it pixelated in blocks or encoded again, at any size.
 *
 * @param width Of the picture as it was drawn; with `height` it gives the layout.
 * @param luma Brightness 0 to 255 at a point of the picture, in its drawn pixels.
 * @returns undefined when the leading squares or the parity do not fit.
 */
export function readTimecode(
  width: number,
  height: number,
  luma: (x: number, y: number) => number,
): number | undefined {
  const { square, bits } = timecodeLayout(width, height);
  const middle = (i: number) => luma((i + 0.5) * square, square / 2);
  const white = middle(0);
  const black = middle(1);
  if (white - black < 60) return undefined;
  const limit = (white + black) / 2;
  let value = 0;
  let ones = 0;
  for (let i = 0; i < bits; i++) {
    const on = middle(i + 2) > limit;
    value = value * 2 + (on ? 1 : 0);
    ones += on ? 1 : 0;
  }
  const parity = middle(bits + 2) > limit ? 1 : 0;
  return (ones + parity) % 2 === 0 ? value : undefined;
}

function timecodeDigits(number: number, bits: number): boolean[] {
  const value = Math.floor(number) % 2 ** bits;
  const digits = Array.from({ length: bits }, (_, i) => Math.floor(value / 2 ** (bits - 1 - i)) % 2 === 1);
  return [true, false, ...digits, digits.filter(Boolean).length % 2 === 1];
}

function fillSquare({ width, y, u, v }: Picture, left: number, square: number, value: number): void {
  for (let row = 0; row < square; row++) y.fill(value, row * width + left, row * width + left + square);
  const half = width >> 1;
  for (let row = 0; row < square >> 1; row++) {
    const from = row * half + (left >> 1);
    u.fill(128, from, from + (square >> 1));
    v.fill(128, from, from + (square >> 1));
  }
}
