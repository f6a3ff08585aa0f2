import { OvertError } from "@overt/core";

/** Encoded pictures out of the body of a `pictures` frame: `u32 length, picture` repeated (`@overt/link`). */
export function* splitPictures(body: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at < body.length; ) {
    const length = at + 4 <= body.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (length > body.length - at - 4)
      throw new OvertError("FRAME_INVALID", "A frame of pictures ends in the middle of one.");
    yield body.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}
