import type { Picture } from "../picture.ts";
import type { Rgb } from "./colour.ts";
import { lit } from "./colour.ts";
import { cellNoise, randomStream } from "./random.ts";
import type { Sprite } from "./sprite.ts";
import { drawSprite, showSprite } from "./sprite.ts";
import type { View } from "./view.ts";
import { column, row, scaleAt } from "./view.ts";

export interface TreePlace {
  readonly x: number;
  readonly z: number;
  /** Metres to the top. */
  readonly height: number;
  readonly leaves: Rgb;
  readonly seed: number;
}

/** A tree whose crown bends a little in the wind. */
export interface Tree {
  readonly z: number;
  /** @param turn Place in the loop, 0 to 1; the wind comes round with it. */
  show(picture: Picture, depth: Float32Array, turn: number): void;
}

export function growTree(view: View, place: TreePlace, light: Rgb): Tree {
  const scale = scaleAt(view, place.z);
  const width = Math.ceil(place.height * 0.8 * scale);
  const height = Math.ceil(place.height * scale);
  const sprite = drawTree(width, height, place, light);
  const left = column(view, place.x, place.z) - width / 2;
  const top = row(view, place.height, place.z);
  const sway = 0.035 * scale;
  return {
    z: place.z,
    show(picture, depth, turn) {
      const wind = Math.sin(turn * 2 * Math.PI * 5 + place.seed) + 0.5 * Math.sin(turn * 2 * Math.PI * 13 + place.x);
      const flutter = turn * 2 * Math.PI * 31;
      showSprite(picture, depth, sprite, left, top, place.z, (r) => {
        const up = 1 - r / height;
        const bend = Math.max(0, up - 0.3) ** 1.4;
        return sway * bend * (wind * 1.6 + 0.5 * Math.sin(flutter + (r / height) * 19));
      });
    },
  };
}

function drawTree(width: number, height: number, place: TreePlace, light: Rgb): Sprite {
  const random = randomStream(place.seed * 7919 + 13);
  const blobs = Array.from({ length: 70 }, () => {
    const angle = random() * 2 * Math.PI;
    const out = Math.sqrt(random());
    return {
      x: width / 2 + Math.cos(angle) * out * width * 0.37,
      y: height * 0.34 + Math.sin(angle) * out * height * 0.25,
      r: (0.07 + 0.07 * random()) * width,
      tone: 0.7 + 0.5 * random(),
    };
  });
  return drawSprite(width, height, (x, y) => {
    let best: Rgb | undefined;
    for (const blob of blobs) {
      const dx = (x - blob.x) / blob.r;
      const dy = (y - blob.y) / blob.r;
      const d = dx * dx + dy * dy;
      const ragged = 1 - 0.5 * cellNoise(x / (0.012 * height), y / (0.012 * height), place.seed);
      if (d > ragged) continue;
      const shine = blob.tone * (1.05 - 0.5 * dy - 0.12 * dx) * (1.18 - 0.7 * (y / height));
      const leaf = 0.75 + 0.5 * cellNoise(x / (0.008 * height), y / (0.008 * height), place.seed + 1);
      best = lit(lit(place.leaves, shine * leaf), light);
    }
    if (best) return best;
    const trunk =
      Math.abs(x - width / 2 - 0.02 * width * Math.sin((y / height) * 5)) / (width * (0.02 + 0.022 * (y / height)));
    return y > height * 0.4 && trunk < 1
      ? lit(lit([92, 76, 60], 1.1 - 0.45 * trunk + 0.2 * cellNoise(x, y / 4)), light)
      : undefined;
  });
}
