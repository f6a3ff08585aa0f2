import type { CameraId, EpochId, Instant, SegmentId, Track } from "@overt/core";
import type { Crc32c } from "./crc32c.ts";
import { readCamera, readEpoch, readMs, readSegment, writeCamera, writeId, writeMs } from "./fields.ts";
import { encodeRecord, type RawRecord, type RecordProblem, viewOf } from "./record.ts";

/** ISO/IEC 14496-15 sample entries whose parameter sets stand in the init segment. */
export type Codec = "avc1" | "hvc1";

/** What a segment's first record says. Its SHA-256 is bound into every message of the segment. */
export interface SegmentHeader {
  readonly camera: CameraId;
  readonly track: Track;
  readonly epoch: EpochId;
  readonly segment: SegmentId;
  /** Trusted UTC ms of the first picture. */
  readonly start: Instant;
  readonly codec: Codec;
  /** SHA-256 of the fMP4 init segment (`ftyp` and `moov`). */
  readonly initSha256: Uint8Array;
  readonly startsOnKey: boolean;
}

const BODY_BYTES = 124;
const STARTS_ON_KEY = 1;

export function encodeSegmentHeader(header: SegmentHeader, crc32c?: Crc32c): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(BODY_BYTES);
  writeCamera(body, 0, header.camera);
  writeId(body, 32, header.epoch);
  writeId(body, 48, header.segment);
  writeMs(viewOf(body), 80, header.start);
  for (let i = 0; i < 4; i++) body[88 + i] = header.codec.charCodeAt(i);
  body.set(header.initSha256, 92);
  return encodeRecord("segment", header.track, header.startsOnKey ? STARTS_ON_KEY : 0, [body], crc32c);
}

export function parseSegmentHeader({ prefix, body }: RawRecord): SegmentHeader | RecordProblem {
  if (prefix.type !== "segment") return { problem: "type" };
  if (body.length !== BODY_BYTES) return { problem: "length" };
  const camera = readCamera(body, 0);
  const start = readMs(viewOf(body), 80);
  const codec = String.fromCharCode(...body.subarray(88, 92));
  if (camera === null || start === null || (codec !== "avc1" && codec !== "hvc1")) return { problem: "body" };
  if (prefix.flags & ~STARTS_ON_KEY) return { problem: "body" };
  return {
    camera,
    track: prefix.track,
    epoch: readEpoch(body, 32),
    segment: readSegment(body, 48),
    start: start as Instant,
    codec,
    initSha256: body.slice(92, 124),
    startsOnKey: prefix.flags === STARTS_ON_KEY,
  };
}
