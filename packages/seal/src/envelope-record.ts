import { concatBytes, type CameraId, type EpochId, type Instant, type Track } from "@overt/core";
import type { Crc32c } from "./crc32c.ts";
import { readCamera, readEpoch, readMs, writeCamera, writeId, writeMs } from "./fields.ts";
import { TAG_BYTES } from "./gcm.ts";
import { encodeRecord, PREFIX_BYTES, type RawRecord, type RecordProblem, viewOf, writePrefix } from "./record.ts";

/** What stands in clear before an envelope's ciphertext: enough to file it and to find its period key. */
export interface EnvelopeHead {
  readonly camera: CameraId;
  readonly track: Track;
  readonly epoch: EpochId;
  /** Trusted UTC ms at which the epoch was meant to begin; it begins within the same period, perhaps at another time. */
  readonly start: Instant;
  /** Of the period key that the envelope lies under. */
  readonly periodStart: Instant;
  readonly nonce: Uint8Array;
}

/** Bytes of an envelope's body before the ciphertext. */
const ENVELOPE_HEAD_BYTES = 76;

export function encodeEnvelopeHead(head: EnvelopeHead): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(ENVELOPE_HEAD_BYTES);
  const view = viewOf(body);
  writeCamera(body, 0, head.camera);
  writeId(body, 32, head.epoch);
  writeMs(view, 48, head.start);
  writeMs(view, 56, head.periodStart);
  body.set(head.nonce, 64);
  return body;
}

export function encodeEnvelopeRecord(head: EnvelopeHead, sealed: Uint8Array, crc32c?: Crc32c): Uint8Array<ArrayBuffer> {
  return encodeRecord("envelope", head.track, 0, [encodeEnvelopeHead(head), sealed], crc32c);
}

/** Additional authenticated data: the prefix with its CRC zero, then the clear fields. */
export function envelopeAad(head: EnvelopeHead, sealedBytes: number): Uint8Array<ArrayBuffer> {
  const aad = concatBytes([new Uint8Array(PREFIX_BYTES), encodeEnvelopeHead(head)]);
  writePrefix(aad, "envelope", head.track, 0, ENVELOPE_HEAD_BYTES + sealedBytes);
  return aad;
}

/** The clear part of an envelope and, undeciphered, the rest. */
export function parseEnvelopeRecord({
  prefix,
  body,
}: RawRecord): { head: EnvelopeHead; sealed: Uint8Array } | RecordProblem {
  if (prefix.type !== "envelope") return { problem: "type" };
  if (body.length < ENVELOPE_HEAD_BYTES + TAG_BYTES) return { problem: "length" };
  const view = viewOf(body);
  const camera = readCamera(body, 0);
  const start = readMs(view, 48);
  const periodStart = readMs(view, 56);
  if (camera === null || start === null || periodStart === null || prefix.flags !== 0) return { problem: "body" };
  return {
    head: {
      camera,
      track: prefix.track,
      epoch: readEpoch(body, 32),
      start: start as Instant,
      periodStart: periodStart as Instant,
      nonce: body.slice(64, ENVELOPE_HEAD_BYTES),
    },
    sealed: body.subarray(ENVELOPE_HEAD_BYTES),
  };
}
