import { type CameraId, type EpochId, fromHex, instant, type SegmentId, type Track } from "@overt/core";
import { FRAGMENT_CLEAR_BYTES } from "../fragment.ts";
import { type GcmSeal, TAG_BYTES, webGcmSeal } from "../gcm.ts";
import type { Codec } from "../header.ts";
import { writeCrc } from "../record.ts";
import { SegmentSealer } from "../segment.ts";

/** A segment's inputs in JSON; bytes are hexadecimal. */
export interface SegmentInput {
  readonly camera: string;
  readonly track: Track;
  readonly epoch: string;
  readonly segment: string;
  readonly start: number;
  readonly codec: Codec;
  readonly startsOnKey: boolean;
  readonly key: string;
  readonly init: string;
  readonly cameraOffsetMs: number | null;
  readonly media: readonly {
    readonly kind: "key" | "media";
    readonly time: number;
    readonly cameraOffsetMs: number | null;
    readonly durationMs: number;
    readonly plaintext: string;
  }[];
  readonly end: number;
}

/**
 * Seals with WebCrypto, which is there in Node and in browsers but not at once: the sealer gets room for each message,
 * and the ciphertext is put into it afterwards.
 */
export async function sealSegment(input: SegmentInput): Promise<Uint8Array[]> {
  const asked: Parameters<GcmSeal>[] = [];
  const withRoom: GcmSeal = (key, nonce, aad, plaintext) => {
    asked.push([key.slice(), nonce.slice(), aad.slice(), plaintext]);
    return [...plaintext.map((part) => new Uint8Array(part.length)), new Uint8Array(TAG_BYTES)];
  };
  const start = {
    camera: input.camera as CameraId,
    track: input.track,
    epoch: input.epoch as EpochId,
    segment: input.segment as SegmentId,
    start: instant(input.start),
    codec: input.codec,
    startsOnKey: input.startsOnKey,
    init: fromHex(input.init),
    cameraOffsetMs: input.cameraOffsetMs,
  };
  const sealer = new SegmentSealer(start, fromHex(input.key), withRoom);
  const [header, ...messages] = [
    ...sealer.records,
    ...input.media.map(({ kind, time, plaintext, ...times }) =>
      sealer.seal(kind, { ...times, time: instant(time) }, [fromHex(plaintext)]),
    ),
    sealer.end(instant(input.end)),
  ];
  for (const [i, record] of messages.entries()) {
    const [key, nonce, aad, [plaintext = new Uint8Array(0)]] = asked[i]!;
    record.set(await webGcmSeal(key, nonce, aad, plaintext), FRAGMENT_CLEAR_BYTES);
    writeCrc(record);
  }
  return [header!, ...messages];
}
