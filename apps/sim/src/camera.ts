import { OvertError } from "@overt/core";
import type { VideoCodec } from "./codec/annexb.ts";
import { videoSize } from "./codec/file-source.ts";
import type { ActiveFault } from "./fault/faults.ts";
import { faultsNamed } from "./fault/faults.ts";
import type { PrepareOptions, Source } from "./prepare/prepare.ts";
import { openFeed } from "./prepare/camera-streams.ts";
import type { Marks } from "./scene/marks.ts";
import type { AuthOptions } from "./server/auth.ts";
import { Authenticator } from "./server/auth.ts";
import type { Feed, SentPicture } from "./server/feed.ts";
import type { Hooks } from "./server/hooks.ts";
import { hooksNamed } from "./server/hooks.ts";
import type { TlsIdentity } from "./server/rtsp-server.ts";
import { RtspServer } from "./server/rtsp-server.ts";

export const DEFAULT_SECONDS = 20;

export type StreamName = "main" | "sub";

/** How one stream of a camera is encoded; what is absent is as {@link STREAM_DEFAULTS} says. */
export interface StreamOptions {
  readonly codec?: VideoCodec;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** Bits per second. */
  readonly bitrate?: number;
  /** Pictures between key pictures. */
  readonly gop?: number;
  readonly bPictures?: number;
}

export interface CameraOptions {
  /** In the log of what was sent and in `/NAME/main` beside `/main`. */
  readonly name?: string;
  readonly source: Source;
  /** Of the main stream; the sub stream is always H.264 unless it says otherwise. */
  readonly codec?: VideoCodec;
  /** 0, or absent, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly user?: string;
  readonly password?: string;
  /** Challenges and their order; Digest with MD5 when absent. */
  readonly auth?: Partial<Omit<AuthOptions, "user" | "password">>;
  readonly tls?: TlsIdentity;
  /** Whether an audio track is offered; it is unless this is false. */
  readonly audio?: boolean;
  readonly faults?: readonly string[];
  readonly main?: StreamOptions;
  readonly sub?: StreamOptions;
  /** Length of the loop; {@link DEFAULT_SECONDS} when absent. */
  readonly seconds?: number;
  /** How far into its loop it begins; 0 when absent. */
  readonly aheadMs?: number;
  readonly marks?: Marks;
  readonly sessionTimeoutS?: number;
  /**
   * Pictures are drawn and encoded when they are due (a key picture each second), so that `marks` carry the time
   * of now; both streams are 640x480 at 10 pictures per second unless `main` and `sub` say otherwise.
   */
  readonly realtime?: boolean;
  /** Where prepared streams are kept. */
  readonly cacheDir: string;
  /** Keeps hashes of every picture sent, for {@link SimCamera.sentAccessUnits}. */
  readonly recordSent?: boolean;
}

/** One access unit as it left the camera. */
export interface SentUnit {
  readonly stream: StreamName;
  /** SHA-256 of the NAL list, see `nalListHash`. */
  readonly hash: string;
  readonly key: boolean;
  readonly nals: number;
  /** Since the feed began, in the order of sending. */
  readonly index: number;
  /** Display time since the feed began, 90 kHz. */
  readonly ticks: number;
  /** Our clock, in ms since 1970, whatever the camera takes the time to be. */
  readonly sentMs: number;
}

export interface CameraStats {
  readonly connections: number;
  /** Since the start. */
  readonly accepted: number;
  readonly playing: number;
  readonly sentBytes: number;
  readonly sentPictures: number;
}

export interface SimCamera {
  readonly name: string;
  readonly port: number;
  /** Without credentials. */
  url(stream: StreamName): string;
  /** Replaces all faults, on connections that are open, too; other pictures than before cut those. */
  setFault(names: readonly string[]): Promise<void>;
  stats(): CameraStats;
  /** What was sent, oldest first, when `recordSent` was set; at most the last 200,000. */
  sentAccessUnits(stream?: StreamName): SentUnit[];
  stop(): Promise<void>;
}

const REALTIME_DEFAULTS = { width: 640, height: 480, fps: 10, bitrate: 1_500_000 };

export const STREAM_DEFAULTS: Readonly<Record<StreamName, Required<Omit<StreamOptions, "gop" | "bPictures">>>> = {
  main: { codec: "h264", width: 960, height: 720, fps: 15, bitrate: 1_500_000 },
  sub: { codec: "h264", width: 640, height: 480, fps: 10, bitrate: 700_000 },
};

const MAX_RECORDED = 200_000;

/**
 * A camera that answers at its port until it is stopped.
 *
 * @throws OvertError `SIM_PORT_IN_USE`, `SIM_FAULT_UNKNOWN`, `SIM_SCENE_UNKNOWN`, `SIM_VIDEO_UNREADABLE`, `SIM_OPTION`
 */
export async function startCamera(options: CameraOptions): Promise<SimCamera> {
  const camera = new RunningCamera(options);
  await camera.start();
  return camera;
}

class RunningCamera implements SimCamera {
  readonly name: string;
  readonly #options: CameraOptions;
  readonly #feeds = new Map<string, Feed>();
  readonly #sent: SentUnit[] = [];
  readonly #startedMs = performance.now();
  readonly #startedAt = Date.now();
  #faults: readonly ActiveFault[] = [];
  #hooks: readonly Hooks[] = [];
  #authenticator: Authenticator | undefined;
  #port = 0;
  #server: RtspServer | undefined;
  #sentPictures = 0;

