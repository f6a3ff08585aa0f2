import type { PicturePlanes } from "@overt/media/pixels";
import type { PictureSize } from "../codec/decoder.ts";
import { copyPicture, emptyPicture } from "./picture-copy.ts";
import { eachPicture } from "./variants.ts";

const EVERY = 20;

/** The clip's place without anybody: the median of each pixel over time, under noise like a camera's. */
export async function emptyScene(
  video: string,
  size: PictureSize,
): Promise<{ paint: (picture: PicturePlanes, frame: number) => void }> {
  const samples: PicturePlanes[] = [];
  await eachPicture(video, size, Number.POSITIVE_INFINITY, ({ planes }, frame) => {
    if (frame % EVERY) return;
    const copy = emptyPicture(size.width, size.height);
    copyPicture(planes, copy);
    samples.push(copy);
  });
  const place = emptyPicture(size.width, size.height);
  for (const plane of ["y", "u", "v"] as const)
    medians(
      samples.map((sample) => sample[plane]),
      place[plane],
    );
  return {
    paint(picture, frame) {
      copyPicture(place, picture);
      let random = frame * 7919 + 1;
      for (let at = 0; at < picture.y.length; at++) {
        random = (Math.imul(random, 1664525) + 1013904223) | 0;
        picture.y[at] = Math.min(255, Math.max(0, (picture.y[at] as number) + ((random >>> 29) & 3) - 1));
      }
    },
  };
}

function medians(samples: readonly Uint8Array[], out: Uint8Array): void {
  const sorting = new Uint8Array(samples.length);
  for (let at = 0; at < out.length; at++) {
    for (const [i, sample] of samples.entries()) sorting[i] = sample[at] as number;
    sorting.sort();
    out[at] = sorting[sorting.length >> 1] as number;
  }
}
