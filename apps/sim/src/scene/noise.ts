import type { Picture } from "../picture.ts";
import { randomStream } from "./random.ts";

const TABLE = 1 << 18;
const LOWEST = 16;
const HIGHEST = 235;

/** Luma after noise of up to 128 levels either way was added, by the sum and 128. */
const LIMITED = Uint8Array.from({ length: 512 }, (_, sum) => Math.max(LOWEST, Math.min(HIGHEST, sum - 128)));

/** The sensor's noise on luma, other in each picture, the same for the same seed and picture. */
export function sensorNoise(deviation: number, seed: number): (picture: Picture, number: number) => void {
  const random = randomStream(seed);
  const table = Uint8Array.from({ length: TABLE }, () => {
    // The sum of four has a deviation of sqrt(4/12).
    const sum = random() + random() + random() + random() - 2;
    return Math.round((sum / 0.577) * deviation) + 128;
  });
  return ({ y }, number) => {
    let from = Math.imul(number + 1, 40_503) & (TABLE - 1);
    for (let start = 0; start < y.length; ) {
      const end = Math.min(y.length, start + TABLE - from);
      const offset = from - start;
      for (let i = start; i < end; i++) y[i] = LIMITED[y[i]! + table[i + offset]!]!;
      start = end;
      from = 0;
    }
  };
}