  constructor(options: CameraOptions) {
    this.#options = options;
    this.name = options.name ?? "cam";
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.#take(faultsNamed(this.#options.faults ?? []));
    await this.#openFeeds();
    // Opened once even if the camera is off at the start, so that its port is known and is its own.
    await this.#listen(this.#options.port ?? 0);
    if (this.#off()) await this.#server?.close();
  }

  url(stream: StreamName): string {
    const scheme = this.#options.tls ? "rtsps" : "rtsp";
    return `${scheme}://${this.#options.host ?? "127.0.0.1"}:${this.port}/${stream}`;
  }

  async setFault(names: readonly string[]): Promise<void> {
    const before = this.#faults;
    this.#take(faultsNamed(names));
    if (streamFaults(before) !== streamFaults(this.#faults)) {
      await this.#openFeeds();
      this.#server?.cutAll();
    }
    if (this.#off()) await this.#server?.close();
    else if (!this.#server?.listening) await this.#listen(this.#port);
  }

  stats(): CameraStats {
    const server = this.#server?.stats() ?? { connections: 0, accepted: 0, playing: 0, sentBytes: 0 };
    return { ...server, sentPictures: this.#sentPictures };
  }

  sentAccessUnits(stream?: StreamName): SentUnit[] {
    return this.#sent.filter((unit) => stream === undefined || unit.stream === stream);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    for (const feed of this.#feeds.values()) feed.stop();
  }

  async #openFeeds(): Promise<void> {
    const faults = this.#faults.flatMap((fault) => fault.stream ?? []);
    for (const stream of ["main", "sub"] as const) {
      const options = { ...streamOptions(this.#options, stream), ...(await this.#ownSize(stream)) };
      const feed = await openFeed(options, this.#options, faults, (picture) => this.#record(stream, picture));
      this.#feeds.get(`/${stream}`)?.stop();
      this.#feeds.set(`/${stream}`, feed);
      this.#feeds.set(`/${this.name}/${stream}`, feed);
    }
  }

  /** A video keeps its shape, and on the main stream its size, unless the options say otherwise. */
  async #ownSize(stream: StreamName): Promise<{ width?: number; height?: number }> {
    const { source, [stream]: given } = this.#options;
    if (!("video" in source) || given?.width !== undefined || given?.height !== undefined) return {};
    return videoSize(source.video, stream === "main" ? 1920 : STREAM_DEFAULTS.sub.width);
  }

  #take(faults: readonly ActiveFault[]): void {
    this.#faults = faults;
    this.#hooks = faults.map((fault) => fault.hooks);
    const { user, password = "", auth } = this.#options;
    const overrides = Object.assign({}, ...this.#hooks.map((hooks) => hooks.auth ?? {}));
    // A fault of the login makes a camera without one ask for the demo's.
    if (user === undefined && Object.keys(overrides).length === 0) this.#authenticator = undefined;
    else
      this.#authenticator = new Authenticator({
        schemes: ["digest-md5"],
        user: user ?? "overt",
        password,
        ...auth,
        ...overrides,
      });
  }

  #off(): boolean {
    return this.#hooks.some((hooks) => hooks.off);
  }

  async #listen(port: number): Promise<void> {
    const { host = "127.0.0.1", tls, audio = true, sessionTimeoutS = 60 } = this.#options;
    const facts = {
      feeds: this.#feeds,
      audio,
      authenticator: () => this.#authenticator,
      sessionTimeoutS: () => this.#hooks.find((hooks) => hooks.sessionTimeoutS)?.sessionTimeoutS ?? sessionTimeoutS,
      wallMs: () => this.#wallMs(),
      hooks: () => this.#hooks,
    };
    this.#server = await RtspServer.listen(facts, { host, port, ...(tls ? { tls } : {}) });
    this.#port = this.#server.port;
  }

  #record(stream: StreamName, { unit, index, ticks }: SentPicture): void {
    this.#sentPictures++;
    if (!this.#options.recordSent) return;
    const { hash, key, nals } = unit;
    this.#sent.push({ stream, hash, key, nals: nals.length, index, ticks, sentMs: Date.now() });
    if (this.#sent.length > MAX_RECORDED) this.#sent.splice(0, MAX_RECORDED / 10);
  }

  #wallMs(): number {
    const sinceStartMs = performance.now() - this.#startedMs;
    return hooksNamed(this.#hooks, "wallMs").reduce(
      (wallMs, change) => change(wallMs, sinceStartMs),
      this.#startedAt + sinceStartMs,
    );
  }
}

/** What decides which pictures are sent, as a text to compare. */
function streamFaults(faults: readonly ActiveFault[]): string {
  return faults.flatMap(({ name, stream }) => (stream ? [name] : [])).join();
}

/** How a camera's stream is prepared, with all defaults filled in. */
export function streamOptions(options: CameraOptions, stream: StreamName): PrepareOptions {
  const defaults = STREAM_DEFAULTS[stream];
  const given = options[stream] ?? {};
  const { gop, bPictures, ...rest } = { ...defaults, ...(options.realtime ? REALTIME_DEFAULTS : {}), ...given };
  const codec = given.codec ?? (stream === "main" ? (options.codec ?? defaults.codec) : defaults.codec);
  if (codec !== "h264" && codec !== "h265")
    throw new OvertError("SIM_OPTION", `A simulated camera has no codec "${String(codec)}".`, {
      hint: "Choose h264 or h265.",
    });
  return {
    ...rest,
    codec,
    source: options.source,
    seconds: options.seconds ?? DEFAULT_SECONDS,
    cacheDir: options.cacheDir,
    ...(gop === undefined ? {} : { gop }),
    ...(bPictures === undefined ? {} : { bPictures }),
    ...(options.marks ? { marks: options.marks } : {}),
  };
}
