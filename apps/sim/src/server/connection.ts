import type { Socket } from "node:net";
import type { Authenticator } from "./auth.ts";
import type { Feed } from "./feed.ts";
import type { ConnectionFacts, Hooks, NoReply } from "./hooks.ts";
import { hooksNamed } from "./hooks.ts";
import type { RtspReply, RtspRequest } from "./message.ts";
import { formatReply, RequestReader } from "./message.ts";
import { describeSdp } from "./sdp.ts";
import { Session } from "./session.ts";
import { parseTransport } from "./transport.ts";
import { openUdpPair } from "./udp.ts";

/** What a connection needs of the camera that it is made to. */
export interface CameraFacts {
  readonly feeds: ReadonlyMap<string, Feed>;
  authenticator(): Authenticator | undefined;
  readonly audio: boolean;
  sessionTimeoutS(): number;
  /** The camera's own idea of UTC, in ms. */
  wallMs(): number;
  hooks(): readonly Hooks[];
}

/** What flows on each track; those that only faults describe may be set up and stay silent. */
const MEDIA = ["video", "audio"] as const;

const METHODS = "OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER";

/** One client's connection: its requests in order, its sessions, its time-out (RFC 2326 §10, appendix A.2). */
export class Connection {
  readonly #camera: CameraFacts;
  readonly #socket: Socket;
  readonly #facts: ConnectionFacts;
  readonly #reader = new RequestReader();
  readonly #sessions = new Map<string, Session>();
  readonly #onEnd: () => void;
  #queue: Promise<void> = Promise.resolve();
  #deadline: NodeJS.Timeout | undefined;
  #endedBytes = 0;

