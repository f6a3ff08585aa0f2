import { createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { cameraId, utf8 } from "@overt/core";
import { ConnectLimiter } from "./connect-limiter.ts";
import { CameraConnection, type CameraConnectionOptions, type CameraState } from "./connection.ts";

/** A request as a camera reads it; header names in lower case. */
export interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly atMs: number;
}

/** What a camera answers: text, nothing, or `close`. */
export type Answer = (asked: Asked) => string | null | "close";

const SDP = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n";

export function reply(asked: Asked, status = "200 OK", headers: readonly string[] = [], body = ""): string {
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${asked.headers.get("cseq")}`, `Content-Length: ${body.length}`];
  return `${[...lines, ...headers].join("\r\n")}\r\n\r\n${body}`;
}

/** A camera without quirks but in what it answers to `methods`. */
export const answering =
  (methods: Record<string, Answer> = {}): Answer =>
  (asked) => {
    const own = methods[asked.method];
    if (own) return own(asked);
    if (asked.method === "OPTIONS") return reply(asked, "200 OK", ["Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER"]);
    if (asked.method === "DESCRIBE") return reply(asked, "200 OK", [], SDP);
    return reply(asked, "200 OK", ["Session: 7;timeout=60"]);
  };

/** A login that is right only with this response header. */
export const guarded =
  (accepts: (authorization: string) => boolean): Answer =>
  (asked) => {
    const given = asked.headers.get("authorization");
    if (given !== undefined && accepts(given)) return answering()(asked);
    return reply(asked, "401 Unauthorized", [`WWW-Authenticate: Digest realm="cam", nonce="${Math.random()}"`]);
  };

/** A server on 127.0.0.1 that speaks RTSP as its `answer` says. */
export class FakeCameraServer {
  readonly asked: Asked[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  mostSockets = 0;
  answer: Answer;
  /** Sent to each connection at once, before anything is asked. */
  greeting: Uint8Array | null = null;
  readonly #server: Server;

  private constructor(answer: Answer, tls: boolean) {
    this.answer = answer;
    const take = (socket: Socket) => this.#take(socket);
    this.#server = tls ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, take) : createServer(take);
  }

  /** @param port  0 for any that is free */
  static async open(answer: Answer, { tls = false, port = 0 } = {}): Promise<FakeCameraServer> {
    const camera = new FakeCameraServer(answer, tls);
    await new Promise<void>((resolve) => camera.#server.listen(port, "127.0.0.1", resolve));
    return camera;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/live`;
  }

  get methods(): string[] {
    return this.asked.map(({ method }) => method);
  }

  send(bytes: Uint8Array): void {
    for (const socket of this.sockets) socket.write(bytes);
  }

  /** Breaks all connections, as a power cut does. */
  breakOff(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(socket: Socket): void {
    socket.setNoDelay(true);
    this.connections++;
    this.sockets.add(socket);
    this.mostSockets = Math.max(this.mostSockets, this.sockets.size);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => this.sockets.delete(socket));
    if (this.greeting) socket.write(this.greeting);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        this.#answer(socket, text.slice(0, end));
        text = text.slice(end + 4);
      }
    });
  }

  #answer(socket: Socket, head: string): void {
    const [line = "", ...headers] = head.split("\r\n");
    const [method = "", uri = ""] = line.split(" ");
    const pairs = headers.map((each): [string, string] => {
      const colon = each.indexOf(":");
      return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()];
    });
    const asked = { method, uri, headers: new Map(pairs), atMs: performance.now() };
    this.asked.push(asked);
    const answer = this.answer(asked);
    if (answer === "close") socket.destroy();
    else if (answer !== null) socket.write(utf8(answer));
  }
}

/** A connection and all that it told. */
export class Watched {
  readonly states: CameraState[] = [];
  readonly described: string[] = [];
  packets = 0;
  readonly connection: CameraConnection;

  constructor(url: string, options: Partial<CameraConnectionOptions> = {}) {
    this.connection = new CameraConnection({
      camera: cameraId("gate-1"),
      which: "main",
      url,
      limiter: new ConnectLimiter(),
      random: () => 0,
      onDescribed: (video) => this.described.push(video.codec),
      onRtp: () => this.packets++,
      onRtcp: () => {},
      onState: (state) => this.states.push(state),
      ...options,
    });
  }

  get last(): CameraState {
    return this.connection.state;
  }

  start(): this {
    this.connection.start();
    return this;
  }

  async reaches(state: CameraState["state"]): Promise<CameraState> {
    await until(() => this.last.state === state);
    return this.last;
  }
}

/** Lets sockets do their work until it is so; the test's own time limit ends what never is. */
export async function until(so: () => boolean): Promise<void> {
  while (!so()) await setImmediate();
}

/** An RTP packet of payload type 96 in its interleaved frame. */
export function rtpFrame(sequence: number, timestamp: number): Uint8Array {
  const frame = new Uint8Array(4 + 12 + 4);
  const view = new DataView(frame.buffer);
  frame.set([0x24, 0, 0, 16, 0x80, 96]);
  view.setUint16(6, sequence);
  view.setUint32(8, timestamp);
  return frame;
}

/** For 127.0.0.1 and localhost, until 2120; it protects nothing. */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghKf2fsOYahDxtVm4
E6ieJGB1GlXQPEMIzbWe9xWRu9ShRANCAARVuvrLRQqAAy+Hhsuv035t9ObNby19
Yc+J7KSyUlOmqbRRZHG2lANUmsaKQoz2VHeiFvNIw+Ir5pguK7gyLMDF
-----END PRIVATE KEY-----`;

export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBWzCCAQGgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDExFjYW1lcmEg
dW5kZXIgdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
MBgGA1UEAxMRY2FtZXJhIHVuZGVyIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAARVuvrLRQqAAy+Hhsuv035t9ObNby19Yc+J7KSyUlOmqbRRZHG2lANUmsaK
Qoz2VHeiFvNIw+Ir5pguK7gyLMDFozIwMDASBgNVHRMBAf8ECDAGAQH/AgEAMBoG
A1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNIADBFAiEAnIgx
GlK9ktqVYMVetw2PUqyFFgSgejVK5Eyo2yYzWccCIANR+/LzO8hFzDVX8gIOFWsS
JqB9Z4SAj++BbNHb40p3
-----END CERTIFICATE-----`;

export const TEST_FINGERPRINT =
  "A8:3B:98:1F:34:BE:44:FC:17:BE:CD:89:C4:D3:65:EE:0D:18:C4:DD:8B:EF:BC:D2:62:1E:58:25:CB:85:2F:C9";
