import type { Picture } from "../picture.ts";
import { randomStream } from "./random.ts";

const TABLE = 1 << 18;

/** The sensor's noise on luma, other in each picture, the same for the same seed and picture. */
export function sensorNoise(deviation: number, seed: number): (picture: Picture, number: number) => void {
  const random = randomStream(seed);
  const table = Int8Array.from({ length: TABLE }, () => {
    const sum = random() + random() + random() + random() - 2;
    // The sum of four has a deviation of sqrt(4/12).
    return Math.round((sum / 0.577) * deviation);
  });
  return ({ y }, number) => {
    let at = Math.imul(number + 1, 40_503) & (TABLE - 1);
    for (let i = 0; i < y.length; i++) {
      y[i] = Math.max(16, Math.min(235, y[i]! + table[at]!));
      at = (at + 1) & (TABLE - 1);
    }
  };
}
