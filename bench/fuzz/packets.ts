import { findStartCode } from "@overt/media/codec";
import { aggregateOf, payloadsOf, rtpPacket } from "../../packages/media/src/rtp/packetize.ts";
import { type AccessUnit, VideoReceiver } from "@overt/media/rtp";
import { announced, SETS, setsOf, slice } from "../../packages/media/src/rtp/sample-stream.ts";
import { mutated } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";

type Codec = "h264" | "h265";
type Way = (codec: Codec, nals: readonly Uint8Array[]) => readonly Uint8Array[];

interface SeedPacket {
  readonly kind: "rtp" | "rtcp";
  readonly payload: Uint8Array;
  readonly marker: boolean;
  /** In pictures. */
  readonly time: number;
}

const PACKETS_PER_RECEIVER = 4_000;
/** Of a receiver's packets: few, so that it comes far, or many. */
const MUTATED_SHARES = [0.02, 0.1, 0.3, 0.6];
const MAX_UNIT_BYTES = 16 * 1024 * 1024;
const START = Uint8Array.of(0, 0, 0, 1);
const SSRC = 0x1234abcd;

const WAYS: readonly Way[] = [
  (codec, nals) => nals.flatMap((nal) => payloadsOf(codec, nal, 120)),
  (codec, nals) => [aggregateOf(codec, nals)],
  (codec, nals) => nals.flatMap((nal) => payloadsOf(codec, nal, 8)),
  (_, nals) => [joinedByStartCodes(nals)],
  (codec, nals) => payloadsOf(codec, joinedByStartCodes(nals), 50),
  (codec, nals) => nals.map((nal) => (codec === "h265" ? inPaci(nal) : inMtap(nal))),
];

/** Mutated packets of sound streams in both codecs, fed to receivers that keep their state for thousands of them. */
export class PacketsTarget implements FuzzTarget {
  /** Pictures. */
  through = 0;
  readonly #random: Random;
  #receiver: VideoReceiver | null = null;
  #codec: Codec = "h264";
  #left = 0;
  #pending: SeedPacket[] = [];
  #sequence = 0;
  #picture = 0;
  #nowMs = 0;
  #lastDts = Number.NEGATIVE_INFINITY;
  #units = 0;
  #broken: string | null = null;
  #share = 0;
  #mutated = false;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string | null {
    this.#broken = null;
    this.#mutated = false;
    while (!this.#mutated && !this.#broken) this.#feed();
    return this.#broken;
  }

  #feed(): void {
    if (this.#left-- <= 0) this.#renew();
    if (this.#pending.length === 0) this.#pending = this.#pictureOf().reverse();
    const seed = this.#pending.pop()!;
    this.#nowMs += this.#random.below(8);
    if (seed.kind === "rtcp") this.#receiver!.rtcp(this.#maybeMutated(seed.payload), this.#nowMs);
    else this.#receiver!.rtp(this.#maybeMutated(this.#packet(seed)), this.#nowMs);
  }

  #renew(): void {
    this.#receiver?.flush();
    const codec = this.#random.pick(["h264", "h265"] as const);
    const sets = announced(codec);
    const maybe = (nals: readonly Uint8Array[]) =>
      nals.map((nal) => (this.#random.chance(0.3) ? mutated(nal, this.#random) : nal));
    this.#codec = codec;
    this.#share = this.#random.pick(MUTATED_SHARES);
    this.#left = PACKETS_PER_RECEIVER;
    this.#pending = [];
    this.#lastDts = Number.NEGATIVE_INFINITY;
    this.#units = 0;
    this.#receiver = new VideoReceiver({
      codec,
      clockRate: 90_000,
      payloadType: 96,
      parameterSets: { vps: maybe(sets.vps), sps: maybe(sets.sps), pps: maybe(sets.pps) },
      onAccessUnit: (unit) => this.#check(unit),
    });
  }

