import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import {
  type CameraId,
  concatBytes,
  type EpochId,
  fromHex,
  type SegmentId,
  type Track,
  toHex,
  utf8,
} from "@overt/core";
import { CAMERA_BYTES, EPOCH_BYTES, SEGMENT_BYTES, writeCamera } from "./fields.ts";
import { KEY_BYTES } from "./gcm.ts";
import { trackByte } from "./record.ts";

/** Fills with random bytes; `crypto.getRandomValues` but for vectors. */
export type Random = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** The two halves of an epoch key. Neither says anything of the key. */
export interface EpochHalves {
  readonly operations: Uint8Array<ArrayBuffer>;
  readonly oversight: Uint8Array<ArrayBuffer>;
}

const INFO = utf8("overt/1 segment");

/**
 * Room for a secret that can be overwritten for good: V8 keeps small typed arrays inside its own heap, where each
 * collection may leave a copy behind, but never an `ArrayBuffer` that was asked for.
 */
export const secretBytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(length));

export const webRandom: Random = (bytes) => crypto.getRandomValues(bytes);

export const newEpochId = (random = webRandom): EpochId => toHex(random(new Uint8Array(EPOCH_BYTES))) as EpochId;
export const newSegmentId = (random = webRandom): SegmentId =>
  toHex(random(new Uint8Array(SEGMENT_BYTES))) as SegmentId;
/** Also a period key. */
export const newKey = (random = webRandom): Uint8Array<ArrayBuffer> => random(secretBytes(KEY_BYTES));
export const newHalves = (random = webRandom): EpochHalves => ({
  operations: newKey(random),
  oversight: newKey(random),
});

/** Epoch key = K_ops XOR K_oversight. */
export function joinHalves({ operations, oversight }: EpochHalves): Uint8Array<ArrayBuffer> {
  const key = secretBytes(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i++) key[i] = operations[i]! ^ oversight[i]!;
  return key;
}

/** HKDF-SHA-256 (RFC 5869): ikm the epoch key, salt the segment id, info `"overt/1 segment"`, track byte, camera. */
export function segmentKey(
  epochKey: Uint8Array,
  of: { readonly camera: CameraId; readonly track: Track; readonly segment: SegmentId },
): Uint8Array<ArrayBuffer> {
  const camera = new Uint8Array(CAMERA_BYTES);
  writeCamera(camera, 0, of.camera);
  const info = concatBytes([INFO, Uint8Array.of(trackByte(of.track)), camera]);
  return hkdf(sha256, epochKey, fromHex(of.segment), info, KEY_BYTES) as Uint8Array<ArrayBuffer>;
}
