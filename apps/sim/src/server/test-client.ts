import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { concatBytes } from "@overt/core";
import type { VideoCodec } from "../codec/annexb.ts";

export interface Answer {
  readonly status: number;
  /** The head as it came, line ends included. */
  readonly head: string;
  readonly body: string;
  /** Trimmed, by lower-case name, in order. */
  header(name: string): string | undefined;
  headers(name: string): string[];
}

export interface Frame {
  readonly channel: number;
  readonly data: Buffer;
}

/** A client of tests that shows what came over the wire as it came, and forgives nothing. */
export class TestClient {
  readonly frames: Frame[] = [];
  /** Frames that came before each answer, by its number from 0. */
  readonly framesBefore: number[] = [];
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);
  #answers: Answer[] = [];
  #waiting: (() => void)[] = [];
  #cseq = 0;
  closed = false;

  static async open(port: number, tls = false): Promise<TestClient> {
    const socket = tls
      ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
      : connect(port, "127.0.0.1");
    const client = new TestClient(socket);
    await new Promise((resolve, reject) => {
      socket.once(tls ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      while (this.#cut());
      this.#wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
    socket.on("error", () => this.#wake());
  }

  /** Sends a request, and waits for its answer; undefined when the connection closes instead. */
  async ask(method: string, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer | undefined> {
    const number = this.framesBefore.length;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: ${++this.#cseq}\r\n${lines.join("")}\r\n`);
    await this.until(() => this.framesBefore.length > number);
    return this.#answers.shift();
  }

  /** As {@link ask}, answering a first 401 in the named scheme. */
  async askAs(user: string, password: string, method: string, url: string, headers: Record<string, string> = {}) {
    const refused = await this.ask(method, url, headers);
    const challenge = refused?.headers("www-authenticate").find((value) => value.startsWith("Digest"));
    if (refused?.status !== 401 || !challenge) return refused;
    return this.ask(method, url, { ...headers, Authorization: digest(challenge, user, password, method, url) });
  }

  /** DESCRIBE, SETUP of the video over TCP, PLAY. */
  async play(
    url: string,
  ): Promise<{ described: Answer | undefined; setup: Answer | undefined; played: Answer | undefined }> {
    const described = await this.ask("DESCRIBE", url);
    const setup = await this.ask("SETUP", `${url}/trackID=0`, { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" });
    const session = setup?.header("session")?.split(";")[0] ?? "";
    return { described, setup, played: await this.ask("PLAY", url, { Session: session }) };
  }

  /** Waits until `done`, or until the connection closes. */
  async until(done: () => boolean): Promise<void> {
    while (!done() && !this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** RTP packets of a channel so far. */
  rtp(channel = 0): RtpPacket[] {
    return this.frames.filter((frame) => frame.channel === channel).map(({ data }) => parseRtp(data));
  }

  close(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #cut(): boolean {
    if (this.#rest[0] === 0x24) {
      const end = 4 + (this.#rest.length >= 4 ? this.#rest.readUInt16BE(2) : Number.POSITIVE_INFINITY);
      if (this.#rest.length < end) return false;
      this.frames.push({ channel: this.#rest[1]!, data: this.#rest.subarray(4, end) });
      this.#rest = this.#rest.subarray(end);
      return true;
    }
    const text = this.#rest.toString("latin1");
    const head = /^[\s\S]*?(?:\r\n\r\n|\n\n|\n\r\n)/.exec(text)?.[0];
    if (!head) return false;
    const fields = head
      .split(/\r?\n/)
      .slice(1)
      .map((line) => /^([^:]+):(.*)$/.exec(line));
    const headers = (name: string) =>
      fields.flatMap((field) => (field?.[1]?.toLowerCase() === name ? [field[2]!.trim()] : []));
    const length = Number(headers("content-length")[0] ?? 0);
    if (this.#rest.length < head.length + length) return false;
    const status = Number(head.split(" ")[1]);
    const body = text.slice(head.length, head.length + length);
    this.#answers.push({ status, head, body, headers, header: (name) => headers(name)[0] });
    this.framesBefore.push(this.frames.length);
    this.#rest = this.#rest.subarray(head.length + length);
    return true;
  }
}

export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

export function parseRtp(data: Buffer): RtpPacket {
  return {
    marker: (data[1]! & 0x80) !== 0,
    payloadType: data[1]! & 0x7f,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(12),
  };
}

function digest(challenge: string, user: string, password: string, method: string, uri: string): string {
  const field = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(challenge)?.[1];
  const realm = /realm="([^"]*)"/.exec(challenge)?.[1];
  const algorithm = field("algorithm");
  const h = (text: string) =>
    createHash(algorithm === "SHA-256" ? "sha256" : "md5")
      .update(text)
      .digest("hex");
  const [nonce, opaque, qop] = [field("nonce"), field("opaque"), field("qop")];
  const given = qop === undefined ? "" : `:00000001:c0ffee:auth`;
  const response = h(`${h(`${user}:${realm}:${password}`)}:${nonce}${given}:${h(`${method}:${uri}`)}`);
  const more = [
    algorithm === undefined ? "" : `, algorithm=${algorithm}`,
    opaque === undefined ? "" : `, opaque="${opaque}"`,
    qop === undefined ? "" : ', qop=auth, nc=00000001, cnonce="c0ffee"',
  ].join("");
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"${more}`;
}

/** The receiver's side, as RFC 6184 §5 and RFC 7798 §4.4 have it. */
export function unpackNals(codec: VideoCodec, payloads: readonly Uint8Array[]): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  const head = codec === "h264" ? 1 : 2;
  for (const payload of payloads) {
    const type = codec === "h264" ? payload[0]! & 31 : (payload[0]! >> 1) & 63;
    if (type === 24 || type === 48) {
      for (let at = head; at < payload.length; ) {
        const length = (payload[at]! << 8) | payload[at + 1]!;
        nals.push(payload.slice(at + 2, at + 2 + length));
        at += 2 + length;
      }
    } else if (type === 28 || type === 49) {
      const fu = payload[head]!;
      const first =
        codec === "h264"
          ? Uint8Array.of((payload[0]! & 0xe0) | (fu & 31))
          : Uint8Array.of((payload[0]! & 0x81) | ((fu & 63) << 1), payload[1]!);
      if (fu & 0x80) open = [first];
      open.push(payload.slice(head + 1));
      if (fu & 0x40) nals.push(concatBytes(open));
    } else nals.push(payload.slice());
  }
  return nals;
}
