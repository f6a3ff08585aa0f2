import { statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import {
  type CameraId,
  type EpochId,
  type GapCause,
  type Instant,
  OvertError,
  type RecorderId,
  type SegmentId,
  type Track,
} from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { Ballast } from "./ballast.ts";
import { CommitQueue, type Waiting } from "./commit-queue.ts";
import { claimDirectory, type Identity, lockDirectory, placeOf } from "./directory.ts";
import { type Entry, entryAt, type Place } from "./entry.ts";
import type { StoreAnswers } from "./messages.ts";
import { GapJournal } from "./gap-journal.ts";
import { GapLog, lastingGaps } from "./gap-log.ts";
import { type Hold, Holds, type KeptHold } from "./holds.ts";
import { Housekeeping } from "./housekeeping.ts";
import { PackReader } from "./pack-reader.ts";
import { PackSet, type Parcel } from "./pack-set.ts";
import { Playback, type PlanStep } from "./playback.ts";
import { type Finding, PACK_CLOSED, PACK_OPEN, type Settled, settlePacks, unbegunPacks } from "./recovery.ts";
import { type CameraPeriod, type DeadPeriod, Removal } from "./removal.ts";
import type { KeepRule } from "./shares.ts";
import type { StoreLimits } from "./limits.ts";
import { isCorrupt, isFull, openIndex, setAside, transaction } from "./schema.ts";
import { SegmentIndex } from "./segment-index.ts";

export interface StoreOptions {
  readonly directory: string;
  readonly recorder: RecorderId;
  /** Made anew at each start of the recorder, not at each start of its writer. */
  readonly run: string;
  /** Why the recorder was away before this run; that it was not running, unless more is known. */
  readonly awayCause?: GapCause | undefined;
  /** Trusted time. */
  readonly now: Instant;
  /** See `claimDirectory`. */
  readonly rememberAt: string | null;
  readonly limits: StoreLimits;
}

/** That a recorder lives is noted this often even when nothing is recorded: its absence is a gap from then on. */
const NOTE_MS = 5_000;

/** What the process around a store must know. */
export interface StoreEvents {
  /**
   * Nothing that waits can become durable: the process must end, and a new one look at what the disk holds (after a
   * sync that failed nobody else can say).
   */
  readonly failed: (thrown: unknown) => void;
  /** Footage of these periods made room, all of it: their keys can die before their time. */
  readonly evicted: (periods: readonly CameraPeriod[]) => void;
  readonly found: (finding: Finding) => void;
  /** Packs that the index did not know are listed now, also of periods whose keys are dead: who knows them must look. */
  readonly listed: () => void;
}

/** Records, or a change of rows alone. */
type Item = Parcel | { readonly act: () => void };

/** One volume's store. All of it happens in the volume's writer process (`writer.ts`). */
export class Store {
  readonly identity: Identity;
  readonly #options: StoreOptions;
  readonly #events: StoreEvents;
  readonly #lock: DatabaseSync;
  readonly #database: DatabaseSync;
  readonly #index: SegmentIndex;
  readonly #journal: GapJournal;
  readonly #gaps: GapLog;
  readonly #playback: Playback;
  readonly #holds: Holds;
  readonly #removal: Removal;
  readonly #reader: PackReader;
  readonly #packs: PackSet;
  readonly #housekeeping: Housekeeping;
  readonly #queue: CommitQueue<Item>;
  #freeBytes = Number.POSITIVE_INFINITY;
  #now: Instant;
  /** What the index has for `#now`. */
  #noted: Instant;

  private constructor(
    options: StoreOptions,
    events: StoreEvents,
    identity: Identity,
    lock: DatabaseSync,
    database: DatabaseSync,
    index: SegmentIndex,
    journal: GapJournal,
    settled: Settled,
  ) {
    const { directory, recorder, limits } = options;
    const highest = settled.packs.reduce((max, { number }) => Math.max(max, number), 0);
    this.identity = identity;
    this.#options = options;
    this.#events = events;
    this.#lock = lock;
    this.#database = database;
    this.#index = index;
    this.#journal = journal;
    this.#gaps = new GapLog(database, index, journal);
    this.#playback = new Playback(database, index);
    this.#holds = new Holds(directory, database, index);
    this.#removal = new Removal(database, index);
    this.#reader = new PackReader(directory, settled.packs);
    const assertPlace = placeOf(directory);
    this.#packs = new PackSet(
      { directory, recorder, assertPlace, ...limits },
      Math.max(highest, ...settled.missing, 0),
    );
    this.#queue = new CommitQueue({ ...limits, commit: (batch) => this.#commit(batch), failed: events.failed });
    this.#now = options.now;
    this.#noted = options.now;
    this.#housekeeping = new Housekeeping({
      directory,
      recorder,
      ...limits,
      database,
      index,
      removal: this.#removal,
      holds: this.#holds,
      reader: this.#reader,
      settled,
      events,
      measure: async () => (await this.measureSpace()).freeBytes,
      inTurn: (act) => this.#queue.inTurn(act),
      endPacks: (all) => this.#endPacks(all),
    });
  }

  /** @throws OvertError as `claimDirectory`, `lockDirectory` and `openIndex`; `DISK_FULL` */
  static async open(options: StoreOptions, events: StoreEvents): Promise<Store> {
    const identity = claimDirectory(options.directory, options.recorder, options.rememberAt);
    const lock = lockDirectory(options.directory);
    const path = join(options.directory, "index.sqlite");
    try {
      // Before anything is written: the volume may have been full when power failed.
      await new Ballast(options.directory, options.limits.reserveBytes).trim(await freeBytesOf(options.directory));
      const database = openOrSetAside(path, identity.store, options.limits.walPages, events);
      const journal = new GapJournal(options.directory);
      const index = new SegmentIndex(database, journal);
      const runs = new GapLog(database, index, journal);
      await runs.restore(database);
      for (const path of await unbegunPacks(options.directory)) await unlink(path);
      const settled = await settlePacks(options.directory, database, index, runs.knows(options.run));
      transaction(database, () => {
        if (runs.beginRun(options.run, options.now, options.awayCause)) index.foldAll();
      });
      for (const finding of settled.findings) events.found(finding);
      const store = new Store(options, events, identity, lock, database, index, journal, settled);
      await store.measureSpace();
      store.#housekeeping.start();
      return store;
    } catch (thrown) {
      if (isCorrupt(thrown)) setAside(path);
      lock.close();
      throw isFull(thrown) ? full(options.directory) : thrown;
    }
  }

  /**
   * @param body One or more whole records back to back.
   * @returns when they are durable and listed. @throws OvertError `RECORD_INVALID`, `DISK_FULL`
   */
  async append(body: Uint8Array, retentionClass: number): Promise<void> {
    const records: { entry: Entry; bytes: Uint8Array }[] = [];
    for (let at = 0; at < body.length; ) {
      const found = entryAt(body, at);
      if ("problem" in found)
        throw new OvertError("RECORD_INVALID", `A record to be stored is not whole (${found.problem}).`);
      records.push({ entry: found.entry, bytes: found.record.bytes });
      at += found.record.bytes.length;
    }
    if (this.#freeBytes < this.#options.limits.reserveBytes / 16 || this.#isStopped(records)) throw this.#full();
    await this.#queue.add({ retentionClass, records }, body.length);
  }

  openGap(camera: CameraId, track: Track, at: Instant, cause: GapCause): Promise<void> {
    return this.#queue.add({ act: () => this.#gaps.open(camera, track, at, cause) }, 0);
  }

  closeGap(camera: CameraId, track: Track, at: Instant): Promise<void> {
    return this.#queue.add({ act: () => this.#gaps.close(camera, track, at) }, 0);
  }

  /** When the recorder was last known to run before this run; null when it never was. */
  get lastAlive(): Instant | null {
    return this.#gaps.lastAlive(this.#options.run);
  }

  lastingGaps(): ReturnType<typeof lastingGaps> {
    return lastingGaps(this.#database, this.#index);
  }

  timeline(camera: CameraId, track: Track, from: Instant, to: Instant): TrackTimeline {
    return this.#playback.timeline(camera, track, from, to, this.#housekeeping.missing);
  }

  /** See `Playback.plan`. */
  plan(camera: CameraId, track: Track, from: Instant, to: Instant, since: Instant | null): PlanStep {
    return this.#playback.plan(camera, track, from, to, since);
  }

  /** The records at `places`, in order; empty where one is not there, or not whole. */
  read(places: readonly Place[]): Promise<Uint8Array[]> {
    return this.#reader.read(places);
  }

  /** Every period that has rows here. */
  periods(): CameraPeriod[] {
    return this.#removal.periods();
  }

  /** Their keys are dead: rows go, then packs of which nothing lives. */
  async expire(periods: readonly DeadPeriod[]): Promise<void> {
    for (const period of periods)
      await this.#queue.inTurn(async () => transaction(this.#database, () => this.#removal.expire(period)));
    await this.#housekeeping.removeDeadPacks();
  }

  /** What the register says of each camera: it goes by it when it is full. */
  keep(rules: readonly KeepRule[]): Promise<void> {
    return this.#queue.add({ act: () => this.#housekeeping.room.keep(rules) }, 0);
  }

  /** Trusted time of the last commit, before this start too. */
  get lastAt(): Instant {
    return this.#gaps.lastAt();
  }

  /** The recorder lives, and this is the trusted time. */
  beat(now: Instant): void {
    this.#now = now;
    if (Math.abs(now - this.#noted) >= NOTE_MS) this.#queue.add({ act: () => {} }, 0).catch(this.#events.failed);
  }

  /** Bytes free and used of the file system. */
  async measureSpace(): Promise<{ freeBytes: number; usedBytes: number }> {
    const { bavail, bfree, blocks, bsize } = await statfs(this.#options.directory);
    this.#freeBytes = bavail * bsize;
    return { freeBytes: this.#freeBytes, usedBytes: (blocks - bfree) * bsize };
  }

  /** What `measureSpace` says, and the days until footage is lost before its retention (`forecast.ts`). */
  async space(): Promise<StoreAnswers["space"]> {
    const measured = await this.measureSpace();
    return { ...measured, daysUntilLoss: this.#housekeeping.room.daysUntilLoss(measured.freeBytes, this.#now) };
  }

  /** See `Room.hold`. Durable when it returns. */
  async hold(hold: Hold): Promise<KeptHold> {
    const { freeBytes } = await this.measureSpace();
    return this.#housekeeping.room.hold(hold, freeBytes, this.#now);
  }

  release(id: string): void {
    this.#housekeeping.room.release(id);
  }

  holds(): readonly KeptHold[] {
    return this.#holds.list();
  }

  /** Whether every pack is listed and has its footer. */
  settled(): Promise<void> {
    return this.#housekeeping.settled();
  }

  /** Commits what waits, ends packs and segments, and lets go of the directory. */
  async close(stopped: boolean): Promise<void> {
    await this.#housekeeping.stop();
    await this.#queue.drain();
    await this.#queue.inTurn(async () => {
      transaction(this.#database, () => {
        if (stopped) this.#index.foldAll();
        this.#gaps.beat(this.#options.run, this.#now, stopped);
      });
      await this.#endPacks(true);
      await this.#reader.close();
      this.#database.close();
      this.#lock.close();
    });
  }

  /** The index is damaged: it is kept aside, and the next start rebuilds it. */
  setIndexAside(): void {
    if (this.#database.isOpen) this.#database.close();
    setAside(join(this.#options.directory, "index.sqlite"));
  }

  /** DESIGN §4, first sentence: bytes written and synced, then rows committed, then acknowledged. */
  async #commit(items: readonly Waiting<Item>[]): Promise<void> {
    const parcels = new Map<Item, Parcel>();
    const brought = new Set<SegmentId | EpochId>();
    let batch = items.filter((item) => !this.#cannotBeOpened(item, brought));
    for (const item of batch)
      if ("records" in item) {
        const records = item.records.filter(({ entry }) => !this.#index.has(entry));
        parcels.set(item, { retentionClass: item.retentionClass, records });
      }
    let placed: Awaited<ReturnType<PackSet["write"]>> = new Map();
    try {
      await this.#endPacks(false);
      placed = await this.#packs.write([...parcels.values()], (header) => this.#reader.learn(header));
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      await this.#packs.cutBack();
      this.#freeBytes = 0;
      for (const item of batch) if ("records" in item) item.reject(this.#full());
      // Why nothing is there must be known all the same.
      batch = batch.filter((item) => "act" in item);
      if (batch.length === 0) return;
    }
    for (const rows of placed.values()) this.#packs.list(rows);
    transaction(this.#database, () => {
      for (const pack of this.#packs.open) this.#index.beginPack(pack, PACK_OPEN);
      for (const item of batch) {
        if ("act" in item) item.act();
        else
          for (const { entry, place } of placed.get(parcels.get(item) as Parcel) ?? []) this.#index.add(entry, place);
      }
      for (const pack of this.#packs.open) this.#index.setPackBytes(pack.number, pack.bytes, PACK_OPEN);
      this.#gaps.beat(this.#options.run, this.#now, false);
    });
    this.#noted = this.#now;
    for (const item of batch) item.resolve();
    await this.#journal.flush();
  }

  /** A camera whose footage may not make room begins nothing new; what it has begun it ends. */
  #isStopped(records: Parcel["records"]): boolean {
    return records.some(({ entry }) => entry.type === "segment" && this.#housekeeping.room.refuses(entry.camera));
  }

  /** Its header or envelope has made room. While packs are still to be listed, nobody can say. */
  #cannotBeOpened(item: Waiting<Item>, brought: Set<SegmentId | EpochId>): boolean {
    if ("act" in item || !this.#housekeeping.isListed) return false;
    const entries = item.records.map(({ entry }) => entry);
    if (!this.#index.lacksHead(entries, brought)) return false;
    item.reject(this.#full());
    return true;
  }

  async #endPacks(all: boolean): Promise<void> {
    for (const pack of this.#packs.due(all)) {
      await this.#packs.finish(pack);
      this.#index.setPackBytes(pack.number, pack.bytes, PACK_CLOSED);
    }
  }

  #full(): OvertError {
    return full(this.#options.directory);
  }
}

const full = (directory: string): OvertError =>
  new OvertError("DISK_FULL", `${directory} is full.`, {
    hint: "Recording goes on within 10 s of there being room. Shorten retention or add a disk.",
  });

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function openOrSetAside(path: string, store: string, walPages: number, events: StoreEvents): DatabaseSync {
  try {
    return openIndex(path, store, walPages);
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown;
    const kept = setAside(path);
    events.found({ code: "INDEX_DAMAGED", detail: `${path} is kept as ${kept} and is rebuilt from the packs` });
    return openIndex(path, store, walPages);
  }
}
