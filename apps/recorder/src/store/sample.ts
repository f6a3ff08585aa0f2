import { randomBytes } from "node:crypto";
import {
  type CameraId,
  cameraId,
  type EpochId,
  type Instant,
  instant,
  type SegmentId,
  toHex,
  type Track,
} from "@overt/core";
import {
  encodeEnvelopeRecord,
  encodeRecord,
  encodeSegmentHeader,
  FRAGMENT_HEAD_BYTES,
  type FragmentKind,
  fragmentFlags,
} from "@overt/seal";
import { writeFragmentIds, writeFragmentTimes } from "@overt/seal/fragment";
import { nativeCrc32c } from "./entry.ts";

/** 2026-11-25T08:00:00Z, the start of a period. */
export const EIGHT = instant(Date.UTC(2026, 10, 25, 8));

/** Records as a recorder makes them, with random bytes for ciphertext: for tests and benches of the store. */
export class SampleTrack {
  readonly camera: CameraId;
  readonly track: Track;
  epoch: EpochId = newEpoch();
  segment: SegmentId = newSegment();
  counter = 0;
  at: Instant;
  cameraOffsetMs: number | null = null;

  constructor(camera = "north-gate", track: Track = "original", at = EIGHT) {
    this.camera = cameraId(camera);
    this.track = track;
    this.at = at;
  }

  /** Begins an epoch: its envelope, in the period of so many milliseconds that it is time for. */
  envelope(sealedBytes = 900, periodMs = 3_600_000): Uint8Array {
    this.epoch = newEpoch();
    const head = {
      camera: this.camera,
      track: this.track,
      epoch: this.epoch,
      start: this.at,
      periodStart: instant(Math.floor(this.at / periodMs) * periodMs),
      nonce: randomBytes(12),
    };
    return encodeEnvelopeRecord(head, randomBytes(sealedBytes), nativeCrc32c);
  }

  /** Begins a segment: its header and its init message. */
  header(startsOnKey = true): Uint8Array[] {
    this.segment = newSegment();
    this.counter = 0;
    const { camera, track, epoch, segment } = this;
    const initSha256 = randomBytes(32);
    return [
      encodeSegmentHeader(
        { camera, track, epoch, segment, start: this.at, codec: "avc1", initSha256, startsOnKey },
        nativeCrc32c,
      ),
      this.#message("init", 0, 700),
    ];
  }

  fragment(kind: FragmentKind = "key", durationMs = 500, bytes = 2_000): Uint8Array {
    return this.#message(kind, durationMs, bytes);
  }

  end(): Uint8Array {
    return this.#message("end", 0, 0);
  }

  /** A whole segment of `count` fragments, the first on a key picture. */
  whole(count: number, durationMs = 500, bytes = 2_000): Uint8Array[] {
    const header = this.header();
    const media = Array.from({ length: count }, (_, i) => this.fragment(i === 0 ? "key" : "media", durationMs, bytes));
    return [...header, ...media, this.end()];
  }

  #message(kind: FragmentKind, durationMs: number, bytes: number): Uint8Array {
    const head = new Uint8Array(FRAGMENT_HEAD_BYTES);
    writeFragmentIds(head, this.camera, this.epoch, this.segment);
    writeFragmentTimes(head, {
      counter: this.counter++,
      time: this.at,
      cameraOffsetMs: this.cameraOffsetMs,
      durationMs,
    });
    this.at = instant(this.at + durationMs);
    return encodeRecord("fragment", this.track, fragmentFlags(kind), [head, randomBytes(bytes + 16)], nativeCrc32c);
  }
}

const newEpoch = (): EpochId => toHex(randomBytes(16)) as EpochId;
const newSegment = (): SegmentId => toHex(randomBytes(32)) as SegmentId;
