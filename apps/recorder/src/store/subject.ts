import { type CameraId, OvertError, type SegmentId } from "@overt/core";
import { parsePrefix, PREFIX_BYTES } from "@overt/seal";
import { CAMERA_BYTES, EPOCH_BYTES, readCamera, readSegment } from "@overt/seal/fields";

export interface Subject {
  readonly camera: CameraId;
  readonly segment: SegmentId | null;
  /** These are no pictures, and pictures are worth nothing without them. */
  readonly essential: boolean;
}

const SEGMENT_AT = PREFIX_BYTES + CAMERA_BYTES + EPOCH_BYTES;

/**
 * Whose records these are; camera and segment stand at the same place in each type (README of `seal`).
 *
 * @throws OvertError `RECORD_INVALID`
 */
export function subjectOf(records: readonly Uint8Array[]): Subject {
  let camera: CameraId | null = null;
  let segment: SegmentId | null = null;
  let essential = true;
  for (const record of records) {
    const prefix = parsePrefix(record);
    if ("problem" in prefix || record.length < PREFIX_BYTES + CAMERA_BYTES) break;
    camera ??= readCamera(record, PREFIX_BYTES);
    if (prefix.type === "segment" || prefix.type === "fragment") segment ??= readSegment(record, SEGMENT_AT);
    if (prefix.type === "fragment") essential = false;
  }
  if (camera === null) throw new OvertError("RECORD_INVALID", "What was to be stored is no record of a camera.");
  return { camera, segment, essential };
}
