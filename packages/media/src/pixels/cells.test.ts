import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { cellMeans } from "./cells.ts";
import { layoutOf } from "./layout.ts";

test.prop([fc.uint8Array({ minLength: 64 * 12 + 1, maxLength: 64 * 12 + 1 })])(
  "the mean of a cell is the same by words and by bytes",
  (bytes) => {
    const layout = layoutOf(60, 12);
    const chroma = { u: bytes, v: bytes, strideUv: 30 };
    const fast = new Uint8Array(layout.cells);
    const slow = new Uint8Array(layout.cells);
    const aligned = bytes.slice(0, 64 * 12);
    const shifted = new Uint8Array(64 * 12 + 1);
    shifted.set(aligned, 1);
    cellMeans({ width: 60, height: 12, y: aligned, strideY: 64, ...chroma }, layout, fast);
    cellMeans({ width: 60, height: 12, y: shifted.subarray(1), strideY: 64, ...chroma }, layout, slow);
    expect(fast).toEqual(slow);
    expect(fast[0]).toBe(expectedMean(aligned));
  },
);

function expectedMean(bytes: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < 4; row++) for (let x = 0; x < 4; x++) sum += bytes[row * 64 + x] as number;
  return Math.floor((sum + 8) / 16);
}
