import { OvertError } from "@overt/core";
import { fromUtf8Loosely } from "./binary.ts";
import { controlUrls } from "./control.ts";
import type { Credentials } from "./digest.ts";
import { type StreamFailureCode, streamFailure } from "./failures.ts";
import { DEFAULT_SESSION_TIMEOUT_MS, KeepAlive, type KeepAliveMethod } from "./keepalive.ts";
import { answerChallenge, randomCnonce } from "./login.ts";
import { encodeResponse, type RtspRequest, type RtspResponse } from "./message.ts";
import { TrackPackets } from "./packets.ts";
import { RtspReader } from "./reader.ts";
import { type ClientMethod, type HeaderFields, type OpenRequest, Requests } from "./requests.ts";
import { parseSdp, type SdpVideo, videoOf } from "./sdp.ts";
import { noVideo, refusalOf } from "./status.ts";
import { askedTransport, grantedTransport, parseSessionHeader, type UdpPorts } from "./transport.ts";
import { type RtspUrl, readRtspUrl } from "./url.ts";

export interface RtspSessionOptions {
  readonly url: RtspUrl;
  readonly credentials?: Credentials | undefined;
  /** Basic over a connection that is not encrypted; over RTSPS it is always allowed. */
  readonly allowBasic?: boolean | undefined;
  readonly userAgent?: string | undefined;
  /** What kept this camera's last session alive. */
  readonly keepAlive?: KeepAliveMethod | undefined;
  /** How long a request may go without its whole answer. */
  readonly replyTimeoutMs?: number | undefined;
  /** Go on when packets of a session that is not ours arrive, instead of failing with `CAMERA_STALE_SESSION`. */
  readonly ignoreStaleData?: boolean | undefined;
  /** A fresh random string of hexadecimal digits at each call; for tests. */
  readonly makeCnonce?: (() => string) | undefined;
}

/** What a session tells its shell. After `failed`, `redirected` or `ended` nothing more comes. */
export interface RtspSessionEvents {
  send(bytes: Uint8Array): void;
  described(video: SdpVideo): void;
  playing(): void;
  /** Bytes are valid until the call returns. */
  rtp(packet: Uint8Array): void;
  /** Bytes are valid until the call returns. */
  rtcp(packet: Uint8Array): void;
  redirected(location: RtspUrl): void;
  failed(error: OvertError): void;
  /** TEARDOWN is answered, or was not within its time; or the server ended the session. */
  ended(): void;
}

const REPLY_TIMEOUT_MS = 10_000;
const TEARDOWN_TIMEOUT_MS = 1_500;

/**
 * One RTSP 1.0 session over one connection (RFC 2326): OPTIONS, DESCRIBE, SETUP of the first H.264 or H.265 video
 * interleaved in the connection, PLAY, keep-alive, TEARDOWN. Nothing but that video is ever asked for. Time is passed
 * in, in milliseconds of a clock that never steps.
 */
export class RtspSession {
  readonly #options: RtspSessionOptions;
  readonly #events: RtspSessionEvents;
  readonly #reader: RtspReader;
  readonly #requests: Requests;
  readonly #packets: TrackPackets;
  readonly #tolerated = new Map<string, number>();
  #nowMs = 0;
  #over = false;
  #loginProven = false;
  #publicHeader: string | undefined;
  #aggregateUrl: string;
  #udp: UdpPorts | undefined;
  #timeoutMs: number | undefined;
  #playingSinceMs: number | null = null;
  #keepAlive: KeepAlive | null = null;

