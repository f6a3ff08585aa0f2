import { asOvertError, type OvertError } from "@overt/core";
import { RtspSession, type RtspSessionOptions, type RtspUrl, type SdpVideo, streamFailure } from "@overt/media/rtsp";
import type { PeerTls } from "../tls.ts";
import { type CameraSocket, openCameraSocket } from "./socket.ts";
import { openUdpPair, type UdpPair } from "./udp-pair.ts";

/** How packets come: in the RTSP connection, or by UDP for cameras that refuse that. */
export type CameraTransport = "tcp" | "udp";

export type TryEnd =
  | { readonly kind: "failed"; readonly error: OvertError }
  | { readonly kind: "redirected"; readonly location: RtspUrl }
  | { readonly kind: "ended" };

export interface StreamTryEvents {
  described(video: SdpVideo): void;
  playing(): void;
  rtp(packet: Uint8Array): void;
  rtcp(packet: Uint8Array): void;
  /** Once; nothing comes after it. */
  over(end: TryEnd): void;
}

/** One connection to a camera from its first byte to its last: a socket, a session, and a timer between them. */
export class StreamTry {
  readonly session: RtspSession;
  readonly #nowMs: () => number;
  readonly #events: StreamTryEvents;
  readonly #socket: CameraSocket;
  #udp: UdpPair | null = null;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #open = false;
  #over = false;

  constructor(
    options: RtspSessionOptions,
    link: { readonly tls: PeerTls; readonly transport: CameraTransport },
    nowMs: () => number,
    events: StreamTryEvents,
  ) {
    this.#nowMs = nowMs;
    this.#events = events;
    this.session = new RtspSession(options, {
      send: (bytes) => this.#socket.write(bytes),
      described: (video) => events.described(video),
      playing: () => events.playing(),
      rtp: (packet) => events.rtp(packet),
      rtcp: (packet) => events.rtcp(packet),
      redirected: (location) => this.#end({ kind: "redirected", location }),
      failed: (error) => this.#end({ kind: "failed", error }),
      ended: () => this.#end({ kind: "ended" }),
    });
    this.#socket = openCameraSocket(options.url, link.tls, {
      open: () => {
        // What comes by UDP is not encrypted: a link that shall be has no such fallback.
        if (link.transport === "tcp" || options.url.secure) this.#start();
        else void this.#startOverUdp();
      },
      bytes: (bytes) => {
        this.session.receive(bytes, nowMs());
        if (this.session.nextDeadlineMs < this.#timerAtMs) this.#arm();
      },
      closed: (error) =>
        this.#end({
          kind: "failed",
          error: error ?? streamFailure("CAMERA_CLOSED", "The camera closed the connection."),
        }),
    });
  }

  /** Leaves the camera in order; `over` follows within two seconds. */
  close(): void {
    if (!this.#open) this.#end({ kind: "ended" });
    this.session.close(this.#nowMs());
    this.#arm();
  }

  #start(): void {
    this.#open = true;
    this.session.start(this.#nowMs(), this.#udp?.ports);
    this.#arm();
  }

  async #startOverUdp(): Promise<void> {
    try {
      const pair = await openUdpPair(this.#socket.address, (kind, packet) =>
        this.session.receiveUdp(kind, packet, this.#nowMs()),
      );
      if (this.#over) pair.close();
      else {
        this.#udp = pair;
        this.#start();
      }
    } catch (thrown) {
      this.#end({ kind: "failed", error: asOvertError(thrown) });
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = this.session.nextDeadlineMs;
    if (this.#over || this.#timerAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      // After a pause of this process its timers run before it reads: what has arrived meanwhile must count first.
      () =>
        setImmediate(() => {
          this.session.tick(this.#nowMs());
          this.#arm();
        }),
      Math.max(1, this.#timerAtMs - this.#nowMs()),
    );
  }

  #end(end: TryEnd): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket.leave();
    this.#udp?.close();
    this.#events.over(end);
  }
}
