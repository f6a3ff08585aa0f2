import { sha256 } from "@noble/hashes/sha2.js";
import { type Instant, OvertError } from "@overt/core";
import type { Crc32c } from "./crc32c.ts";
import {
  FRAGMENT_CLEAR_BYTES,
  FRAGMENT_HEAD_BYTES,
  type FragmentKind,
  fragmentFlags,
  writeFragmentIds,
  writeFragmentTimes,
} from "./fragment.ts";
import { type GcmSeal, KEY_BYTES, NONCE_BYTES, TAG_BYTES } from "./gcm.ts";
import { encodeSegmentHeader, type SegmentHeader } from "./header.ts";
import { PREFIX_BYTES, viewOf, writeCrc, writePrefix } from "./record.ts";
import type { SegmentCount } from "./statement.ts";

export interface FragmentTimes {
  /** Trusted UTC ms of the first picture. */
  readonly time: Instant;
  readonly cameraOffsetMs: number | null;
  readonly durationMs: number;
}

export interface SegmentStart extends Omit<SegmentHeader, "initSha256"> {
  /** fMP4 `ftyp` and `moov`. */
  readonly init: Uint8Array;
  readonly cameraOffsetMs: number | null;
}

/** Plaintext that is made where its ciphertext will stand, so that it is copied nowhere. */
export interface WrittenPlaintext {
  readonly bytes: number;
  /** Writes all of it into `record` from `at` on. */
  write(record: Uint8Array, at: number): void;
}

/** Room for one record of that length; what is in it is overwritten. */
export type RecordRoom = (bytes: number) => Uint8Array<ArrayBuffer>;

const ownRoom: RecordRoom = (bytes) => new Uint8Array(bytes);

/** Keys that some sealer owns or has owned. One key seals one segment, or a nonce would be used twice. */
const taken = new WeakSet<Uint8Array>();

/**
 * Seals one segment: `records` first, then each fragment, then `end`. It owns the key from the start and overwrites it
 * with zeros when the segment ends, by `end` or by any failure; what it has sealed it cannot open again.
 */
export class SegmentSealer {
  /** Segment header and init segment: the first two records. */
  readonly records: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  readonly #start: SegmentStart;
  readonly #key: Uint8Array;
  readonly #gcmSeal: GcmSeal;
  readonly #crc32c: Crc32c | undefined;
  readonly #headerSha256: Uint8Array;
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #aad = new Uint8Array(32 + FRAGMENT_CLEAR_BYTES);
  #nextCounter = 0;
  #state: "open" | "ended" | "failed" = "open";

