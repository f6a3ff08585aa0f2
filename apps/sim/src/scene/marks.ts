import type { Picture } from "../picture.ts";
import { drawStamp } from "./stamp.ts";
import { drawTimecode } from "./timecode.ts";

/** What is written over each picture for a test to read back. */
export interface Marks {
  readonly timecode?: boolean;
  readonly stamp?: boolean;
}

/** @param number Of the picture, or milliseconds for a time code of now. */
export function markPicture(picture: Picture, marks: Marks | undefined, number: number, timecode = number): void {
  if (marks?.timecode) drawTimecode(picture, timecode);
  if (marks?.stamp) drawStamp(picture, number);
}
