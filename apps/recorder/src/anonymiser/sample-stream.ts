import type { PicturePlanes } from "@overt/media/pixels";
import { blankFrame } from "./codec/blank.ts";
import { planesOf } from "./codec/decoder.ts";
import { PictureEncoder } from "./codec/encoder.ts";

export interface SamplePicture {
  readonly at: number;
  readonly key: boolean;
  readonly accessUnit: Uint8Array;
}

/** H.264 of a street that was made up, with a figure who may stand in it: for tests. */
export class SampleStream {
  readonly #encoder: PictureEncoder;
  readonly #width: number;
  readonly #height: number;
  #at: number;

  constructor(width: number, height: number, from: number) {
    this.#width = width;
    this.#height = height;
    this.#at = from;
    this.#encoder = new PictureEncoder({ width, height, fullRange: false, quality: 20 });
  }

  next(afterMs = 100, figureAt: number | null = null): SamplePicture {
    this.#at += afterMs;
    const frame = blankFrame(this.#width, this.#height);
    const planes = planesOf(frame);
    paintStreet(planes);
    if (figureAt !== null) paintFigure(planes, figureAt);
    const picture = this.#encoder.encode(frame, this.#at);
    frame.free();
    return picture;
  }

  close(): void {
    this.#encoder.close();
  }
}

function paintStreet({ y, strideY, width, height }: PicturePlanes): void {
  for (let row = 0; row < height; row++)
    for (let x = 0; x < width; x++)
      y[row * strideY + x] = 110 + 40 * Math.sin(x / 9) + 30 * Math.cos(row / 7) + ((x * 5 + row * 3) % 8);
}

/** Black and white bands that are a middle grey over any block: either of the two in an output is a leak. */
function paintFigure({ y, strideY, height }: PicturePlanes, left: number): void {
  const top = Math.round(height * 0.4);
  for (let row = top; row < top + 60; row++)
    y.fill((row - top) % 12 < 6 ? 10 : 240, row * strideY + left, row * strideY + left + 22);
}