  constructor(camera: CameraFacts, socket: Socket, facts: ConnectionFacts, onEnd: () => void) {
    this.#camera = camera;
    this.#socket = socket;
    this.#facts = facts;
    this.#onEnd = onEnd;
    socket.setNoDelay(true);
    socket.on("close", () => this.#ended());
    // A client that resets its connection has ended it; "close" follows.
    socket.on("error", () => undefined);
    const listens = hooksNamed(this.#hooks, "accept").every((accept) => accept(facts));
    if (!listens) {
      socket.resume();
      return;
    }
    this.#stayAlive();
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
  }

  get #hooks(): readonly Hooks[] {
    return this.#camera.hooks();
  }

  get sentBytes(): number {
    let sum = this.#endedBytes;
    for (const session of this.#sessions.values()) sum += session.sentBytes;
    return sum;
  }

  get playing(): number {
    return [...this.#sessions.values()].filter((session) => session.playing).length;
  }

  #take(bytes: Buffer): void {
    if (this.#muted()) return;
    const counted = hooksNamed(this.#hooks, "alive");
    if (counted.length === 0) this.#stayAlive();
    const messages = this.#reader.push(bytes);
    if (!messages) {
      this.#socket.end(formatReply({ status: 400, headers: [] }, undefined));
      return;
    }
    for (const message of messages) {
      if ("channel" in message) continue;
      if (counted.some((counts) => counts(message, this.#facts))) this.#stayAlive();
      this.#queue = this.#queue.then(() => this.#answer(message));
    }
  }

  #stayAlive(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      // A camera that is cut off cannot tell its clients that their time is over.
      if (this.#muted()) this.#stayAlive();
      else this.#socket.destroy();
    }, this.#camera.sessionTimeoutS() * 1000);
    this.#deadline.unref();
  }

  #muted(): boolean {
    return hooksNamed(this.#hooks, "muted").some((muted) => muted());
  }

  #ended(): void {
    clearTimeout(this.#deadline);
    for (const session of this.#sessions.values()) session.end();
    for (const closed of hooksNamed(this.#hooks, "closed")) closed(this.#facts);
    this.#onEnd();
  }

  async #answer(request: RtspRequest): Promise<void> {
    const delayMs = hooksNamed(this.#hooks, "delayMs").reduce((sum, delay) => sum + delay(request, this.#facts), 0);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    let reply: RtspReply | NoReply = await this.#handle(request);
    for (const change of hooksNamed(this.#hooks, "reply"))
      if (typeof reply !== "string") reply = change(reply, request, this.#facts);
    if (reply === "close") this.#socket.destroy();
    if (typeof reply === "string" || this.#socket.destroyed) return;
    const starts = request.method === "PLAY" && reply.status === 200;
    const session = starts ? this.#sessionOf(request) : undefined;
    if (session && this.#hooks.some((hook) => hook.mediaBeforeReply)) {
      session.video?.wire.control(session.video.senderReport());
      session.play();
      // Long enough for pictures to overtake the answer, as they do on cameras with two threads.
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    let text = formatReply(reply, request.headers.get("cseq"));
    for (const change of hooksNamed(this.#hooks, "wire")) text = change(text, request, this.#facts);
    this.#socket.write(text);
    session?.play();
    if (request.method === "TEARDOWN") this.#teardown(request);
  }

  async #handle(request: RtspRequest): Promise<RtspReply | NoReply> {
    for (const hook of hooksNamed(this.#hooks, "request")) {
      const reply = hook(request, this.#facts);
      if (reply) return reply;
    }
    if (request.method === "OPTIONS") return { status: 200, headers: [["Public", METHODS]] };
    const authenticator = this.#camera.authenticator();
    if (authenticator && !authenticator.accepts(request))
      return { status: 401, headers: authenticator.challenges().map((value) => ["WWW-Authenticate", value]) };
    switch (request.method) {
      case "DESCRIBE":
        return this.#describe(request);
      case "SETUP":
        return this.#setup(request);
      case "PLAY":
      case "PAUSE":
      case "TEARDOWN":
        return this.#control(request);
      case "GET_PARAMETER":
      case "SET_PARAMETER":
        return { status: 200, headers: this.#sessionHeaders(this.#sessionOf(request)) };
      default:
        return { status: 501, headers: [["Public", METHODS]] };
    }
  }

  #describe(request: RtspRequest): RtspReply {
    const feed = this.#camera.feeds.get(this.#pathOf(request));
    if (!feed) return { status: 404, headers: [] };
    const base = `${request.url.replace(/\/+$/, "")}/`;
    let body = describeSdp({ ...feed.format, audio: this.#camera.audio });
    for (const change of hooksNamed(this.#hooks, "sdp")) body = change(body, base, this.#facts);
    return {
      status: 200,
      headers: [
        ["Content-Base", base],
        ["Content-Type", "application/sdp"],
      ],
      body,
    };
  }

  async #setup(request: RtspRequest): Promise<RtspReply> {
    const [, path = "", track] = /^(.*?)\/?(?:trackID=(\d+))?$/.exec(this.#pathOf(request)) ?? [];
    const feed = this.#camera.feeds.get(path);
    if (!feed) return { status: 404, headers: [] };
    const media = MEDIA[Number(track ?? 0)] ?? "nothing";
    if (media === "audio" && !this.#camera.audio) return { status: 404, headers: [] };
    const transport = parseTransport(request.headers.get("transport") ?? "");
    if (!transport) return { status: 461, headers: [] };
    const session = this.#sessionOf(request) ?? this.#newSession(feed);
    if (transport.kind === "tcp") {
      const asked = transport.channel ?? 2 * Number(track ?? 0);
      const channel = hooksNamed(this.#hooks, "channel").reduce((number, change) => change(number), asked);
      const { ssrc } = session.setupTcp(media, channel);
      return this.#setupReply(session, `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`, ssrc);
    }
    const pair = await openUdpPair();
    const { ssrc } = session.setupUdp(media, pair, transport.rtpPort, transport.rtcpPort);
    pair.rtp.on("message", () => this.#stayAlive());
    pair.rtcp.on("message", () => this.#stayAlive());
    const ports = `client_port=${transport.rtpPort}-${transport.rtcpPort};server_port=${pair.rtpPort}-${pair.rtpPort + 1}`;
    return this.#setupReply(session, `RTP/AVP/UDP;unicast;${ports}`, ssrc);
  }

  #setupReply(session: Session, transport: string, ssrc: number): RtspReply {
    const mark = ssrc.toString(16).padStart(8, "0").toUpperCase();
    return { status: 200, headers: [["Transport", `${transport};ssrc=${mark}`], ...this.#sessionHeaders(session)] };
  }

  #control(request: RtspRequest): RtspReply {
    const session = this.#sessionOf(request);
    if (!session) return { status: 454, headers: [] };
    const headers = this.#sessionHeaders(session);
    if (request.method === "PAUSE") session.pause();
    if (request.method !== "PLAY") return { status: 200, headers };
    if (!session.ready) return { status: 455, headers };
    const { video } = session;
    const url = `${request.url.replace(/\/+$/, "")}/trackID=0`;
    // The first key picture is still to come, so its time cannot be told: a sequence alone is allowed (RFC 2326 §12.33).
    return video
      ? { status: 200, headers: [...headers, ["RTP-Info", `url=${url};seq=${video.nextSequence}`]] }
      : { status: 200, headers };
  }

  #teardown(request: RtspRequest): void {
    const session = this.#sessionOf(request);
    if (!session) return;
    session.end();
    this.#endedBytes += session.sentBytes;
    this.#sessions.delete(session.id);
  }

  #newSession(feed: Feed): Session {
    const session = new Session({
      socket: this.#socket,
      facts: this.#facts,
      hooks: () => this.#hooks,
      feed,
      wallMs: () => this.#camera.wallMs(),
    });
    this.#sessions.set(session.id, session);
    return session;
  }

  #pathOf(request: RtspRequest): string {
    const path = pathOf(request.url);
    return hooksNamed(this.#hooks, "path").reduce((changed, change) => change(changed), path);
  }

  #sessionOf(request: RtspRequest): Session | undefined {
    const [id] = (request.headers.get("session") ?? "").split(";");
    return this.#sessions.get(id!.trim());
  }

  #sessionHeaders(session: Session | undefined): [string, string][] {
    return session ? [["Session", `${session.id};timeout=${this.#camera.sessionTimeoutS()}`]] : [];
  }
}

/** The path of an RTSP URL without its query. */
function pathOf(url: string): string {
  return url.replace(/^rtsps?:\/\/[^/]*/i, "").replace(/\?[^/]*/, "") || "/";
}
