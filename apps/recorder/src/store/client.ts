import { setTimeout as delay } from "node:timers/promises";
import {
  type CameraId,
  type DurationMs,
  type GapCause,
  type Instant,
  OvertError,
  type RecorderId,
  type Track,
} from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { Child } from "../process/child.ts";
import { AckLatency } from "./ack-latency.ts";
import { Backlog, type Kept } from "./backlog.ts";
import type { Place } from "./entry.ts";
import type { Hold, KeptHold } from "./holds.ts";
import {
  FULL_CODE,
  GAVE_UP_CODE,
  type LastingGap,
  type StoreAnswers,
  type StoreMessage,
  type StoreQuestion,
} from "./messages.ts";
import { piecesOf, type StoredPiece } from "./pieces.ts";
import type { PlanStep } from "./playback.ts";
import type { Finding } from "./recovery.ts";
import type { CameraPeriod, DeadPeriod } from "./removal.ts";
import type { KeepRule } from "./shares.ts";
import { STORE_LIMITS, type StoreLimits } from "./limits.ts";
import { subjectOf } from "./subject.ts";

export interface StoreClientOptions {
  /** The volume's name in the configuration and on the health page. */
  readonly name: string;
  readonly directory: string;
  readonly recorder: RecorderId;
  /** Made anew at each start of the recorder. */
  readonly run: string;
  /** Why the recorder was away before; see `StoreOptions`. */
  readonly awayCause?: GapCause;
  readonly trustedNow: () => Instant;
  /** A file outside the volume that remembers which store belongs here, so that a missing mount is told from a new disk. */
  readonly rememberAt: string | null;
  /** 0 to 2, by retention rounded up. */
  readonly retentionClassOf?: (camera: CameraId) => number;
  /** What the register says of each camera at present, for when the volume is full: asked each second. */
  readonly keepRules?: () => readonly KeepRule[];
  /** Records handed over and not yet durable, in bytes; beyond it they are refused. */
  readonly backlogBytes?: number;
  readonly limits?: Partial<StoreLimits>;
  readonly onState?: (state: StoreState) => void;
  /** All footage of these periods made room for newer: their keys can die. */
  readonly onEvicted?: (periods: readonly CameraPeriod[]) => void;
  /** When what is stored was written last, at each start of a writer: trusted time is past that. */
  readonly onLastAt?: (at: Instant) => void;
  /** What a start, or housekeeping, found amiss, for the log and the health page. */
  readonly onFinding?: (finding: Finding) => void;
  /** Packs that no row was of have rows now, of periods whose keys are dead too. */
  readonly onListed?: () => void;
}

export type StoreState =
  | { readonly state: "starting" }
  | { readonly state: "ok"; readonly store: string }
  | { readonly state: "failed"; readonly error: OvertError };

/** What became of records handed over. Refused ones are a gap of this cause, which the caller opens. */
export type Appended = { readonly stored: true } | { readonly stored: false; readonly cause: GapCause };

export interface StoreStats {
  readonly freeBytes: number;
  readonly usedBytes: number;
  /** Days until footage is lost before its retention, as cameras send now; `null` when none will be. */
  readonly daysUntilLoss: number | null;
  /** Handed over and not yet durable. */
  readonly backlogBytes: number;
  /** Worst time from hand-over to durable in the last minute. */
  readonly ackLatencyMs: number;
}

const BACKLOG_BYTES = 64 * 2 ** 20;
/** Acts and hand-overs that wait. */
const MOST_WAITING = 50_000;
const BEAT_MS = 1_000;
/** A writer that takes longer waits for its disk. */
const SLOW_OPEN_MS = 5_000;
/** What is not durable by then was never acknowledged. */
const CLOSE_MS = 10_000;
const RESTART_MS = { first: 200, longest: 5_000 };

