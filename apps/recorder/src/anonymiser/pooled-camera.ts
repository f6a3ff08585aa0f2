import { type CameraId, type Instant, instant } from "@overt/core";
import type { AnonymisedMode, CameraStatus } from "@overt/link";
import type { Admitted, Asking } from "./admission.ts";
import type { FromWorker, LaneProblem, LaneState, PictureNote } from "./messages.ts";
import type { AnonymiserState, CameraOptions } from "./pool.ts";
import type { PooledWorker } from "./pooled-worker.ts";

/** A picture of 640 x 480 before anything is measured, on an old core. */
const FIRST_GUESS_MS = 6.5;
/** Weight of the newest picture in the measured cost: about the last five seconds at 10 a second. */
const FRESHNESS = 0.02;
const INTERVAL_FRESHNESS = 0.1;
const DEFAULT_FPS = 10;
const DEFAULT_SLOW_MS = 10_000;
const CLOSE_LIMIT_MS = 2_000;

export interface CameraEvents {
  onPicture(note: PictureNote, accessUnit: Uint8Array): void;
  onState(state: AnonymiserState): void;
  onGround(ground: Uint8Array): void;
}

/** What the pool knows of one camera, and its line to the worker that has it. */
export class PooledCamera {
  readonly id: CameraId;
  readonly lane: number;
  readonly worker: number;
  readonly #options: CameraOptions;
  readonly #line: PooledWorker;
  readonly #events: CameraEvents;
  #admitted: Admitted = { mode: "none", fps: 0, costMsPerS: 0 };
  #opened = false;
  #ground: Uint8Array | undefined;
  #reported: AnonymiserState = { state: "off", problem: null };
  #lost: LaneProblem | null = null;
  #shown: AnonymiserState = { state: "off", problem: null };
  #learntShare = 0;
  #lastPictureAt: Instant | null = null;
  #intervalMs = 1_000 / DEFAULT_FPS;
  #costMs = FIRST_GUESS_MS;
  #closed: (() => void) | null = null;

  constructor(
    { id, lane, worker }: Pick<PooledCamera, "id" | "lane" | "worker">,
    options: CameraOptions,
    line: PooledWorker,
    events: CameraEvents,
  ) {
    this.id = id;
    this.lane = lane;
    this.worker = worker;
    this.#options = options;
    this.#line = line;
    this.#events = events;
    this.#ground = options.ground;
  }

  /** Asked for more than there is room for. */
  get waiting(): boolean {
    return this.#admitted.mode !== this.#options.asked;
  }

  get expectedMsPerS(): number {
    return (this.#options.maxFps ?? DEFAULT_FPS) * this.#costMs;
  }

  asking(): Asking {
    const { asked, allowed = ["full", "slow", "none"], priority = 0, maxFps = DEFAULT_FPS } = this.#options;
    const slowEveryMs = this.#options.slowEveryMs ?? DEFAULT_SLOW_MS;
    return { camera: this.id, asked, allowed, priority, fps: maxFps, slowEveryMs, costMs: this.#costMs };
  }

  admit(admitted: Admitted): void {
    const before = this.#admitted;
    this.#admitted = admitted;
    if (admitted.mode === "none") {
      if (this.#opened) this.#line.send({ kind: "close", lane: this.lane });
      this.#opened = false;
      this.#reported = { state: "off", problem: null };
      this.#show();
    } else if (!this.#opened) this.reopen();
    else if (before.mode !== admitted.mode || before.fps !== admitted.fps)
      this.#line.send({ kind: "pace", lane: this.lane, mode: admitted.mode, maxFps: admitted.fps });
  }

  feed({ at, key, accessUnit }: { at: Instant; key: boolean; accessUnit: Uint8Array }): void {
    if (this.#opened) this.#line.send({ kind: "picture", lane: this.lane, at, key }, [accessUnit]);
  }

  /** Tells the worker everything: at first, and after it was replaced. */
  reopen(): void {
    const mode: AnonymisedMode = this.#admitted.mode;
    if (mode === "none") return;
    const { codec, look, parameterSets = new Uint8Array(), privateSpaces = [], slowEveryMs } = this.#options;
    this.#opened = true;
    this.#lost = null;
    this.#reported = { state: "learning", problem: null };
    this.#line.send(
      {
        kind: "open",
        lane: this.lane,
        codec,
        look,
        mode,
        maxFps: this.#admitted.fps,
        slowEveryMs: slowEveryMs ?? DEFAULT_SLOW_MS,
        privateSpaces,
        parameterBytes: parameterSets.length,
      },
      [parameterSets, this.#ground ?? new Uint8Array()],
    );
    this.#show();
  }

  /** The worker is gone or silent: from now on nothing that it said counts. */
  lose(problem: LaneProblem): void {
    if (!this.#opened) return;
    this.#lost = problem;
    this.#show();
  }

  regain(): void {
    this.#lost = null;
    this.#show();
  }

  /** Resolves when the worker has given the ground back, or has not within two seconds. */
  close(): Promise<void> {
    if (!this.#opened) return Promise.resolve();
    this.#line.send({ kind: "close", lane: this.lane });
    this.#opened = false;
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, CLOSE_LIMIT_MS);
      this.#closed = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  receive(head: FromWorker, body: Uint8Array): void {
    switch (head.kind) {
      case "picture":
        if (!this.#opened) return;
        this.#note(head);
        this.#events.onPicture(head, body);
        break;
      case "state":
        if (!this.#opened) return;
        this.#reported = { state: head.state, problem: head.problem };
        this.#learntShare = head.learntShare;
        this.#show();
        break;
      case "ground":
        this.#ground = Uint8Array.from(body);
        this.#events.onGround(this.#ground);
        break;
      case "closed":
        this.#closed?.();
    }
  }

  status(): CameraStatus["anonymiser"] {
    return {
      asked: this.#options.asked,
      mode: this.#admitted.mode,
      look: this.#options.look,
      state: this.#shown.state,
      learntShare: this.#learntShare,
      lastPictureAt: this.#lastPictureAt,
      fps: this.#opened ? Math.round(10_000 / this.#intervalMs) / 10 : 0,
      costMsPerS: this.#opened ? Math.round((this.#costMs * 1_000) / this.#intervalMs) : 0,
    };
  }

  #note({ at, learntShare, costMs }: PictureNote): void {
    const sinceMs = this.#lastPictureAt === null ? 0 : at - this.#lastPictureAt;
    if (sinceMs > 0) this.#intervalMs += (sinceMs - this.#intervalMs) * INTERVAL_FRESHNESS;
    this.#costMs += (costMs - this.#costMs) * FRESHNESS;
    this.#lastPictureAt = instant(at);
    this.#learntShare = learntShare;
  }

  #show(): void {
    const next: AnonymiserState = this.#lost ? { state: "failed", problem: this.#lost } : this.#reported;
    const state: LaneState | "off" = next.state;
    if (this.#shown.state === state && this.#shown.problem?.code === next.problem?.code) return;
    this.#shown = next;
    this.#events.onState(next);
  }
}
