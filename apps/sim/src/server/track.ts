import { randomInt } from "node:crypto";
import type { SentPicture } from "./feed.ts";
import { TICKS_PER_SECOND } from "./feed.ts";
import type { Hooks } from "./hooks.ts";
import { hooksNamed } from "./hooks.ts";
import type { PacketRun, RtpPayload } from "./rtp.ts";
import { INTERLEAVED_HEADER, packetRun, RTP_HEADER, senderReport, stampRun } from "./rtp.ts";
import { VIDEO_PAYLOAD_TYPE } from "./sdp.ts";

/** Where a track's packets go. */
export interface TrackWire {
  /** Interleaved channel; anything for UDP. */
  readonly channel: number;
  /** A run of framed packets. */
  media(framed: Buffer, starts: readonly number[]): void;
  control(rtcp: Buffer): void;
  /** Bytes that wait in our memory because the client does not read. */
  waitingBytes(): number;
}

const REPORT_EVERY_MS = 5_000;
/** As much as a camera with little memory would keep for a client that does not read. */
const MAX_WAITING_BYTES = 4 << 20;

/** One client's share of one stream: its numbers, its reports, and the wait for a key picture. */
export class VideoTrack {
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly wire: TrackWire;
  readonly #hooks: () => readonly Hooks[];
  readonly #wallMs: () => number;
  readonly #nowTicks: () => number;
  #baseTimestamp: number;
  #sequence = randomInt(0, 2 ** 16);
  #waitsForKey: boolean;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #packets = 0;
  #octets = 0;
  pictures = 0;
  droppedPictures = 0;

  constructor(wire: TrackWire, hooks: () => readonly Hooks[], clock: { wallMs(): number; nowTicks(): number }) {
    this.wire = wire;
    this.#hooks = hooks;
    this.#waitsForKey = !hooks().some((hook) => hook.startsMidGroup);
    this.#wallMs = clock.wallMs;
    this.#nowTicks = clock.nowTicks;
    const [first] = hooksNamed(hooks(), "firstTimestamp");
    this.#baseTimestamp = (first ? first() : randomInt(0, 2 ** 32)) - clock.nowTicks();
  }

  get nextSequence(): number {
    return this.#sequence;
  }

  timestamp(ticks: number): number {
    return (((this.#baseTimestamp + ticks) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  send(picture: SentPicture): void {
    if (this.wire.waitingBytes() > MAX_WAITING_BYTES) this.#waitsForKey = true;
    if (this.#waitsForKey && !picture.unit.key) {
      this.droppedPictures++;
      return;
    }
    this.#waitsForKey = false;
    this.pictures++;
    this.#report();
    const timestamp = this.timestamp(picture.ticks);
    const changes = hooksNamed(this.#hooks(), "payloads");
    if (changes.length === 0) this.#sendRun(picture.packets.run, timestamp);
    else this.#sendChanged(picture, timestamp, changes);
  }

  #sendRun(run: PacketRun, timestamp: number, ssrc = this.ssrc): void {
    const numbers = { channel: this.wire.channel, ssrc, sequence: this.#sequence, timestamp };
    this.wire.media(stampRun(run, numbers), run.starts);
    this.#sequence = (this.#sequence + run.starts.length) & 0xffff;
    this.#packets += run.starts.length;
    this.#octets += run.bytes.length - run.starts.length * (INTERLEAVED_HEADER + RTP_HEADER);
  }

  #sendChanged(picture: SentPicture, timestamp: number, changes: readonly NonNullable<Hooks["payloads"]>[]): void {
    let payloads: readonly RtpPayload[] = picture.packets.payloads;
    for (const change of changes) payloads = change(payloads, picture);
    for (const payload of payloads) {
      if (payload.lost) this.#sequence = (this.#sequence + 1) & 0xffff;
      else if (payload.ssrc !== undefined) this.#sendForeign(payload, timestamp);
      else {
        const at = (timestamp + (payload.timestampOffset ?? 0) + 2 ** 33) % 2 ** 32;
        this.#sendRun(packetRun([payload], VIDEO_PAYLOAD_TYPE), at);
      }
    }
  }

  /** Another source's packets count in its own sequence, not in ours. */
  #sendForeign(payload: RtpPayload, timestamp: number): void {
    const run = packetRun([payload], VIDEO_PAYLOAD_TYPE);
    const numbers = { channel: this.wire.channel, ssrc: payload.ssrc ?? 0, sequence: randomInt(2 ** 16), timestamp };
    this.wire.media(stampRun(run, numbers), run.starts);
  }

  #report(): void {
    const nowMs = performance.now();
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.wire.control(this.senderReport());
  }

  senderReport(): Buffer {
    const timestamp = this.timestamp(this.#nowTicks());
    return senderReport(this.ssrc, this.#wallMs(), timestamp, this.#packets, this.#octets);
  }
}

/** A quiet tone in 20 ms packets of PCMU, sent along with the pictures. */
export class AudioTrack {
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly wire: TrackWire;
  #sequence = randomInt(0, 2 ** 16);
  #sentTicks: number | undefined;

  constructor(wire: TrackWire) {
    this.wire = wire;
  }

  /** Sends what is due by `nowTicks` (90 kHz). */
  send(nowTicks: number): void {
    const step = TICKS_PER_SECOND / 50;
    this.#sentTicks ??= nowTicks - step;
    if (this.wire.waitingBytes() > MAX_WAITING_BYTES || nowTicks - this.#sentTicks > TICKS_PER_SECOND)
      this.#sentTicks = nowTicks;
    while (nowTicks - this.#sentTicks >= step) {
      this.#sentTicks += step;
      const timestamp = Math.round((this.#sentTicks / TICKS_PER_SECOND) * 8000) % 2 ** 32;
      const numbers = { channel: this.wire.channel, ssrc: this.ssrc, sequence: this.#sequence, timestamp };
      this.wire.media(stampRun(TONE, numbers), TONE.starts);
      this.#sequence = (this.#sequence + 1) & 0xffff;
    }
  }
}

/** 0xFF is silence in PCMU; one period of 500 Hz is 16 samples, ten of them fill a packet. */
const TONE = packetRun(
  [{ payload: Uint8Array.from({ length: 160 }, (_, i) => (i % 16 < 8 ? 0xe7 : 0x67)), marker: false }],
  0,
);
