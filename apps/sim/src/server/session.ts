import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Feed } from "./feed.ts";
import type { ConnectionFacts, Hooks } from "./hooks.ts";
import { hooksNamed } from "./hooks.ts";
import type { TrackWire } from "./track.ts";
import { AudioTrack, VideoTrack } from "./track.ts";
import type { UdpPair } from "./udp.ts";

export type Media = "video" | "audio" | "nothing";

export interface SessionContext {
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  readonly hooks: () => readonly Hooks[];
  readonly feed: Feed;
  readonly wallMs: () => number;
}

/** Where the fault that pushes audio sends it. */
const PUSHED_CHANNEL = 6;

/** One client's session on one stream, from SETUP to TEARDOWN. */
export class Session {
  readonly id = randomBytes(4).toString("hex").toUpperCase();
  readonly #context: SessionContext;
  #video: VideoTrack | undefined;
  #audio: AudioTrack | undefined;
  readonly #udp: UdpPair[] = [];
  #unsubscribe: (() => void) | undefined;
  sentBytes = 0;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  get video(): VideoTrack | undefined {
    return this.#video;
  }

  get ready(): boolean {
    return this.#video !== undefined || this.#audio !== undefined;
  }

  get playing(): boolean {
    return this.#unsubscribe !== undefined;
  }

  setupTcp(media: Media, channel: number): { ssrc: number } {
    return this.#attach(media, this.#interleaved(channel));
  }

  setupUdp(media: Media, pair: UdpPair, rtpPort: number, rtcpPort: number): { ssrc: number } {
    this.#udp.push(pair);
    const host = this.#context.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "127.0.0.1";
    return this.#attach(media, {
      channel: 0,
      waitingBytes: () => 0,
      control: (rtcp) => pair.rtcp.send(rtcp, rtcpPort, host),
      media: (framed, starts) => {
        starts.forEach((start, i) => {
          const packet = framed.subarray(start + 4, starts[i + 1] ?? framed.length);
          this.sentBytes += packet.length;
          pair.rtp.send(packet, rtpPort, host);
        });
      },
    });
  }

  play(): void {
    if (this.#unsubscribe || !this.ready) return;
    const { feed, hooks } = this.#context;
    const pushed = new AudioTrack(this.#interleaved(PUSHED_CHANNEL));
    this.#unsubscribe = feed.subscribe((picture) => {
      const now = hooks();
      if (hooksNamed(now, "muted").some((muted) => muted())) return;
      this.#video?.send(picture);
      this.#audio?.send(feed.nowTicks());
      if (now.some((hook) => hook.pushesAudio)) pushed.send(feed.nowTicks());
    });
  }

  pause(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  end(): void {
    this.pause();
    for (const pair of this.#udp.splice(0)) pair.close();
  }

  #attach(media: Media, wire: TrackWire): { ssrc: number } {
    const { feed, hooks, wallMs } = this.#context;
    if (media === "nothing") return { ssrc: 1 };
    if (media === "audio") {
      this.#audio = new AudioTrack(wire);
      return this.#audio;
    }
    this.#video = new VideoTrack(wire, hooks, { wallMs, nowTicks: () => feed.nowTicks() });
    return this.#video;
  }

  #interleaved(channel: number): TrackWire {
    const { socket, facts, hooks } = this.#context;
    const write = (bytes: Buffer) => {
      let out = bytes;
      for (const change of hooksNamed(hooks(), "bytes")) out = change(out, facts);
      this.sentBytes += out.length;
      if (!socket.destroyed && out.length) socket.write(out);
    };
    return {
      channel,
      waitingBytes: () => socket.writableLength,
      media: write,
      control(rtcp) {
        const framed = Buffer.alloc(4 + rtcp.length);
        framed[0] = 0x24;
        framed[1] = channel + 1;
        framed.writeUInt16BE(rtcp.length, 2);
        rtcp.copy(framed, 4);
        write(framed);
      },
    };
  }
}
