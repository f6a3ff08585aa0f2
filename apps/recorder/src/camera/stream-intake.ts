import { type CameraId, type GapCause, type Instant, instant, type OvertError } from "@overt/core";
import type { VideoFormat } from "@overt/media/codec";
import { type AccessUnit, CaptureClock, type ChunkPool, VideoReceiver } from "@overt/media/rtp";
import type { SdpVideo } from "@overt/media/rtsp";
import type { Clock } from "../clock.ts";
import type { ConnectLimiter } from "./connect-limiter.ts";
import { CameraConnection, type CameraConnectionOptions, type CameraState } from "./connection.ts";
import type { CameraLogin } from "./login-budget.ts";

/** A picture with the moment at which it was taken. */
export interface TakenUnit {
  readonly unit: AccessUnit;
  readonly at: Instant;
  /** Camera clock minus trusted time. */
  readonly cameraOffsetMs: number | null;
}

export interface StreamIntakeOptions {
  readonly camera: CameraId;
  readonly which: "main" | "sub";
  readonly url: string;
  readonly login: CameraLogin | undefined;
  readonly limiter: ConnectLimiter;
  readonly allowBasic: boolean;
  readonly tls?: CameraConnectionOptions["tls"];
  readonly transport?: CameraConnectionOptions["transport"];
  readonly clock: Clock;
  /** Where pictures lie until they are released. */
  readonly chunks: ChunkPool;
  /** Before the first picture, and before a key picture that needs another decoder. */
  readonly onFormat: (format: VideoFormat) => void;
  readonly onUnit: (taken: TakenUnit) => void;
  /** Pictures stopped or did not begin. */
  readonly onInterrupted: (cause: GapCause, error: OvertError | null) => void;
}

/** Measured over the last few seconds, for the health page. */
export interface StreamRate {
  readonly fps: number;
  readonly bitrateBps: number;
}

const RATE_WINDOW_MS = 5_000;

/** One stream of a camera, from its socket to whole pictures with their times. */
export class StreamIntake {
  readonly #options: StreamIntakeOptions;
  readonly #connection: CameraConnection;
  #receiver: VideoReceiver | null = null;
  #captureClock: CaptureClock | null = null;
  #format: VideoFormat | null = null;
  #cameraOffsetMs: number | null = null;
  #recent: { ms: number; bytes: number }[] = [];
  #forgiven: Record<string, number> = {};

  constructor(options: StreamIntakeOptions) {
    this.#options = options;
    const { clock, onInterrupted, ...connection } = options;
    this.#connection = new CameraConnection({
      ...connection,
      nowMs: () => clock.monotonicMs(),
      onDescribed: (video) => this.#begin(video),
      onRtp: (packet) => this.#receiver?.rtp(packet, clock.monotonicMs()),
      onRtcp: (packet) => this.#receiver?.rtcp(packet, clock.monotonicMs()),
      onState: (state) => {
        if (state.cause) onInterrupted(state.cause, state.error);
      },
    });
  }

  get state(): CameraState {
    return this.#connection.state;
  }

  get format(): VideoFormat | null {
    return this.#format;
  }

  get cameraOffsetMs(): number | null {
    return this.#cameraOffsetMs;
  }

  /** What was odd and put up with, by name. */
  get tolerated(): Record<string, number> {
    const all = { ...this.#forgiven };
    add(all, Object.fromEntries(this.#connection.tolerated));
    add(all, this.#receiver?.tolerated ?? {});
    return all;
  }

  get rate(): StreamRate {
    const fromMs = this.#options.clock.monotonicMs() - RATE_WINDOW_MS;
    this.#recent = this.#recent.filter(({ ms }) => ms >= fromMs);
    const bytes = this.#recent.reduce((sum, picture) => sum + picture.bytes, 0);
    const seconds = RATE_WINDOW_MS / 1000;
    return { fps: this.#recent.length / seconds, bitrateBps: (bytes * 8) / seconds };
  }

  start(): void {
    this.#connection.start();
  }

  stop(): Promise<void> {
    return this.#connection.stop();
  }

  #begin(video: SdpVideo): void {
    if (this.#receiver) add(this.#forgiven, this.#receiver.tolerated);
    const captureClock = new CaptureClock(video.clockRateHz);
    this.#captureClock = captureClock;
    this.#receiver = new VideoReceiver({
      codec: video.codec,
      clockRate: video.clockRateHz,
      payloadType: video.payloadType,
      parameterSets: video.parameterSets,
      chunks: this.#options.chunks,
      onFormat: (format) => {
        this.#format = format;
        this.#options.onFormat(format);
      },
      onAccessUnit: (unit) => this.#take(unit, captureClock),
    });
  }

  #take(unit: AccessUnit, captureClock: CaptureClock): void {
    if (captureClock !== this.#captureClock) return;
    const { clock } = this.#options;
    const monoMs = captureClock.at(unit.rtpTime, unit.receivedAtMs, unit.ntpMs);
    const nowMs = clock.monotonicMs();
    const at = instant(clock.now() - (nowMs - monoMs));
    // The camera's UTC minus our monotonic time, less our UTC minus the same.
    const { cameraOffset } = captureClock;
    this.#cameraOffsetMs = cameraOffset ? Math.round(cameraOffset.rawMs - (clock.now() - nowMs)) : null;
    this.#recent.push({ ms: nowMs, bytes: unit.nals.reduce((sum, nal) => sum + nal.length, 0) });
    if (this.#recent.length > 1_000) this.#recent.splice(0, 500);
    this.#options.onUnit({ unit, at, cameraOffsetMs: this.#cameraOffsetMs });
  }
}

function add(to: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) to[name] = (to[name] ?? 0) + count;
}
