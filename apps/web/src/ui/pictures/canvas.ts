import type { ShownPicture } from "./decoder.ts";

/** Draws a picture into a canvas at the picture's own size, and closes it. CSS scales; the ratio is kept. */
export function draw(canvas: HTMLCanvasElement, { frame }: ShownPicture): void {
  if (canvas.width !== frame.displayWidth) canvas.width = frame.displayWidth;
  if (canvas.height !== frame.displayHeight) canvas.height = frame.displayHeight;
  canvas.getContext("2d", { alpha: false, desynchronized: true })?.drawImage(frame, 0, 0);
  frame.close();
}
