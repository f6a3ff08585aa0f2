import type { OvertError } from "@overt/core";
import { streamFailure } from "./failures.ts";
import { PictureInterval } from "./picture-interval.ts";
import { type GrantedTransport, isRtcp } from "./transport.ts";

/** Takes packets, whose bytes are valid until the call returns, and the names of oddities. */
export interface PacketSink {
  rtp(packet: Uint8Array): void;
  rtcp(packet: Uint8Array): void;
  tolerate(what: string): void;
}

/** The packets of the one track that a session plays: which they are, and for how long none has come. */
export class TrackPackets {
  readonly #sink: PacketSink;
  #granted: GrantedTransport | null = null;
  #payloadType = -1;
  #interval = new PictureInterval(90_000);
  #playingSinceMs: number | null = null;
  #lastMs: number | null = null;
  #stopped = false;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  get lastMs(): number | null {
    return this.#lastMs;
  }

  /** When the silence has lasted too long; never before it plays. */
  get deadlineMs(): number {
    if (this.#playingSinceMs === null) return Number.POSITIVE_INFINITY;
    return Math.max(this.#lastMs ?? 0, this.#playingSinceMs) + this.#interval.silenceLimitMs;
  }

  expect(video: { readonly payloadType: number; readonly clockRateHz: number }): void {
    this.#payloadType = video.payloadType;
    this.#interval = new PictureInterval(video.clockRateHz);
  }

  grant(transport: GrantedTransport): void {
    this.#granted = transport;
  }

  play(sinceMs: number): void {
    this.#playingSinceMs = sinceMs;
  }

  /** From now on whatever still comes is dropped: a camera that was shut must give nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#playingSinceMs = null;
  }

  /** @returns false where no track has been set up that it could belong to. */
  interleaved(channel: number, packet: Uint8Array, nowMs: number): boolean {
    if (this.#stopped) return true;
    if (!this.#granted) return false;
    const channels = this.#granted.kind === "interleaved" ? this.#granted.channels : null;
    if (channel === channels?.rtcp && (channels.rtcp !== channels.rtp || isRtcp(packet))) this.#sink.rtcp(packet);
    else if (channel === channels?.rtp) this.#rtp(packet, nowMs);
    else this.#sink.tolerate("channel_unknown");
    return true;
  }

  udp(kind: "rtp" | "rtcp", packet: Uint8Array, nowMs: number): void {
    if (this.#stopped) return;
    if (this.#granted?.kind !== "udp") this.#sink.tolerate("stale_packets");
    else if (kind === "rtp") this.#rtp(packet, nowMs);
    else this.#sink.rtcp(packet);
  }

  /** Whether a frame could be one of this track: asked where framing was lost. */
  fits(channel: number, size: number, first: number, second: number): boolean {
    if (this.#granted?.kind !== "interleaved" || first >> 6 !== 2) return false;
    const { channels } = this.#granted;
    if (channel === channels.rtcp && second >= 192 && second <= 223) return size >= 8 && size % 4 === 0;
    return channel === channels.rtp && size >= 12 && (second & 0x7f) === this.#payloadType;
  }

  silence(): OvertError {
    const seconds = Math.round(this.#interval.silenceLimitMs / 1_000);
    return this.#lastMs === null
      ? streamFailure("CAMERA_NO_MEDIA", `The camera agreed to play and sent no picture for ${seconds} s.`)
      : streamFailure("CAMERA_LOST", `Nothing has come from the camera for ${seconds} s.`);
  }

  #rtp(packet: Uint8Array, nowMs: number): void {
    if (packet.length < 12) {
      this.#sink.tolerate("packet_too_short");
      return;
    }
    this.#lastMs = nowMs;
    this.#interval.packet(packet);
    this.#sink.rtp(packet);
  }
}
