import { type CameraId, cameraId, fromUtf8, type Instant, instant, OvertError, utf8 } from "@overt/core";

/** One anonymised picture on its way to a screen, live or recorded. */
export interface Picture {
  readonly camera: CameraId;
  /** 0 for live; the `id` of the `read` or `still` request that asked for it otherwise. */
  readonly stream: number;
  /** When the camera took it. */
  readonly at: Instant;
  /** A decoder may start here; the SPS and PPS stand in `accessUnit` before it. */
  readonly key: boolean;
  /** Nothing of the scene is shown: ground not learnt, or the anonymiser failed closed. */
  readonly blank: boolean;
  /** H.264 access unit in Annex B form (every browser's WebCodecs takes it without a description). */
  readonly accessUnit: Uint8Array;
}

const VERSION = 1;
const FIXED = 16;
const KEY = 1;
const BLANK = 2;

/**
 * `u8 version, u8 flags, u8 idLength, u8 0, u32 stream, f64 at, id, access unit`; integers big-endian.
 * Fixed and small because a wall of 16 tiles sends hundreds a second.
 */
export function encodePicture(picture: Picture): Uint8Array<ArrayBuffer> {
  const id = utf8(picture.camera);
  const out = new Uint8Array(FIXED + id.length + picture.accessUnit.length);
  const view = new DataView(out.buffer);
  out[0] = VERSION;
  out[1] = (picture.key ? KEY : 0) | (picture.blank ? BLANK : 0);
  out[2] = id.length;
  view.setUint32(4, picture.stream);
  view.setFloat64(8, picture.at);
  out.set(id, FIXED);
  out.set(picture.accessUnit, FIXED + id.length);
  return out;
}

/** @throws OvertError `PICTURE_INVALID`, `ID_INVALID` */
export function decodePicture(bytes: Uint8Array): Picture {
  const idLength = bytes[2] ?? 0;
  if (bytes[0] !== VERSION || bytes.length < FIXED + idLength)
    throw new OvertError("PICTURE_INVALID", "This message is not a picture of version 1.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = bytes[1] ?? 0;
  return {
    camera: cameraId(fromUtf8(bytes.subarray(FIXED, FIXED + idLength))),
    stream: view.getUint32(4),
    at: instant(view.getFloat64(8)),
    key: (flags & KEY) !== 0,
    blank: (flags & BLANK) !== 0,
    accessUnit: bytes.subarray(FIXED + idLength),
  };
}

/** The same picture for another stream, without copying the access unit twice. */
export function restream(encoded: Uint8Array, stream: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(encoded);
  new DataView(out.buffer).setUint32(4, stream);
  return out;
}