  #packet(seed: SeedPacket): Uint8Array {
    const random = this.#random;
    if (random.chance(0.01)) this.#sequence += random.below(5_000);
    const jump = random.chance(0.01) ? random.word() : 0;
    const ssrc = random.chance(0.02) ? random.below(3) : SSRC;
    const timestamp = (seed.time * 3600 + jump + 4_290_000_000) % 2 ** 32;
    return rtpPacket({ sequence: this.#sequence++, timestamp, marker: seed.marker, ssrc }, seed.payload);
  }

  #pictureOf(): SeedPacket[] {
    const random = this.#random;
    const key = this.#picture % 12 === 0;
    const time = this.#picture + random.pick([0, 0, 2, -1]);
    this.#picture++;
    const body = slice(this.#codec, key ? "key" : "plain", random.below(600));
    const nals = [...(key ? this.#sets() : []), body, slice(this.#codec, key ? "key" : "plain", 30, true)];
    const marked = random.chance(0.9);
    const payloads = random.pick(WAYS)(this.#codec, nals);
    const packets = payloads.map((payload, at): SeedPacket => {
      return { kind: "rtp", payload, marker: marked && at === payloads.length - 1, time };
    });
    if (random.chance(0.1)) packets.push({ kind: "rtcp", payload: senderReport(time), marker: false, time });
    return packets;
  }

  #sets(): readonly Uint8Array[] {
    const small = this.#codec === "h264" && this.#random.chance(0.3);
    return small ? [SETS.h264.spsSmall, SETS.h264.ppsOtherQp] : setsOf(this.#codec);
  }

  #maybeMutated(bytes: Uint8Array): Uint8Array {
    if (!this.#random.chance(this.#share)) return bytes;
    this.#mutated = true;
    return mutated(bytes, this.#random);
  }

  #check(unit: AccessUnit): void {
    this.through++;
    const first = this.#units++ === 0;
    if (first && !unit.key) this.#broken = "the first picture is no key picture";
    if (unit.dts <= this.#lastDts) this.#broken = `decode time went from ${this.#lastDts} to ${unit.dts}`;
    if (!Number.isSafeInteger(Math.round(unit.rtpTime))) this.#broken = `presentation time is ${unit.rtpTime}`;
    this.#lastDts = unit.dts;
    let bytes = 0;
    for (const nal of unit.nals) {
      bytes += nal.length;
      if (nal.length === 0 || nal.at(-1) === 0) this.#broken = "a NAL unit is empty or ends in a zero";
      if (findStartCode(nal, 0, nal.length) >= 0) this.#broken = "a NAL unit holds a start code";
    }
    if (bytes > MAX_UNIT_BYTES) this.#broken = `an access unit has ${bytes} bytes`;
  }
}

function joinedByStartCodes(nals: readonly Uint8Array[]): Uint8Array {
  const parts = nals.flatMap((nal, at) => (at > 0 ? [START, nal] : [nal]));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const inPaci = (nal: Uint8Array): Uint8Array => {
  const fields = (((nal[0]! >> 1) & 0x3f) << 9) | (2 << 4);
  return Uint8Array.of(50 << 1, nal[1]!, fields >> 8, fields & 0xff, 0xaa, 0xbb, ...nal.subarray(2));
};

const inMtap = (nal: Uint8Array): Uint8Array =>
  Uint8Array.of(26 | 0x60, 0, 1, nal.length >> 8, nal.length & 0xff, 0, 0, 0, ...nal);

/** A sender report and a goodbye of nobody. */
function senderReport(time: number): Uint8Array {
  const out = new Uint8Array(36);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x80c80006);
  view.setUint32(4, SSRC);
  view.setUint32(8, 0xed000000 + Math.floor(time / 25));
  view.setUint32(16, (time * 3600 + 4_290_000_000) % 2 ** 32);
  view.setUint32(28, 0x81cb0001);
  return out;
}
