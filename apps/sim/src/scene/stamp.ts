import type { Picture } from "../picture.ts";

/**
 * A mark that makes each picture's own pixels recognisable in raw memory: a row of cells of
 * 8 x 16 pixels at the bottom left, dark or bright: 16 cells that never change, 32 of the
 * picture's number, 8 of a checksum. Finer than any block of the anonymiser, so that it is
 * legible only where the picture is clear.
 */
const CELL = 8;
const ROWS = 16;
const SYNC = 0b1110_0101_1010_0110;
const CELLS = 16 + 32 + 8;
const BRIGHT = 210;
const DARK = 40;
const MIDDLE = 125;

/** Pixels that a stamp needs in width. */
export const STAMP_WIDTH = CELLS * CELL;

/** Draws the stamp of a number below 2^32; a picture narrower than {@link STAMP_WIDTH} gets none. */
export function drawStamp(picture: Picture, number: number): void {
  const { width, height, y } = picture;
  if (width < STAMP_WIDTH) return;
  const cells = stampCells(number);
  for (let row = height - ROWS; row < height; row++)
    cells.forEach((on, i) => {
      y.fill(on ? BRIGHT : DARK, row * width + i * CELL, row * width + (i + 1) * CELL);
    });
}

/**
 * The numbers of all stamps whose rows lie in a piece of memory, each as often as a row of it is found.
 * Bytes are judged bright or dark, so that a decoded picture counts as the drawn one does.
 */
export function findStamps(memory: Uint8Array): Map<number, number> {
  const found = new Map<number, number>();
  const last = memory.length - STAMP_WIDTH;
  for (let at = 0; at <= last; at++) {
    // The first three cells are bright and the fourth is dark: one look drops almost every place.
    if (memory[at]! < MIDDLE || memory[at + 3 * CELL]! >= MIDDLE || memory[at + 3 * CELL - 1]! < MIDDLE) continue;
    const number = readCells(memory, at);
    if (number === undefined) continue;
    found.set(number, (found.get(number) ?? 0) + 1);
    at += STAMP_WIDTH - 1;
  }
  return found;
}

function readCells(memory: Uint8Array, at: number): number | undefined {
  const bit = (i: number) => (memory[at + i * CELL + CELL / 2]! >= MIDDLE ? 1 : 0);
  for (let i = 0; i < 16; i++) if (bit(i) !== ((SYNC >> (15 - i)) & 1)) return undefined;
  let number = 0;
  for (let i = 0; i < 32; i++) number = number * 2 + bit(16 + i);
  let sum = 0;
  for (let i = 0; i < 8; i++) sum = sum * 2 + bit(48 + i);
  return sum === checksum(number) ? number : undefined;
}

function stampCells(number: number): boolean[] {
  const bits = (value: number, length: number) =>
    Array.from({ length }, (_, i) => Math.floor(value / 2 ** (length - 1 - i)) % 2 === 1);
  return [...bits(SYNC, 16), ...bits(number % 2 ** 32, 32), ...bits(checksum(number % 2 ** 32), 8)];
}

function checksum(number: number): number {
  return (Math.imul(number, 2_654_435_761) >>> 24) ^ 0x5a;
}
