import { OvertError } from "@overt/core";

/** A decoded picture, YUV 4:2:0 with 8 bits, in place: writing to the planes changes the picture. */
export interface PicturePlanes {
  readonly width: number;
  readonly height: number;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  /** Bytes from one row to the next. */
  readonly strideY: number;
  readonly strideUv: number;
}

/** @throws OvertError `PICTURE_SHORT` when a plane does not hold what the size says: nothing of it may be shown. */
export function requireWhole({ width, height, y, u, v, strideY, strideUv }: PicturePlanes): void {
  const chromaRows = (height + 1) >> 1;
  const chromaColumns = (width + 1) >> 1;
  const lumaBytes = strideY * (height - 1) + width;
  const chromaBytes = strideUv * (chromaRows - 1) + chromaColumns;
  if (strideY >= width && strideUv >= chromaColumns && y.length >= lumaBytes)
    if (u.length >= chromaBytes && v.length >= chromaBytes) return;
  throw new OvertError("PICTURE_SHORT", `A decoded picture of ${width}x${height} pixels lacks a part of its planes.`);
}