/** A recorder's end of one volume's store. It starts the writer, and starts it again as often as it ends. */
export class StoreClient {
  readonly name: string;
  readonly #options: StoreClientOptions;
  readonly #backlog: Backlog;
  readonly #latency = new AckLatency();
  #child: Child | null = null;
  #state: StoreState = { state: "starting" };
  #restarts = 0;
  /** What the writer knows of the register. */
  #toldRules = "";
  #waitMs = RESTART_MS.first;
  /** When this writer was started. */
  #since = performance.now();
  /** Why the last writer ended by itself, because of its disk, if nothing has become durable since. */
  #gaveUp: GapCause | null = null;
  readonly #beat: NodeJS.Timeout;
  #timer: NodeJS.Timeout | null = null;
  #closing = false;
  #waitingForOpen: (() => void)[] = [];
  #lastAlive: Instant | null = null;

  constructor(options: StoreClientOptions) {
    this.name = options.name;
    this.#options = options;
    this.#backlog = new Backlog(options.backlogBytes ?? BACKLOG_BYTES);
    this.#start();
    this.#beat = setInterval(() => {
      this.#child?.peer.send({ op: "beat", now: options.trustedNow() });
      this.#tellRules();
    }, BEAT_MS);
    this.#beat.unref();
  }

  get state(): StoreState {
    return this.#state;
  }

  /** How often the writer had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The writer, for the health page. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** When the recorder was last known to run before this run, once the store is open; null when it never was. */
  get lastAlive(): Instant | null {
    return this.#lastAlive;
  }

  /** Worst time from hand-over to durable in the last minute. */
  get ackLatencyMs(): number {
    return Math.max(this.#latency.worstMs(), this.#backlog.oldestMs());
  }

  /** @throws OvertError why the store could not be opened; it is tried again all the same */
  async ready(): Promise<void> {
    while (this.#state.state === "starting") await new Promise<void>((resolve) => this.#waitingForOpen.push(resolve));
    if (this.#state.state === "failed") throw this.#state.error;
  }

  /**
   * Records of one camera, each a whole one. Resolves when they are durable and on the timeline, or when they are
   * refused. After a refusal the rest of that segment is refused too (a segment has no holes): begin a new one.
   *
   * @throws OvertError `RECORD_INVALID` (a fault of the caller)
   */
  append(records: readonly Uint8Array[]): Promise<Appended> {
    const { camera, segment, essential } = subjectOf(records);
    const refused = this.#backlog.refuses(camera, segment, bytesOf(records), essential);
    if (refused) return Promise.resolve({ stored: false, cause: this.#causeOf(refused) });
    return new Promise((resolve, reject) => {
      this.#hand({
        question: { op: "append", retentionClass: this.#options.retentionClassOf?.(camera) ?? 0 },
        records,
        bytes: bytesOf(records),
        camera,
        since: performance.now(),
        done: () => resolve({ stored: true }),
        failed: (error) => {
          if (error.code !== "DISK_FULL") return reject(error);
          if (segment !== null) this.#backlog.breakSegment(segment, "disk_full");
          resolve({ stored: false, cause: "disk_full" });
        },
      });
    });
  }

  /** Why footage of this camera would be refused now; null when it would not. */
  refusing(camera: CameraId): GapCause | null {
    return this.#backlog.isFull(camera) ? this.#causeOf("backlog") : null;
  }

  /**
   * From `at` on `cause` is why nothing of this track is recorded. Its next fragment ends the gap by itself. While the
   * volume is away, a gap whose cause changes very often goes on under an earlier one.
   */
  gapOpen(camera: CameraId, track: Track, at: Instant, cause: GapCause): Promise<void> {
    if (this.#state.state !== "ok" && this.#backlog.takeBackEnd(camera, track, at)) return Promise.resolve();
    return this.#act({ op: "gap_open", camera, track, at, cause });
  }

  /** The track is no longer asked to record. */
  gapClose(camera: CameraId, track: Track, at: Instant): Promise<void> {
    return this.#act({ op: "gap_close", camera, track, at });
  }

  /** Gaps that last, `recorder_down` ones of a recorder that has just started among them. */
  async lastingGaps(): Promise<readonly LastingGap[]> {
    return (await this.#ask<"gaps_lasting">({ op: "gaps_lasting" })).head.gaps;
  }

  async timeline(camera: CameraId, track: Track, from: Instant, to: Instant): Promise<TrackTimeline> {
    return (await this.#ask<"timeline">({ op: "timeline", camera, track, from, to })).head.timeline;
  }

  /**
   * What is recorded of `[from, to)`, in order of time, from the last key picture at or before `from` on. Nothing is
   * read ahead of its reader.
   */
  async *read(camera: CameraId, track: Track, from: Instant, to: Instant): AsyncGenerator<StoredPiece> {
    let since: Instant | null = null;
    do {
      const step: PlanStep = (await this.#ask<"plan">({ op: "plan", camera, track, from, to, since })).head;
      for (const segment of step.segments) yield* piecesOf(segment, (places) => this.#fetch(places));
      since = step.next;
    } while (since !== null);
  }

  /** Bytes of the whole file system. @throws OvertError `PEER_GONE` while the writer is away */
  async stats(): Promise<StoreStats> {
    const { head } = await this.#ask<"space">({ op: "space" });
    return { ...head, backlogBytes: this.#backlog.bytes, ackLatencyMs: this.ackLatencyMs };
  }

  /** Every period of which the store has footage, oldest first. */
  async periods(): Promise<readonly CameraPeriod[]> {
    return (await this.#ask<"periods">({ op: "periods" })).head.periods;
  }

  /**
   * The keys of these periods are dead: their rows go, then the packs of which nothing lives. While too much waits for a
   * volume that is away it is not told: the periods are held against the keys again and again (`Retention`).
   *
   * @param periods as `KeeperClient` names them when it has destroyed their keys
   */
  async expire(periods: readonly DeadPeriod[]): Promise<void> {
    if (this.#backlog.size < MOST_WAITING) await this.#act({ op: "expire", periods });
  }

  /**
   * A window stays from now on, whatever else has to go. Ask for it from the last key picture before what is wanted.
   *
   * @throws OvertError `HOLD_NO_ROOM`, `HOLD_EXISTS`, `PEER_GONE` while the writer is away
   */
  async hold(hold: Hold): Promise<KeptHold> {
    return (await this.#ask<"hold">({ op: "hold", hold })).head.hold;
  }

  /** @throws OvertError `HOLD_ABSENT`, `PEER_GONE` */
  async release(id: string): Promise<void> {
    await this.#ask<"release">({ op: "release", id });
  }

  async holds(): Promise<readonly KeptHold[]> {
    return (await this.#ask<"holds">({ op: "holds" })).head.holds;
  }

  /**
   * Makes what was handed over durable and ends the writer. Never throws: who closes for want of power has no time.
   *
   * @returns whether the disk let that be done in time
   */
  async close(limitMs: DurationMs = CLOSE_MS): Promise<boolean> {
    this.#closing = true;
    clearInterval(this.#beat);
    if (this.#timer) clearTimeout(this.#timer);
    let closed = false;
    if (this.#state.state === "ok") {
      const closing = this.#ask({ op: "close", now: this.#options.trustedNow() }).then(
        () => true,
        (error: OvertError) => {
          if (!isGone(error)) this.#options.onFinding?.({ code: error.code, detail: `not closed: ${error.message}` });
          return false;
        },
      );
      closed = await Promise.race([closing, delay(limitMs, false, { ref: false })]);
    }
    // One that is done ends by itself; one that hangs would outlive us, and hold the directory.
    this.#child?.peer.destroy();
    if (!closed) this.#child?.kill();
    return closed;
  }

  async #fetch(places: readonly Place[]): Promise<{ lengths: readonly number[]; body: Uint8Array }> {
    const { head, body } = await this.#ask<"read">({ op: "read", places });
    return { lengths: head.bytes, body };
  }

  #act(question: StoreQuestion): Promise<void> {
    return new Promise((done, failed) => {
      this.#hand({ question, records: [], bytes: 0, camera: null, since: performance.now(), done, failed });
    });
  }

  /** What must survive a writer that ends: kept until it is answered, and sent again to the next one. */
  #hand(kept: Kept): void {
    this.#backlog.keep(kept);
    if (this.#state.state === "ok") this.#send(kept);
  }

  #send(kept: Kept): void {
    const child = this.#child;
    child?.peer.ask(kept.question, kept.records).then(
      () => {
        // Only now: a writer that opens and fails at its first commit must not be started without end.
        this.#waitMs = RESTART_MS.first;
        this.#gaveUp = null;
        this.#backlog.release(kept);
        this.#latency.add(performance.now() - kept.since);
        kept.done();
      },
      (error: OvertError) => {
        if (isGone(error)) return;
        this.#backlog.release(kept);
        kept.failed(error);
      },
    );
  }

  async #ask<Op extends keyof StoreAnswers>(
    question: StoreQuestion,
  ): Promise<{ head: StoreAnswers[Op]; body: Uint8Array }> {
    if (question.op !== "open" && this.#state.state === "starting") await this.ready();
    if (!this.#child) throw new OvertError("PEER_GONE", `The writer of "${this.name}" is away.`);
    const { head, body } = await this.#child.peer.ask(question);
    return { head: head as StoreAnswers[Op], body };
  }

  #start(): void {
    const child = new Child({
      name: `store-${this.name}`,
      entry: new URL("./writer.ts", import.meta.url),
      // `node:ffi`, for holes in packs; our Node is pinned.
      nodeArgs: ["--disable-warning=ExperimentalWarning"],
      onExit: ({ code }) => {
        if (code === GAVE_UP_CODE) this.#gaveUp = "disk_failed";
        if (code === FULL_CODE) this.#gaveUp = "disk_full";
        this.#restart(child);
      },
    });
    this.#child = child;
    this.#since = performance.now();
    child.peer.onFrame(({ head }) => this.#hear(head as StoreMessage));
    const { directory, recorder, run, awayCause, rememberAt, trustedNow, limits } = this.#options;
    const known = { directory, recorder, run, awayCause, rememberAt };
    const options = { ...known, now: trustedNow(), limits: { ...STORE_LIMITS, ...limits } };
    this.#ask<"open">({ op: "open", options }).then(
      ({ head }) => {
        this.#toldRules = "";
        this.#tellRules();
        this.#options.onLastAt?.(head.lastAt);
        this.#lastAlive = head.lastAlive;
        this.#become({ state: "ok", store: head.store });
        for (const kept of this.#backlog) this.#send(kept);
      },
      (error: OvertError) => {
        if (!this.#closing) this.#become({ state: "failed", error });
        child.kill();
      },
    );
  }

  #tellRules(): void {
    const rules = this.#options.keepRules?.() ?? [];
    const text = JSON.stringify(rules);
    if (text === this.#toldRules) return;
    this.#toldRules = text;
    this.#child?.peer.send({ op: "keep", rules });
  }

  #hear(message: StoreMessage): void {
    if (message.message === "evicted") this.#options.onEvicted?.(message.periods);
    else if (message.message === "found") this.#options.onFinding?.(message.finding);
    else this.#options.onListed?.();
  }

  #restart(child: Child): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#closing) return;
    this.#restarts++;
    if (this.#state.state === "ok") this.#become({ state: "starting" });
    this.#timer = setTimeout(() => this.#start(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, RESTART_MS.longest);
  }

  #become(state: StoreState): void {
    this.#state = state;
    for (const resolve of this.#waitingForOpen.splice(0)) resolve();
    this.#options.onState?.(state);
  }

  #causeOf(refused: GapCause | "backlog"): GapCause {
    if (refused !== "backlog") return refused;
    if (this.#gaveUp) return this.#gaveUp;
    if (this.#state.state === "failed") return this.#state.error.code === "DISK_FULL" ? "disk_full" : "disk_failed";
    if (this.#state.state === "ok" || performance.now() - this.#since > SLOW_OPEN_MS) return "disk_slow";
    return "process_down";
  }
}

const bytesOf = (records: readonly Uint8Array[]): number => records.reduce((sum, { length }) => sum + length, 0);

const isGone = ({ code }: OvertError): boolean => code === "PEER_GONE" || code === "PEER_FAILED";
