import { performance } from "node:perf_hooks";
import { availableParallelism } from "node:os";
import { type CameraId, type Instant, instant, OvertError } from "@overt/core";
import type { AnonymisedLook, AnonymisedMode, CameraStatus, RecorderStatus } from "@overt/link";
import type { Polygon } from "@overt/media/pixels";
import { type Admitted, admit } from "./admission.ts";
import type { LaneProblem, LaneState } from "./messages.ts";
import { PooledCamera } from "./pooled-camera.ts";
import { PooledWorker } from "./pooled-worker.ts";

const CHECK_MS = 250;
const ADMIT_EVERY_MS = 5_000;
/** Ingest, sealing and the store need the rest of a core. */
const SHARE_OF_CORE = 0.75;

export interface AnonymisedPicture {
  readonly at: Instant;
  readonly key: boolean;
  readonly blank: boolean;
  /** H.264 in Annex B. */
  readonly accessUnit: Uint8Array;
}

export interface AnonymiserState {
  readonly state: LaneState | "off";
  readonly problem: LaneProblem | null;
}

export interface PoolOptions {
  /** Processes; one per core up to two by default. */
  readonly workers?: number;
  /** Where the converted detector is kept. */
  readonly cacheDir: string;
  /** Milliseconds of core per second that may go to anonymising. */
  readonly budgetMsPerS?: number;
  readonly onPicture: (camera: CameraId, picture: AnonymisedPicture) => void;
  readonly onState: (camera: CameraId, state: AnonymiserState) => void;
  /** Learnt ground to keep under a period key and give back to `open` after a restart. */
  readonly onGround: (camera: CameraId, ground: Uint8Array) => void;
}

export interface CameraOptions {
  readonly codec: "h264" | "h265";
  /** In Annex B; may be empty when they come in the stream. */
  readonly parameterSets?: Uint8Array;
  readonly look: AnonymisedLook;
  readonly asked: AnonymisedMode;
  /** What the register lets the camera fall back to when there is no room; all modes by default. */
  readonly allowed?: readonly AnonymisedMode[];
  /** Lower goes first. */
  readonly priority?: number;
  readonly maxFps?: number;
  readonly slowEveryMs?: number;
  readonly privateSpaces?: readonly Polygon[];
  readonly ground?: Uint8Array;
}

/**
 * The anonymiser as the recorder sees it: clear access units in, anonymised ones out, through processes that may crash.
 * There is no way to get a clear picture out of it.
 */
export class AnonymiserPool {
  readonly #options: PoolOptions;
  readonly #workers: PooledWorker[];
  readonly #cameras = new Map<CameraId, PooledCamera>();
  /** Those that are closed and not yet heard of for the last time too: their ground is still to come. */
  readonly #lanes = new Map<number, PooledCamera>();
  #lastLane = 0;
  readonly #budgetMsPerS: number;
  readonly #timer: NodeJS.Timeout;
  #admitDueMs = 0;
  #fpsLimit = Number.POSITIVE_INFINITY;

  constructor(options: PoolOptions) {
    this.#options = options;
    const count = options.workers ?? Math.min(2, availableParallelism());
    this.#budgetMsPerS = options.budgetMsPerS ?? Math.min(count, availableParallelism()) * 1_000 * SHARE_OF_CORE;
    this.#workers = Array.from(
      { length: count },
      (_, index) =>
        new PooledWorker(`anonymiser-${index + 1}`, options.cacheDir, {
          onFrame: (lane, head, body) => this.#lanes.get(lane)?.receive(head, body),
          onSilent: (problem) => this.#ofWorker(index).forEach((camera) => void camera.lose(problem)),
          onBack: () => this.#ofWorker(index).forEach((camera) => void camera.regain()),
          onRestarted: () => this.#ofWorker(index).forEach((camera) => void camera.reopen()),
        }),
    );
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#timer.unref();
  }

  /** @throws OvertError `CAMERA_OPEN` when it is open already */
  open(camera: CameraId, options: CameraOptions): void {
    if (this.#cameras.has(camera)) throw new OvertError("CAMERA_OPEN", `The anonymiser has ${camera} open already.`);
    const worker = this.#leastLoaded();
    const { onPicture, onState, onGround } = this.#options;
    const lane = ++this.#lastLane;
    const line = this.#workers[worker] as PooledWorker;
    const pooled = new PooledCamera({ id: camera, lane, worker }, options, line, {
      onPicture: (note, accessUnit) =>
        onPicture(camera, { at: instant(note.at), key: note.key, blank: note.blank, accessUnit }),
      onState: (state) => onState(camera, state),
      onGround: (ground) => onGround(camera, ground),
    });
    this.#cameras.set(camera, pooled);
    this.#lanes.set(lane, pooled);
    this.#admit();
  }

  /** Takes in one access unit in Annex B. Nothing comes back for it when there is no room for this camera. */
  feed(camera: CameraId, picture: { at: Instant; key: boolean; accessUnit: Uint8Array }): void {
    this.#cameras.get(camera)?.feed(picture);
  }

  /** No camera gets more pictures than this a second, whatever room there is. What it gets is looked at all the same. */
  limitFps(fpsLimit: number): void {
    this.#fpsLimit = fpsLimit;
    this.#admit();
  }

  /** Resolves when the camera's ground has been given to `onGround`. It may be opened again before that. */
  async close(camera: CameraId): Promise<void> {
    const pooled = this.#cameras.get(camera);
    if (!pooled) return;
    this.#cameras.delete(camera);
    this.#admit();
    await pooled.close();
    this.#lanes.delete(pooled.lane);
  }

  /** Closes every camera, which gives back its ground, and ends the workers. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#cameras.keys()].map((camera) => this.close(camera)));
    for (const worker of this.#workers) worker.stop();
  }

  /** @returns null for a camera that is not open */
  statusOf(camera: CameraId): CameraStatus["anonymiser"] | null {
    return this.#cameras.get(camera)?.status() ?? null;
  }

  status(): RecorderStatus["anonymiser"] {
    const cameras = [...this.#cameras.values()];
    return {
      budgetMsPerS: this.#budgetMsPerS,
      usedMsPerS: cameras.reduce((sum, camera) => sum + camera.status().costMsPerS, 0),
      waiting: cameras.filter((camera) => camera.waiting).map(({ id }) => id),
    };
  }

  /** For the health page: each worker and how often it was restarted. */
  parts(): { name: string; pid: number; ready: boolean; restarts: number; message: string | null }[] {
    return this.#workers.map(({ name, pid, ready, restarts, message }) => ({ name, pid, ready, restarts, message }));
  }

  #check(): void {
    for (const worker of this.#workers) worker.check();
    if (performance.now() >= this.#admitDueMs) this.#admit();
  }

  #admit(): void {
    this.#admitDueMs = performance.now() + ADMIT_EVERY_MS;
    const all = [...this.#cameras.values()];
    const admitted = admit(
      all.map((camera) => {
        const asking = camera.asking();
        return { ...asking, fps: Math.min(asking.fps, this.#fpsLimit) };
      }),
      this.#budgetMsPerS,
    );
    for (const camera of all) camera.admit(admitted.get(camera.id) as Admitted);
  }

  #ofWorker(index: number): PooledCamera[] {
    return [...this.#cameras.values()].filter(({ worker }) => worker === index);
  }

  #leastLoaded(): number {
    const loads = this.#workers.map((_, index) =>
      this.#ofWorker(index).reduce((sum, camera) => sum + camera.expectedMsPerS, 0),
    );
    return loads.indexOf(Math.min(...loads));
  }
}
