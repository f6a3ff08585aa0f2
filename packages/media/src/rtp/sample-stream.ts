import { concatBytes, fromHex } from "@overt/core";
import type { ParameterSets } from "../codec/format.ts";
import type { Codec } from "../codec/nal.ts";
import { rtpPacket } from "./packetize.ts";
import { type AccessUnit, type Loss, VideoReceiver, type VideoReceiverOptions } from "./receiver.ts";
import type { ClockStep } from "./sender-clock.ts";
import type { VideoFormat } from "../codec/format.ts";

/** Parameter sets as x264 and x265 wrote them, for constructed streams in tests and benches. */
export const SETS = {
  h264: {
    /** 1920x1080 Baseline, no reordering. */
    sps: fromHex("6742c028da01e0089f97011000000300100000030320f1832a"),
    pps: fromHex("68ce0fc8"),
    /** 1280x720 Main, two reordered pictures. */
    spsSmall: fromHex("674d401feca02802dd80880000030008000003019078c18cb0"),
    /** The same as `pps`, ids and all, but for the initial QP. */
    ppsOtherQp: fromHex("68ce0472"),
  },
  h265: {
    vps: fromHex("40010c01ffff016000000300900000030000030078959409"),
    /** 1920x1080 Main. */
    sps: fromHex("420101016000000300900000030000030078a003c0801107cb965654a4e1780b4040000003004000000642"),
    pps: fromHex("4401c073c189"),
  },
} as const;

/** The sets of a codec in the order in which they are sent. */
export const setsOf = (codec: Codec): readonly Uint8Array[] =>
  codec === "h264" ? [SETS.h264.sps, SETS.h264.pps] : [SETS.h265.vps, SETS.h265.sps, SETS.h265.pps];

export const announced = (codec: Codec): ParameterSets => ({
  vps: codec === "h265" ? [SETS.h265.vps] : [],
  sps: [SETS[codec].sps],
  pps: [SETS[codec].pps],
});

export type SliceKind = "key" | "plain";

/** A slice that no decoder would like but every header reader does: first of its picture unless `rest`. */
export function slice(codec: Codec, kind: SliceKind, bodyBytes = 20, rest = false): Uint8Array<ArrayBuffer> {
  const headers = {
    h264: { key: [0x65, 0x88, 0x84], plain: [0x41, 0x9a, 0x21] },
    h265: { key: [0x28, 0x01, 0xac], plain: [0x02, 0x01, 0xd0] },
  } as const;
  const head = Uint8Array.from(headers[codec][kind]);
  const flags = codec === "h264" ? 1 : 2;
  if (rest) head[flags] = head[flags]! & 0x7f;
  return concatBytes([head, Uint8Array.from({ length: bodyBytes }, (_, n) => 1 + ((n * 37 + bodyBytes) % 255))]);
}

/** A receiver with a camera before it: sends payloads in sequence, and remembers all that comes out. */
export class SampleStream {
  readonly units: AccessUnit[] = [];
  readonly formats: VideoFormat[] = [];
  readonly losses: Loss[] = [];
  readonly steps: ClockStep[] = [];
  readonly receiver: VideoReceiver;
  readonly codec: Codec;
  sequence = 1_000;
  nowMs = 5_000;
  goodbyes = 0;

  constructor(codec: Codec, options: Partial<VideoReceiverOptions> = {}) {
    this.codec = codec;
    this.receiver = new VideoReceiver({
      codec,
      clockRate: 90_000,
      payloadType: 96,
      onAccessUnit: (unit) => this.units.push(unit),
      onFormat: (format) => this.formats.push(format),
      onLoss: (loss) => this.losses.push(loss),
      onClockStep: (step) => this.steps.push(step),
      onGoodbye: () => this.goodbyes++,
      ...options,
    });
  }

  /** One packet with the next sequence number. */
  send(payload: Uint8Array, timestamp: number, marker = false): void {
    this.receiver.rtp(rtpPacket({ sequence: this.sequence++, timestamp, marker }, payload), this.nowMs);
  }

  /** A packet that gets lost on the way. */
  lose(packets = 1): void {
    this.sequence += packets;
  }

  /** A whole picture, each unit in a packet of its own, marked at the end; then the clock runs on. */
  picture(nals: readonly Uint8Array[], timestamp: number, afterMs = 40): void {
    nals.forEach((nal, at) => {
      this.send(nal, timestamp, at === nals.length - 1);
    });
    this.nowMs += afterMs;
  }

  /** A key picture with its parameter sets before it. */
  key(timestamp: number, afterMs = 40): void {
    this.picture([...setsOf(this.codec), slice(this.codec, "key")], timestamp, afterMs);
  }

  plain(timestamp: number, afterMs = 40): void {
    this.picture([slice(this.codec, "plain")], timestamp, afterMs);
  }
}
