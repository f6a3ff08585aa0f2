import {
  type CameraId,
  cameraId,
  type EpochId,
  fromHex,
  fromUtf8,
  OvertError,
  type SegmentId,
  toHex,
  utf8,
} from "@overt/core";

/** Fields that several bodies share: camera (32 bytes), epoch (16), then what the type adds. */
export const CAMERA_BYTES = 32;
export const EPOCH_BYTES = 16;
export const SEGMENT_BYTES = 32;

/** ASCII, padded with zeros. */
export function writeCamera(into: Uint8Array, at: number, camera: CameraId): void {
  into.set(utf8(camera), at);
}

/** @returns `null` when it is no camera id padded with zeros. */
export function readCamera(bytes: Uint8Array, at: number): CameraId | null {
  const field = bytes.subarray(at, at + CAMERA_BYTES);
  const end = field.indexOf(0);
  const length = end < 0 ? CAMERA_BYTES : end;
  if (field.some((byte, i) => (i < length ? byte > 126 : byte !== 0))) return null;
  try {
    return cameraId(fromUtf8(field.subarray(0, length)));
  } catch (thrown) {
    if (thrown instanceof OvertError) return null;
    throw thrown;
  }
}

export const writeId = (into: Uint8Array, at: number, id: EpochId | SegmentId): void => into.set(fromHex(id), at);
export const readEpoch = (bytes: Uint8Array, at: number): EpochId =>
  toHex(bytes.subarray(at, at + EPOCH_BYTES)) as EpochId;
export const readSegment = (bytes: Uint8Array, at: number): SegmentId =>
  toHex(bytes.subarray(at, at + SEGMENT_BYTES)) as SegmentId;

/** Two's complement 64-bit milliseconds; a number holds them exactly up to 2^53. */
export function writeMs(view: DataView, at: number, ms: number): void {
  view.setInt32(at, Math.floor(ms / 0x1_0000_0000));
  view.setUint32(at + 4, ms >>> 0);
}

/** @returns `null` when it is no exact number. */
export function readMs(view: DataView, at: number): number | null {
  const ms = view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
  return Number.isSafeInteger(ms) ? ms : null;
}
