import type { CameraId, EpochId, Instant, SegmentId, Track } from "@overt/core";
import { readCamera, readEpoch, readMs, readSegment, writeCamera, writeId, writeMs } from "./fields.ts";
import { TAG_BYTES } from "./gcm.ts";
import { parsePrefix, PREFIX_BYTES, type RecordProblem, viewOf } from "./record.ts";

/** What stands in clear before a fragment's ciphertext: enough to index it and to check it whole without a key. */
export interface FragmentHead {
  readonly camera: CameraId;
  readonly track: Track;
  readonly epoch: EpochId;
  readonly segment: SegmentId;
  /** Also the nonce. 0 is the init segment; the end message's counter is the count of messages before it. */
  readonly counter: number;
  /** Trusted UTC ms of the first picture. */
  readonly time: Instant;
  /** Camera clock minus trusted time in ms, at most ±24.8 days; `null` while unknown. */
  readonly cameraOffsetMs: number | null;
  readonly durationMs: number;
  readonly kind: FragmentKind;
}

/** `key`: media that starts on a key picture. `media`: media that does not. */
export type FragmentKind = "init" | "key" | "media" | "end";

/** Bytes of a fragment's body before the ciphertext. */
export const FRAGMENT_HEAD_BYTES = 100;
/** Bytes of a fragment record before the ciphertext: read this much to index it. */
export const FRAGMENT_CLEAR_BYTES = PREFIX_BYTES + FRAGMENT_HEAD_BYTES;

const FLAGS: Readonly<Record<FragmentKind, number>> = { media: 0, key: 1, init: 2, end: 4 };
const KIND_OF: readonly (FragmentKind | undefined)[] = ["media", "key", "init", undefined, "end"];
const UNKNOWN_OFFSET = -0x8000_0000;
const MOST_OFFSET = 0x7fff_ffff;

export const fragmentFlags = (kind: FragmentKind): number => FLAGS[kind];

/** The fields that are the same in all of a segment's fragments, at the start of a body of 100 bytes. */
export function writeFragmentIds(body: Uint8Array, camera: CameraId, epoch: EpochId, segment: SegmentId): void {
  writeCamera(body, 0, camera);
  writeId(body, 32, epoch);
  writeId(body, 48, segment);
}

/** @param cameraOffsetMs beyond ±24.8 days (i32) is told as that: such a clock is wrong, and no more is of use */
export function writeFragmentTimes(
  body: Uint8Array,
  fields: Pick<FragmentHead, "counter" | "time" | "cameraOffsetMs" | "durationMs">,
): void {
  const view = viewOf(body);
  const { cameraOffsetMs: offset } = fields;
  view.setUint32(80, fields.counter);
  writeMs(view, 84, fields.time);
  view.setInt32(92, offset === null ? UNKNOWN_OFFSET : Math.max(-MOST_OFFSET, Math.min(MOST_OFFSET, offset)));
  view.setUint32(96, fields.durationMs);
}

/** The clear part of a fragment record: from `FRAGMENT_CLEAR_BYTES` of it on, without a look at CRC or ciphertext. */
export function parseFragmentHead(bytes: Uint8Array, offset = 0): FragmentHead | RecordProblem {
  const prefix = parsePrefix(bytes, offset);
  if ("problem" in prefix) return prefix;
  if (prefix.type !== "fragment") return { problem: "type" };
  if (prefix.bodyBytes < FRAGMENT_HEAD_BYTES + TAG_BYTES) return { problem: "length" };
  if (bytes.length - offset < FRAGMENT_CLEAR_BYTES) return { problem: "short", needBytes: FRAGMENT_CLEAR_BYTES };
  const body = bytes.subarray(offset + PREFIX_BYTES, offset + FRAGMENT_CLEAR_BYTES);
  const view = viewOf(body);
  const camera = readCamera(body, 0);
  const time = readMs(view, 84);
  const kind = KIND_OF[prefix.flags];
  if (camera === null || time === null || !kind) return { problem: "body" };
  const cameraOffsetMs = view.getInt32(92);
  return {
    camera,
    track: prefix.track,
    epoch: readEpoch(body, 32),
    segment: readSegment(body, 48),
    counter: view.getUint32(80),
    time: time as Instant,
    cameraOffsetMs: cameraOffsetMs === UNKNOWN_OFFSET ? null : cameraOffsetMs,
    durationMs: view.getUint32(96),
    kind,
  };
}
