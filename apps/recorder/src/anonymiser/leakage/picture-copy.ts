import type { PicturePlanes } from "@overt/media/pixels";

/** Planes of one's own, without padding. Width and height are even. */
export function emptyPicture(width: number, height: number): PicturePlanes {
  const chroma = (width / 2) * (height / 2);
  return {
    width,
    height,
    y: new Uint8Array(width * height),
    u: new Uint8Array(chroma).fill(128),
    v: new Uint8Array(chroma).fill(128),
    strideY: width,
    strideUv: width / 2,
  };
}

/** Copies pixels from one picture to another of the same size, whatever their strides. */
export function copyPicture(from: PicturePlanes, to: PicturePlanes): void {
  copyPlane(from.y, from.strideY, to.y, to.strideY, from.width, from.height);
  copyPlane(from.u, from.strideUv, to.u, to.strideUv, from.width / 2, from.height / 2);
  copyPlane(from.v, from.strideUv, to.v, to.strideUv, from.width / 2, from.height / 2);
}

function copyPlane(
  from: Uint8Array,
  fromStride: number,
  to: Uint8Array,
  toStride: number,
  width: number,
  height: number,
): void {
  for (let row = 0; row < height; row++)
    to.set(from.subarray(row * fromStride, row * fromStride + width), row * toStride);
}

/** A part of one picture laid over the same part of another; even numbers. */
export function copyPart(
  from: PicturePlanes,
  to: PicturePlanes,
  part: { left: number; top: number; width: number; height: number },
): void {
  const rows = (plane: "y" | "u" | "v", stride: "strideY" | "strideUv", scale: number) => {
    for (let row = part.top / scale; row < (part.top + part.height) / scale; row++) {
      const source = row * from[stride] + part.left / scale;
      to[plane].set(from[plane].subarray(source, source + part.width / scale), row * to[stride] + part.left / scale);
    }
  };
  rows("y", "strideY", 1);
  rows("u", "strideUv", 2);
  rows("v", "strideUv", 2);
}
