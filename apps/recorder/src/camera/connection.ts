import { type CameraId, type GapCause, OvertError } from "@overt/core";
import {
  closedAtTimeout,
  gapCauseOf,
  type KeepAliveMethod,
  otherKeepAlive,
  parseRtspUrl,
  type RtspUrl,
  type SdpVideo,
  streamFailure,
} from "@overt/media/rtsp";
import type { ConnectLimiter, ConnectPlace } from "./connect-limiter.ts";
import type { CameraLogin, LoginTry } from "./login-budget.ts";
import { NO_FAILURES, type Reconnect, reconnectAfter, STALE_WAITS } from "./reconnect.ts";
import type { PeerTls } from "../tls.ts";
import { type CameraTransport, StreamTry, type TryEnd } from "./stream-try.ts";

export interface CameraConnectionOptions {
  readonly camera: CameraId;
  readonly which: "main" | "sub";
  /** `rtsp://` or `rtsps://`, without credentials. */
  readonly url: string;
  /** One object for all that log in to this camera. */
  readonly login?: CameraLogin | undefined;
  /** One object for all cameras of the site. */
  readonly limiter: ConnectLimiter;
  /** Basic over an unencrypted connection shows the password to the network. */
  readonly allowBasic?: boolean | undefined;
  readonly tls?: PeerTls | undefined;
  /** `udp` only for cameras that refuse TCP: it loses packets, and is never used over RTSPS. */
  readonly transport?: CameraTransport | undefined;
  /** Other hosts that the camera may redirect to and that may have its login. */
  readonly redirectHosts?: readonly string[] | undefined;
  /** A clock that never steps, in milliseconds. */
  readonly nowMs?: (() => number) | undefined;
  /** 0 to 1 */
  readonly random?: (() => number) | undefined;
  readonly replyTimeoutMs?: number | undefined;
  /** A session begins: what it will send. Comes again after each reconnection. */
  readonly onDescribed: (video: SdpVideo) => void;
  /** Bytes are valid until the call returns. */
  readonly onRtp: (packet: Uint8Array) => void;
  /** Bytes are valid until the call returns. */
  readonly onRtcp: (packet: Uint8Array) => void;
  readonly onState: (state: CameraState) => void;
}

export interface CameraState {
  readonly state: "connecting" | "playing" | "waiting" | "stopped";
  /** Why there are no pictures; `null` while there are, before the first failure, and when stopped. */
  readonly cause: GapCause | null;
  readonly error: OvertError | null;
  /** Since when there are pictures, or since when there are none: the last one's arrival, on the clock of `nowMs`. */
  readonly sinceMs: number;
  /** When it is tried again, while `waiting`. */
  readonly retryAtMs: number | null;
}

const MAX_REDIRECTS = 3;
const FIRST_SPREAD_MS = 1_000;

/** Keeps one stream of a camera coming: connects, and when that ends for whatever reason, connects again, for ever. */
export class CameraConnection {
  readonly #options: CameraConnectionOptions;
  readonly #url: RtspUrl;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #tolerated = new Map<string, number>();
  #try: StreamTry | null = null;
  #timer: NodeJS.Timeout | undefined;
  #leaveQueue: () => void = () => {};
  #stopListening: () => void = () => {};
  #past: Omit<Reconnect, "waitMs"> = NO_FAILURES;
  #keepAlive: KeepAliveMethod | undefined;
  #sessionTimeoutMs = 60_000;
  #state: CameraState;
  #onStopped: (() => void) | null = null;
  #stopping: Promise<void> | null = null;

  /** @throws OvertError `URL_INVALID`, `URL_HAS_CREDENTIALS` */
  constructor(options: CameraConnectionOptions) {
    this.#options = options;
    this.#url = parseRtspUrl(options.url);
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    this.#state = { state: "stopped", cause: null, error: null, sinceMs: this.#nowMs(), retryAtMs: null };
  }

  get state(): CameraState {
    return this.#state;
  }

  /** What was put up with since this object was made, by name, for the health page. */
  get tolerated(): ReadonlyMap<string, number> {
    const all = new Map(this.#tolerated);
    for (const [what, count] of this.#try?.session.tolerated ?? []) all.set(what, (all.get(what) ?? 0) + count);
    return all;
  }

  start(): void {
    if (this.#state.state !== "stopped") return;
    this.#onStopped = null;
    this.#stopping = null;
    this.#stopListening = this.#options.login?.onChange(() => this.#connectNow()) ?? (() => {});
    this.#become({ state: "connecting", sinceMs: this.#nowMs() });
    this.#connectAfter(this.#random() * FIRST_SPREAD_MS);
  }

  /** Leaves the camera in order. Resolves when the connection is closed, within two seconds. */
  stop(): Promise<void> {
    if (this.#state.state === "stopped") return Promise.resolve();
    this.#stopping ??= new Promise((resolve) => {
      this.#onStopped = () => {
        this.#become({ state: "stopped", cause: null, error: null, sinceMs: this.#nowMs() });
        resolve();
      };
      this.#stopListening();
      clearTimeout(this.#timer);
      this.#leaveQueue();
      if (this.#try) this.#try.close();
      else this.#onStopped();
    });
    return this.#stopping;
  }

  /** For a login that has changed: what waits need not wait any longer. */
  #connectNow(): void {
    if (this.#state.state !== "waiting") return;
    this.#past = NO_FAILURES;
    this.#connectAfter(0);
  }

  #connectAfter(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#leaveQueue();
    this.#timer = setTimeout(() => {
      this.#leaveQueue = this.#options.limiter.enter((place) => this.#askLogin(place));
    }, waitMs);
  }

