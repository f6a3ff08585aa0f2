import { readFileSync } from "node:fs";

/** Where a person is, in shares of the picture. */
export interface PersonBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The size of the pictures that the MOTChallenge boxes of PETS 2009 S2.L1 were drawn on. */
const WIDTH = 768;
const HEIGHT = 576;

/** `boxes.csv` (`frame,left,top,width,height,occluded`), by frame number from 1; occluded ones are left out. */
export function readPersonBoxes(path: string): Map<number, PersonBox[]> {
  const frames = new Map<number, PersonBox[]>();
  for (const line of readFileSync(path, "utf8").trim().split("\n").slice(1)) {
    const [frame, left, top, width, height, occluded] = line.split(",").map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const boxes = frames.get(frame) ?? [];
    frames.set(frame, boxes);
    if (occluded) continue;
    boxes.push({
      left: Math.max(0, left / WIDTH),
      top: Math.max(0, top / HEIGHT),
      right: Math.min(1, (left + width) / WIDTH),
      bottom: Math.min(1, (top + height) / HEIGHT),
    });
  }
  return frames;
}