  constructor(options: RtspSessionOptions, events: RtspSessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#aggregateUrl = options.url.href;
    this.#requests = new Requests(options.userAgent ?? "Overt", (bytes) => events.send(bytes));
    this.#packets = new TrackPackets({
      rtp: (packet) => events.rtp(packet),
      rtcp: (packet) => events.rtcp(packet),
      tolerate: (what) => this.#tolerate(what),
    });
    this.#reader = new RtspReader({
      message: (message) => (message.kind === "response" ? this.#response(message) : this.#request(message)),
      interleaved: (channel, packet) => {
        if (!this.#packets.interleaved(channel, packet, this.#nowMs)) this.#stalePacket();
      },
      fits: (channel, size, first, second) => this.#packets.fits(channel, size, first, second),
      skipped: (bytes) => this.#tolerate("framing_bytes_skipped", bytes),
    });
  }

  /** How often which oddity of the camera was put up with, for the health page. */
  get tolerated(): ReadonlyMap<string, number> {
    return this.#tolerated;
  }

  /** How long the server keeps a session that it hears nothing of. */
  get sessionTimeoutMs(): number {
    return this.#timeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  }

  get playingSinceMs(): number | null {
    return this.#playingSinceMs;
  }

  get lastPacketMs(): number | null {
    return this.#packets.lastMs;
  }

  /** The method this session used, whether the server refused it, and whether its answer is still to come. */
  get keepAlive(): { readonly method: KeepAliveMethod; readonly refused: boolean; readonly awaited: boolean } | null {
    if (!this.#keepAlive) return null;
    const { method, refused } = this.#keepAlive;
    return { method, refused, awaited: this.#requests.keepAliveOpen };
  }

  /** Whether the server has accepted our login on this connection. */
  get loginProven(): boolean {
    return this.#loginProven;
  }

  /** When `tick` must be called at the latest. */
  get nextDeadlineMs(): number {
    if (this.#over) return Number.POSITIVE_INFINITY;
    return Math.min(this.#keepAliveDueMs, this.#packets.deadlineMs, this.#requests.nextDeadlineMs);
  }

  /** @param udp  ports that packets shall come to; without them they come interleaved in the connection */
  start(nowMs: number, udp?: UdpPorts): void {
    this.#nowMs = nowMs;
    this.#udp = udp;
    this.#send("OPTIONS", this.#options.url.href);
  }

  /** Bytes from the connection; they are not kept. */
  receive(bytes: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#over) return;
    try {
      this.#reader.push(bytes);
    } catch (thrown) {
      if (!(thrown instanceof OvertError)) throw thrown;
      this.#fail(thrown);
    }
  }

  /** A packet that came to one of our UDP ports; it is not kept. */
  receiveUdp(kind: "rtp" | "rtcp", packet: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    if (!this.#over) this.#packets.udp(kind, packet, nowMs);
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#over) return;
    for (const request of this.#requests.takeLate(nowMs)) this.#unanswered(request);
    if (this.#over) return;
    if (this.#packets.deadlineMs <= nowMs) this.#fail(this.#packets.silence());
    else if (this.#keepAliveDueMs <= nowMs) this.#sendKeepAlive();
  }

  /** Ends in order: no packet comes any more, and `ended` when TEARDOWN is answered or its time is over. */
  close(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#over) return;
    this.#playingSinceMs = null;
    this.#packets.stop();
    this.#requests.forget();
    if (this.#requests.sessionId === undefined) this.#finish(() => this.#events.ended());
    else this.#send("TEARDOWN", this.#aggregateUrl);
  }

  #response(response: RtspResponse): void {
    const request = this.#requests.answeredBy(response);
    if (!request) this.#tolerate("response_unexpected");
    else if (request.method === "TEARDOWN") this.#finish(() => this.#events.ended());
    else if (response.status === 401) this.#login(request, response);
    else if (request.keepAlive) this.#keptAlive(response);
    else if (response.status >= 300 && response.status < 400) this.#redirect(response);
    else if (response.status >= 400 && request.method !== "OPTIONS")
      this.#fail(refusalOf(request, response, this.#udp !== undefined));
    else this.#proceed(request, response);
  }

  #proceed(request: OpenRequest, response: RtspResponse): void {
    if (request.authorized && response.status < 400) this.#loginProven = true;
    if (request.method === "OPTIONS") this.#askDescription(response);
    else if (request.method === "DESCRIBE") this.#describe(response);
    else if (request.method === "SETUP") this.#setUp(response);
    else this.#play(response);
  }

  #login(request: OpenRequest, response: RtspResponse): void {
    if (request.keepAlive && this.#keepAlive?.loginSpoilt) {
      this.#keptAlive(response);
      return;
    }
    const { credentials, allowBasic, url, makeCnonce = randomCnonce } = this.#options;
    const answer = answerChallenge(response.headers.all("www-authenticate"), request, this.#loginProven, {
      credentials,
      allowBasic: url.secure || allowBasic === true,
      makeCnonce,
    });
    if (!(answer instanceof OvertError)) {
      this.#requests.authorizer = answer;
      const { method, uri, headers, keepAlive, attempt } = request;
      this.#requests.send(
        { method, uri, headers, keepAlive, attempt: attempt + 1, timeoutMs: this.#replyTimeoutMs },
        this.#nowMs,
      );
    } else if (request.keepAlive) {
      if (this.#keepAlive) this.#keepAlive.loginSpoilt = true;
      this.#requests.authorizer = null;
      this.#keptAlive(response);
    } else this.#fail(answer);
  }

  #askDescription(options: RtspResponse): void {
    if (options.status < 400) this.#publicHeader = options.headers.all("public").join(",");
    else this.#tolerate("options_refused");
    this.#send("DESCRIBE", this.#options.url.href, [["Accept", "application/sdp"]]);
  }

  #describe(response: RtspResponse): void {
    const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type && type !== "application/sdp") {
      this.#failWith("DESCRIBE_NOT_SDP", `The camera describes its stream as ${type.slice(0, 60)}, not as SDP.`);
      return;
    }
    const sdp = parseSdp(fromUtf8Loosely(response.body));
    const video = videoOf(sdp);
    if (!video) {
      this.#fail(noVideo(sdp));
      return;
    }
    if (video.parameterSetsDropped > 0) this.#tolerate("parameter_sets_dropped", video.parameterSetsDropped);
    const urls = controlUrls(
      this.#options.url,
      {
        contentBase: response.headers.text("content-base"),
        contentLocation: response.headers.text("content-location"),
        sessionControl: sdp.control,
      },
      video.control,
    );
    if (urls.hostReplaced) this.#tolerate("control_host_replaced");
    this.#aggregateUrl = urls.aggregate;
    this.#packets.expect(video);
    this.#events.described(video);
    if (!this.#over) this.#send("SETUP", urls.media, [["Transport", askedTransport(this.#udp)]]);
  }

  #setUp(response: RtspResponse): void {
    this.#learnSession(response);
    const granted = grantedTransport(response.headers.get("transport"), this.#udp);
    if (!granted) {
      const asked = this.#udp ? "UDP" : "TCP";
      this.#failWith("TRANSPORT_REFUSED", `${asked} refused: the camera answers SETUP with another transport.`);
      return;
    }
    this.#packets.grant(granted);
    this.#send("PLAY", this.#aggregateUrl, [["Range", "npt=0.000-"]]);
  }

  #play(response: RtspResponse): void {
    this.#learnSession(response);
    this.#playingSinceMs = this.#nowMs;
    this.#packets.play(this.#nowMs);
    this.#keepAlive = new KeepAlive(this.#publicHeader, this.#options.keepAlive, this.#timeoutMs, this.#nowMs);
    this.#events.playing();
  }

  #learnSession(response: RtspResponse): void {
    const value = response.headers.get("session");
    if (value === undefined) return;
    const { id, timeoutMs } = parseSessionHeader(value);
    if (timeoutMs !== undefined) this.#timeoutMs = timeoutMs;
    if (this.#requests.sessionId === undefined) this.#requests.sessionId = id;
    else if (this.#requests.sessionId !== id) this.#tolerate("session_id_changed");
  }

  #redirect(response: RtspResponse): void {
    const location = readRtspUrl(response.headers.text("location") ?? "");
    if (!location) {
      this.#failWith("REDIRECT_INVALID", "The camera redirects to something that is not an RTSP URL.");
      return;
    }
    this.#leaveSession();
    this.#finish(() => this.#events.redirected(location));
  }

  #request({ method, headers }: RtspRequest): void {
    this.#tolerate("server_request");
    if (method === "TEARDOWN") {
      this.#failWith("CAMERA_CLOSED", "The camera ended the session.");
      return;
    }
    const known = method === "OPTIONS" || method === "GET_PARAMETER" || method === "SET_PARAMETER";
    const cseq = headers.get("cseq") ?? "0";
    this.#events.send(known ? encodeResponse(200, "OK", cseq) : encodeResponse(501, "Not Implemented", cseq));
  }

  /** Old servers go on sending a dead session's packets into whichever connection gets its descriptor. */
  #stalePacket(): void {
    this.#tolerate("stale_packets");
    if (!this.#options.ignoreStaleData)
      this.#failWith("CAMERA_STALE_SESSION", "The camera still sends packets of an earlier session here.");
  }

  #unanswered({ method, keepAlive }: OpenRequest): void {
    if (keepAlive) this.#tolerate("keep_alive_unanswered");
    else if (method === "TEARDOWN") this.#finish(() => this.#events.ended());
    else this.#failWith("CAMERA_SILENT", `The camera took the connection and did not answer ${method} in time.`);
  }

  get #keepAliveDueMs(): number {
    return this.#playingSinceMs === null ? Number.POSITIVE_INFINITY : (this.#keepAlive?.dueMs ?? 0);
  }

  #sendKeepAlive(): void {
    if (!this.#keepAlive) return;
    this.#keepAlive.sent(this.#nowMs, this.#timeoutMs);
    this.#send(this.#keepAlive.method, this.#aggregateUrl, [], true);
  }

  #keptAlive(response: RtspResponse): void {
    this.#keepAlive?.answered(response.status);
    if (response.status >= 400) this.#tolerate("keep_alive_refused");
    else this.#learnSession(response);
  }

  get #replyTimeoutMs(): number {
    return this.#options.replyTimeoutMs ?? REPLY_TIMEOUT_MS;
  }

  #send(method: ClientMethod, uri: string, headers: HeaderFields = [], keepAlive = false): void {
    const timeoutMs = method === "TEARDOWN" ? TEARDOWN_TIMEOUT_MS : this.#replyTimeoutMs;
    this.#requests.send({ method, uri, headers, keepAlive, timeoutMs }, this.#nowMs);
  }

  #failWith(code: StreamFailureCode, message: string): void {
    this.#fail(streamFailure(code, message));
  }

  #fail(error: OvertError): void {
    if (this.#over) return;
    this.#leaveSession();
    this.#finish(() => this.#events.failed(error));
  }

  /** Without a TEARDOWN each reconnection costs one of the camera's places until that session has timed out. */
  #leaveSession(): void {
    if (this.#requests.sessionId !== undefined) this.#send("TEARDOWN", this.#aggregateUrl);
  }

  #finish(tell: () => void): void {
    this.#over = true;
    this.#reader.stop();
    this.#requests.forget();
    tell();
  }

  #tolerate(what: string, count = 1): void {
    this.#tolerated.set(what, (this.#tolerated.get(what) ?? 0) + count);
  }
}
