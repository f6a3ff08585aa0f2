import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { blankPicture } from "../picture.ts";
import { drawStamp, findStamps } from "./stamp.ts";
import { blockSize, drawTimecode, readTimecode, timecodeLayout } from "./timecode.ts";

test("squares of a 480-line picture are 40 px: two of the anonymiser's blocks", () => {
  expect(blockSize(480)).toBe(20);
  expect(timecodeLayout(640, 480)).toEqual({ square: 40, squares: 16, bits: 13 });
});

test.prop([fc.constantFrom([640, 480] as const, [1280, 960] as const, [320, 240] as const), fc.nat({ max: 2 ** 45 })])(
  "a time code survives the anonymiser's block means",
  ([width, height], number) => {
    const picture = blankPicture(width, height);
    for (let i = 0; i < picture.y.length; i++) picture.y[i] = 16 + ((i * 31) % 200);
    drawTimecode(picture, number);
    pixelate(picture.y, width, height, blockSize(height));
    const { bits } = timecodeLayout(width, height);
    expect(readTimecode(width, height, (x, y) => picture.y[Math.floor(y) * width + Math.floor(x)]!)).toBe(
      number % 2 ** bits,
    );
  },
);

test("a picture without a time code gives none", () => {
  expect(readTimecode(640, 480, () => 128)).toBeUndefined();
});

test.prop([fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 1000 }), fc.integer({ min: -30, max: 30 })])(
  "a stamp is found in raw memory wherever the picture lies, and after a lossy decoder has shifted its levels",
  (number, before, shift) => {
    const picture = blankPicture(640, 480);
    drawStamp(picture, number);
    const memory = new Uint8Array(before + picture.y.length + 500);
    memory.set(
      picture.y.map((value) => value + shift),
      before,
    );
    expect([...findStamps(memory)]).toEqual([[number, 16]]);
  },
);

test("a stamp is gone once its picture is pixelated", () => {
  const picture = blankPicture(640, 480);
  drawStamp(picture, 123_456);
  pixelate(picture.y, 640, 480, blockSize(480));
  expect(findStamps(picture.y).size).toBe(0);
});

function pixelate(luma: Uint8Array, width: number, height: number, block: number): void {
  for (let top = 0; top < height; top += block)
    for (let left = 0; left < width; left += block) {
      let sum = 0;
      let count = 0;
      const each = (visit: (at: number) => void) => {
        for (let y = top; y < Math.min(height, top + block); y++)
          for (let x = left; x < Math.min(width, left + block); x++) visit(y * width + x);
      };
      each((at) => {
        sum += luma[at]!;
        count++;
      });
      each((at) => {
        luma[at] = sum / count;
      });
    }
}
