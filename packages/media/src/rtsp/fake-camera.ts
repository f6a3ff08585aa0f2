import { fromUtf8, type OvertError, utf8 } from "@overt/core";
import type { Credentials } from "./digest.ts";
import type { SdpVideo } from "./sdp.ts";
import { RtspSession, type RtspSessionOptions } from "./session.ts";
import type { UdpPorts } from "./transport.ts";
import { parseRtspUrl, type RtspUrl } from "./url.ts";

/** A request as a camera reads it. */
export interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** What a camera answers: text, bytes, or nothing. */
export type Answer = (asked: Asked) => string | Uint8Array | null;

export const VIDEO_SDP =
  "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\nm=audio 0 RTP/AVP 0\r\na=control:trackID=1\r\n";

export function reply(asked: Asked, status = "200 OK", headers: readonly string[] = [], body = ""): string {
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${asked.headers.get("cseq")}`, ...headers];
  if (body) lines.push(`Content-Length: ${utf8(body).length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A camera without quirks. */
export const plainAnswer: Answer = (asked) => {
  switch (asked.method) {
    case "OPTIONS":
      return reply(asked, "200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]);
    case "DESCRIBE":
      return reply(asked, "200 OK", ["Content-Type: application/sdp"], VIDEO_SDP);
    case "SETUP":
      return reply(asked, "200 OK", ["Session: 1387212;timeout=60", "Transport: RTP/AVP/TCP;interleaved=0-1"]);
    default:
      return reply(asked, "200 OK", ["Session: 1387212"]);
  }
};

/** A camera without quirks but in what it answers to `methods`. */
export const answering =
  (methods: Record<string, Answer>): Answer =>
  (asked) =>
    (methods[asked.method] ?? plainAnswer)(asked);

/** An RTP packet of payload type 96 in its interleaved frame. */
export function rtpFrame(sequence: number, timestamp: number, channel = 0): Uint8Array {
  const frame = new Uint8Array(4 + 12 + 4);
  const view = new DataView(frame.buffer);
  frame.set([0x24, channel, 0, 16, 0x80, 96]);
  view.setUint16(6, sequence);
  view.setUint32(8, timestamp);
  return frame;
}

/** A session and a camera that answers at once, on a clock that the test sets. */
export class Encounter {
  readonly asked: Asked[] = [];
  readonly events: string[] = [];
  readonly packets: Uint8Array[] = [];
  readonly session: RtspSession;
  video: SdpVideo | null = null;
  error: OvertError | null = null;
  location: RtspUrl | null = null;
  nowMs = 1_000;
  readonly #answer: Answer;
  #unread: Uint8Array[] = [];

  constructor(answer: Answer, options: Partial<RtspSessionOptions> & { href?: string } = {}) {
    this.#answer = answer;
    const url = parseRtspUrl(options.href ?? "rtsp://192.0.2.7/live");
    this.session = new RtspSession(
      { url, ...options },
      {
        send: (bytes) => this.#unread.push(bytes),
        described: (video) => {
          this.video = video;
          this.events.push("described");
        },
        playing: () => this.events.push("playing"),
        rtp: (packet) => this.packets.push(packet.slice()),
        rtcp: () => this.events.push("rtcp"),
        redirected: (location) => {
          this.location = location;
          this.events.push("redirected");
        },
        failed: (error) => {
          this.error = error;
          this.events.push(error.code);
        },
        ended: () => this.events.push("ended"),
      },
    );
  }

  get methods(): string[] {
    return this.asked.map(({ method }) => method);
  }

  start(udp?: UdpPorts): this {
    this.session.start(this.nowMs, udp);
    return this.#exchange();
  }

  /** Bytes that the camera sends by itself. */
  hear(...bytes: (Uint8Array | string)[]): this {
    for (const each of bytes) this.session.receive(typeof each === "string" ? utf8(each) : each, this.nowMs);
    return this.#exchange();
  }

  close(): this {
    this.session.close(this.nowMs);
    return this.#exchange();
  }

  /** Lets time pass, waking the session whenever it asked for it. */
  wait(ms: number): this {
    const untilMs = this.nowMs + ms;
    while (this.session.nextDeadlineMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.session.nextDeadlineMs);
      this.session.tick(this.nowMs);
      this.#exchange();
    }
    this.nowMs = untilMs;
    return this;
  }

  /** Lets pictures come for so long. */
  play(seconds: number, intervalMs = 1_000): this {
    for (let n = 1; n * intervalMs <= seconds * 1_000; n++)
      this.wait(intervalMs).hear(rtpFrame(n, n * 90 * intervalMs));
    return this;
  }

  #exchange(): this {
    for (let bytes = this.#unread.shift(); bytes; bytes = this.#unread.shift()) {
      const asked = readRequest(fromUtf8(bytes));
      this.asked.push(asked);
      const answer = this.#answer(asked);
      if (answer !== null) this.session.receive(typeof answer === "string" ? utf8(answer) : answer, this.nowMs);
    }
    return this;
  }
}

export const USER: Credentials = { username: "user", password: "a@b/c?d#e%0X:f" };

function readRequest(text: string): Asked {
  const [line = "", ...headers] = text.trimEnd().split("\r\n");
  const [method = "", uri = ""] = line.split(" ");
  const pairs = headers.map((each): [string, string] => {
    const colon = each.indexOf(":");
    return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()];
  });
  return { method, uri, headers: new Map(pairs), text };
}