  #askLogin(place: ConnectPlace): void {
    const leave = this.#options.login?.ask(this.#nowMs());
    if (leave?.kind === "wait") {
      place.release();
      const error = this.#state.error ?? streamFailure("AUTH_FAILED", "The camera refused the user name or password.");
      this.#waitUntil(leave.untilMs, { cause: "auth_failed", error, sinceMs: this.#state.sinceMs });
      return;
    }
    if (this.#state.state !== "connecting") this.#become({ state: "connecting" });
    this.#connect(this.#url, { place, login: leave?.login, credentials: leave?.credentials, redirects: 0 });
  }

  #connect(url: RtspUrl, by: Connecting): void {
    const trusted = this.#mayHaveLogin(url);
    const { allowBasic, tls = {}, transport = "tcp", replyTimeoutMs, onDescribed, onRtp, onRtcp } = this.#options;
    const ignoreStaleData = this.#past.staleInARow >= STALE_WAITS;
    const credentials = trusted ? by.credentials : undefined;
    const current = new StreamTry(
      { url, credentials, allowBasic, keepAlive: this.#keepAlive, replyTimeoutMs, ignoreStaleData },
      { tls, transport },
      this.#nowMs,
      {
        described: (video) => {
          if (current.session.loginProven) by.login?.accepted();
          onDescribed(video);
        },
        playing: () => {
          by.place.release();
          by.login?.unused();
          this.#become({ state: "playing", cause: null, error: null, sinceMs: this.#nowMs() });
        },
        rtp: onRtp,
        rtcp: onRtcp,
        over: (end) => this.#tryEnded(current, end, trusted, by),
      },
    );
    this.#try = current;
  }

  #tryEnded({ session }: StreamTry, end: TryEnd, trusted: boolean, by: Connecting): void {
    this.#try = null;
    for (const [what, count] of session.tolerated) this.#tolerated.set(what, (this.#tolerated.get(what) ?? 0) + count);
    if (end.kind === "redirected" && !this.#onStopped && by.redirects < MAX_REDIRECTS) {
      this.#connect(end.location, { ...by, redirects: by.redirects + 1 });
      return;
    }
    by.place.release();
    const error = this.#named(end, trusted);
    if (error.code === "AUTH_FAILED") by.login?.refused(this.#nowMs());
    else by.login?.unused();
    if (this.#onStopped) this.#onStopped();
    else this.#afterFailure(session, error);
  }

  #afterFailure(session: StreamTry["session"], error: OvertError): void {
    const nowMs = this.#nowMs();
    const playedMs = session.playingSinceMs === null ? 0 : nowMs - session.playingSinceMs;
    if (playedMs > 0) this.#sessionTimeoutMs = session.sessionTimeoutMs;
    this.#learnKeepAlive(session, playedMs, error);
    const ended = { code: error.code, playedMs, sessionTimeoutMs: this.#sessionTimeoutMs };
    const { waitMs, ...past } = reconnectAfter(ended, this.#past, this.#random());
    this.#past = past;
    const sinceMs =
      this.#state.state === "playing" ? (session.lastPacketMs ?? session.playingSinceMs ?? nowMs) : this.#state.sinceMs;
    this.#waitUntil(nowMs + waitMs, { cause: gapCauseOf(error), error, sinceMs });
  }

  #learnKeepAlive(session: StreamTry["session"], playedMs: number, { code }: OvertError): void {
    const { keepAlive, sessionTimeoutMs } = session;
    if (!keepAlive) return;
    // What outlived two timeouts is kept alive by it, whatever was answered.
    if (playedMs > sessionTimeoutMs * 2) this.#keepAlive = keepAlive.method;
    else if (
      keepAlive.refused ||
      (code === "CAMERA_CLOSED" && (keepAlive.awaited || closedAtTimeout(playedMs, sessionTimeoutMs)))
    )
      this.#keepAlive = otherKeepAlive(keepAlive.method);
  }

  #waitUntil(retryAtMs: number, why: Pick<CameraState, "cause" | "error" | "sinceMs">): void {
    this.#become({ state: "waiting", ...why, retryAtMs });
    this.#connectAfter(Math.max(0, retryAtMs - this.#nowMs()));
  }

  /** A login goes to the host it was entered for, and to those that the operator allows, never from TLS into the clear. */
  #mayHaveLogin(url: RtspUrl): boolean {
    if (this.#url.secure && !url.secure) return false;
    const host = url.host.toLowerCase();
    return host === this.#url.host.toLowerCase() || (this.#options.redirectHosts ?? []).includes(host);
  }

  #named(end: TryEnd, trusted: boolean): OvertError {
    const error = this.#errorOf(end, trusted);
    const { camera, which } = this.#options;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return new OvertError(error.code, `${camera} (${which}): ${error.message}`, { ...hint, cause: error.cause });
  }

  #errorOf(end: TryEnd, trusted: boolean): OvertError {
    if (end.kind === "ended") return streamFailure("CAMERA_CLOSED", "The camera ended the session.");
    if (end.kind === "redirected")
      return streamFailure("REDIRECT_LOOP", `The camera redirects more than ${MAX_REDIRECTS} times.`);
    if (trusted || !this.#options.login || end.error.code !== "AUTH_REQUIRED") return end.error;
    return streamFailure("REDIRECT_HOST_REFUSED", "The camera redirects to a host that may not have its login.");
  }

  #become(change: Partial<CameraState>): void {
    this.#state = { ...this.#state, retryAtMs: null, ...change };
    this.#options.onState(this.#state);
  }
}

interface Connecting {
  readonly place: ConnectPlace;
  readonly login: LoginTry | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly redirects: number;
}
