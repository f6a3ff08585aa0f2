import { OvertError } from "@overt/core";
import { paintBlank } from "@overt/media/pixels";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { Frame } from "node-av/lib";
import { planesOf } from "./decoder.ts";

/** A picture that shows nothing. The caller frees it. */
export function blankFrame(width: number, height: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  if (frame.getBuffer() < 0) throw new OvertError("ENCODER_FAILED", "There is no memory for a blank picture.");
  paintBlank(planesOf(frame));
  return frame;
}