  /** @throws OvertError `SEGMENT_KEY_USED` when `key` has sealed before or is wiped */
  constructor(start: SegmentStart, key: Uint8Array, gcmSeal: GcmSeal, crc32c?: Crc32c) {
    if (key.length !== KEY_BYTES || taken.has(key) || key.every((byte) => byte === 0))
      throw new OvertError(
        "SEGMENT_KEY_USED",
        `Segment ${start.segment} of ${start.camera} got a key that is not new.`,
      );
    taken.add(key);
    this.#start = start;
    this.#key = key;
    this.#gcmSeal = gcmSeal;
    this.#crc32c = crc32c;
    const header = encodeSegmentHeader({ ...start, initSha256: sha256(start.init) }, crc32c);
    this.#headerSha256 = sha256(header);
    this.#aad.set(this.#headerSha256);
    writeFragmentIds(this.#aad.subarray(32 + PREFIX_BYTES), start.camera, start.epoch, start.segment);
    const times = { time: start.start, cameraOffsetMs: start.cameraOffsetMs, durationMs: 0 };
    this.records = [header, this.#seal("init", times, [start.init])];
  }

  /** What the epoch's statement says of this segment so far. */
  get count(): SegmentCount {
    const messages = this.#state === "ended" ? this.#nextCounter - 1 : this.#nextCounter;
    return { segment: this.#start.segment, headerSha256: this.#headerSha256, messages };
  }

  /** One fMP4 fragment, in parts. @throws OvertError `SEGMENT_ENDED`; after any throw the segment is over. */
  seal(kind: "key" | "media", times: FragmentTimes, plaintext: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    return this.#seal(kind, times, plaintext);
  }

  /** The same for a fragment that is written into its record, which is sealed where it stands. @throws as `seal` */
  sealInPlace(
    kind: "key" | "media",
    times: FragmentTimes,
    plaintext: WrittenPlaintext,
    room: RecordRoom = ownRoom,
  ): Uint8Array<ArrayBuffer> {
    return this.#seal(kind, times, plaintext, room);
  }

  /** The empty last message, which says how many came before it; then the key is gone. */
  end(time: Instant): Uint8Array<ArrayBuffer> {
    const record = this.#seal("end", { time, cameraOffsetMs: null, durationMs: 0 }, []);
    this.#state = "ended";
    this.#key.fill(0);
    return record;
  }

  /** Ends by fault, without a last message. */
  wipe(): void {
    this.#key.fill(0);
    if (this.#state === "open") this.#state = "failed";
  }

  #seal(
    kind: FragmentKind,
    times: FragmentTimes,
    plaintext: readonly Uint8Array[] | WrittenPlaintext,
    room = ownRoom,
  ): Uint8Array<ArrayBuffer> {
    if (this.#state !== "open")
      throw new OvertError("SEGMENT_ENDED", `Segment ${this.#start.segment} of ${this.#start.camera} has ended.`);
    try {
      return this.#sealNext(kind, times, plaintext, room);
    } catch (thrown) {
      this.wipe();
      throw thrown;
    }
  }

  #sealNext(
    kind: FragmentKind,
    times: FragmentTimes,
    plaintext: readonly Uint8Array[] | WrittenPlaintext,
    room: RecordRoom,
  ): Uint8Array<ArrayBuffer> {
    if (this.#nextCounter > 0xffff_ffff) throw new OvertError("SEGMENT_FULL", "A segment holds at most 2^32 messages.");
    const counter = this.#nextCounter++;
    const plainBytes = "write" in plaintext ? plaintext.bytes : plaintext.reduce((sum, part) => sum + part.length, 0);
    const bodyBytes = FRAGMENT_HEAD_BYTES + plainBytes + TAG_BYTES;
    const clear = this.#aad.subarray(32);
    writePrefix(clear, "fragment", this.#start.track, fragmentFlags(kind), bodyBytes);
    writeFragmentTimes(clear.subarray(PREFIX_BYTES), { ...times, counter });
    viewOf(this.#nonce).setUint32(8, counter);
    const record = room(PREFIX_BYTES + bodyBytes);
    record.set(clear);
    try {
      this.#encrypt(record, plainBytes, plaintext);
    } catch (thrown) {
      // The room may be used again before it is overwritten, and some of this may still be clear.
      record.fill(0);
      throw thrown;
    }
    writeCrc(record, this.#crc32c);
    return record;
  }

  #encrypt(record: Uint8Array, plainBytes: number, plaintext: readonly Uint8Array[] | WrittenPlaintext): void {
    let parts: readonly Uint8Array[];
    if ("write" in plaintext) {
      plaintext.write(record, FRAGMENT_CLEAR_BYTES);
      parts = [record.subarray(FRAGMENT_CLEAR_BYTES, FRAGMENT_CLEAR_BYTES + plainBytes)];
    } else parts = plaintext;
    let at = FRAGMENT_CLEAR_BYTES;
    for (const part of this.#gcmSeal(this.#key, this.#nonce, this.#aad, parts)) {
      record.set(part, at);
      at += part.length;
    }
    if (at !== record.length)
      throw new OvertError("GCM_INVALID", "The injected AES-GCM gave a message of another length.");
  }
}
