import { CELL_PX, type Layout } from "./layout.ts";
import type { PicturePlanes } from "./picture.ts";

const LOW_BYTES = 0x00ff00ff;

/** Mean luma of each cell, 0 to 255. Four pixels are added at a time as two pairs in one 32-bit word. */
export function cellMeans(picture: PicturePlanes, layout: Layout, out: Uint8Array): void {
  const { y, strideY } = picture;
  if (strideY % CELL_PX || y.byteOffset % CELL_PX) {
    slowCellMeans(picture, layout, out);
    return;
  }
  const words = new Uint32Array(y.buffer, y.byteOffset, y.byteLength >> 2);
  const stride = strideY / CELL_PX;
  const { cellColumns, cellRows } = layout;
  let cell = 0;
  for (let row = 0; row < cellRows; row++) {
    let at = row * CELL_PX * stride;
    for (let end = at + cellColumns; at < end; at++) {
      const a = words[at] as number;
      const b = words[at + stride] as number;
      const c = words[at + 2 * stride] as number;
      const d = words[at + 3 * stride] as number;
      const even = (a & LOW_BYTES) + (b & LOW_BYTES) + (c & LOW_BYTES) + (d & LOW_BYTES);
      const odd = ((a >>> 8) & LOW_BYTES) + ((b >>> 8) & LOW_BYTES) + ((c >>> 8) & LOW_BYTES) + ((d >>> 8) & LOW_BYTES);
      const both = even + odd;
      out[cell++] = ((both & 0xffff) + (both >>> 16) + 8) >> 4;
    }
  }
}

function slowCellMeans({ y, strideY }: PicturePlanes, { cellColumns, cellRows }: Layout, out: Uint8Array): void {
  for (let row = 0; row < cellRows; row++)
    for (let column = 0; column < cellColumns; column++) {
      let sum = 0;
      for (let line = 0; line < CELL_PX; line++)
        for (let x = 0; x < CELL_PX; x++) sum += y[(row * CELL_PX + line) * strideY + column * CELL_PX + x] as number;
      out[row * cellColumns + column] = (sum + 8) >> 4;
    }
}
