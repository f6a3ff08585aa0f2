import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import {
  type CameraId,
  type GapCause,
  type Instant,
  instant,
  OvertError,
  type RecorderId,
  type Track,
} from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { claimDirectory, type Identity, lockDirectory } from "./directory.ts";
import { type Entry, entryAt, type Place, type PlacedEntry } from "./entry.ts";
import { GapLog, lastingGaps } from "./gap-log.ts";
import { OpenPack } from "./pack.ts";
import { PackReader } from "./pack-reader.ts";
import { Playback, type SegmentPlan } from "./playback.ts";
import { isFull, openIndex, transaction } from "./schema.ts";
import { rowsOf, SegmentIndex } from "./segment-index.ts";

export interface StoreOptions {
  readonly directory: string;
  readonly recorder: RecorderId;
  /** Made anew at each start of the recorder, not at each start of its writer. */
  readonly run: string;
  /** Trusted time. */
  readonly now: Instant;
  /** See `claimDirectory`. */
  readonly rememberAt: string | null;
  readonly limits: StoreLimits;
}

export interface StoreLimits {
  readonly packBytes: number;
  readonly packAgeMs: number;
  /** The longest that a record waits for its commit to begin. */
  readonly commitMs: number;
  /** A commit begins at once when this much waits. */
  readonly commitBytes: number;
  /** Free space below which the oldest packs go. A sixteenth of it is kept for the index even then. */
  readonly reserveBytes: number;
}

/** DESIGN §4 "Store": a pack ends at 1 GiB or 1 h; at least two commits a second. */
export const STORE_LIMITS: StoreLimits = {
  packBytes: 2 ** 30,
  packAgeMs: 3_600_000,
  commitMs: 300,
  commitBytes: 16 * 2 ** 20,
  reserveBytes: 2 ** 30,
};

interface RecordsItem {
  readonly retentionClass: number;
  readonly records: readonly { entry: Entry; bytes: Uint8Array }[];
}
interface ActItem {
  readonly act: () => void;
}
type Item = (RecordsItem | ActItem) & {
  readonly resolve: () => void;
  readonly reject: (error: OvertError) => void;
};

/** One volume's store. All of it happens in the volume's writer process (`writer.ts`). */
export class Store {
  readonly identity: Identity;
  readonly #options: StoreOptions;
  readonly #lock: DatabaseSync;
  readonly #database: DatabaseSync;
  readonly #index: SegmentIndex;
  readonly #gaps: GapLog;
  readonly #playback: Playback;
  readonly #reader: PackReader;
  readonly #onFailure: (thrown: unknown) => void;
  readonly #packs = new Map<number, OpenPack>();
  readonly #missing = new Set<number>();
  #nextPack: number;
  #waiting: Item[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #committing: Promise<void> | null = null;
  #freeBytes = Number.POSITIVE_INFINITY;
  #now: Instant;

  private constructor(
    options: StoreOptions,
    identity: Identity,
    lock: DatabaseSync,
    database: DatabaseSync,
    onFailure: (thrown: unknown) => void,
  ) {
    this.#options = options;
    this.#onFailure = onFailure;
    this.identity = identity;
    this.#lock = lock;
    this.#database = database;
    this.#index = new SegmentIndex(database);
    this.#gaps = new GapLog(database, this.#index);
    this.#playback = new Playback(database, this.#index);
    this.#now = options.now;
    const packs = rowsOf<{ number: number; class: number }>(database.prepare("SELECT number, class FROM packs").all());
    this.#reader = new PackReader(
      options.directory,
      packs.map((pack) => ({ number: pack.number, retentionClass: pack.class })),
    );
    this.#nextPack = packs.reduce((highest, { number }) => Math.max(highest, number), 0) + 1;
  }

  /**
   * @param onFailure After it nothing that waits can become durable: the process must end, and a new one look at what
   *   the disk holds (after a sync that failed nobody else can say).
   * @throws OvertError as `claimDirectory`, `lockDirectory` and `openIndex`
   */
  static async open(options: StoreOptions, onFailure: (thrown: unknown) => void): Promise<Store> {
    const identity = claimDirectory(options.directory, options.recorder, options.rememberAt);
    const lock = lockDirectory(options.directory);
    const database = openIndex(join(options.directory, "index.sqlite"), identity.store);
    const store = new Store(options, identity, lock, database, onFailure);
    transaction(database, () => {
      if (store.#gaps.beginRun(options.run, options.now)) store.#index.fold();
    });
    await store.measureSpace();
    return store;
  }

  /**
   * @param body One or more whole records back to back.
   * @returns when they are durable and listed. @throws OvertError `RECORD_INVALID`, `DISK_FULL`
   */
  append(body: Uint8Array, retentionClass: number): Promise<void> {
    const records: { entry: Entry; bytes: Uint8Array }[] = [];
    for (let at = 0; at < body.length; ) {
      const found = entryAt(body, at);
      if ("problem" in found)
        return Promise.reject(
          new OvertError("RECORD_INVALID", `A record to be stored is not whole (${found.problem}).`),
        );
      records.push({ entry: found.entry, bytes: found.record.bytes });
      at += found.record.bytes.length;
    }
    if (this.#freeBytes < this.#options.limits.reserveBytes / 16) return Promise.reject(this.#full());
    return this.#enqueue({ retentionClass, records }, body.length);
  }

  openGap(camera: CameraId, track: Track, at: Instant, cause: GapCause): Promise<void> {
    return this.#enqueue({ act: () => this.#gaps.open(camera, track, at, cause) }, 0);
  }

  closeGap(camera: CameraId, track: Track, at: Instant): Promise<void> {
    return this.#enqueue({ act: () => this.#gaps.close(camera, track, at) }, 0);
  }

  lastingGaps(): ReturnType<typeof lastingGaps> {
    return lastingGaps(this.#database, this.#index);
  }

  timeline(camera: CameraId, track: Track, from: Instant, to: Instant): TrackTimeline {
    return this.#playback.timeline(camera, track, from, to, this.#missing);
  }

  plan(camera: CameraId, track: Track, from: Instant, to: Instant): SegmentPlan[] {
    return this.#playback.plan(camera, track, from, to);
  }

  /** The records at `places`, in order; empty where one is not there, or not whole. */
  read(places: readonly Place[]): Promise<Uint8Array[]> {
    return this.#reader.read(places);
  }

  /** The recorder lives, and this is the trusted time. */
  beat(now: Instant): void {
    this.#now = now;
  }

  /** Bytes free and used of the file system, as last measured. */
  async measureSpace(): Promise<{ freeBytes: number; usedBytes: number }> {
    const { bavail, bfree, blocks, bsize } = await statfs(this.#options.directory);
    this.#freeBytes = bavail * bsize;
    return { freeBytes: this.#freeBytes, usedBytes: (blocks - bfree) * bsize };
  }

  /** Commits what waits, ends packs and segments, and lets go of the directory. */
  async close(stopped: boolean): Promise<void> {
    await this.#drain();
    transaction(this.#database, () => {
      if (stopped) this.#index.fold();
      this.#gaps.beat(this.#options.run, this.#now, stopped);
    });
    for (const pack of this.#packs.values()) await this.#finish(pack);
    await this.#reader.close();
    this.#database.close();
    this.#lock.close();
  }

  #enqueue(item: RecordsItem | ActItem, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...item, resolve, reject });
      this.#waitingBytes += bytes;
      if (this.#committing) return;
      if (this.#waitingBytes >= this.#options.limits.commitBytes) this.#startCommit();
      else this.#timer ??= setTimeout(() => this.#startCommit(), this.#options.limits.commitMs);
    });
  }

  #startCommit(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#committing = this.#commit(batch).then(() => {
      this.#committing = null;
      if (this.#waiting.length === 0) return;
      if (this.#waitingBytes >= this.#options.limits.commitBytes) this.#startCommit();
      else this.#timer ??= setTimeout(() => this.#startCommit(), this.#options.limits.commitMs);
    }, this.#onFailure);
  }

  async #drain(): Promise<void> {
    while (this.#committing || this.#waiting.length > 0) {
      if (!this.#committing) this.#startCommit();
      await this.#committing;
    }
  }

  /** DESIGN §4, first sentence: bytes written and synced, then rows committed, then acknowledged. */
  async #commit(batch: readonly Item[]): Promise<void> {
    let placed: Map<Item, PlacedEntry[]>;
    try {
      placed = await this.#writeAll(batch);
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      for (const pack of this.#packs.values()) await pack.cutBack();
      this.#freeBytes = 0;
      for (const item of batch) item.reject(this.#full());
      return;
    }
    transaction(this.#database, () => {
      for (const item of batch) {
        if ("act" in item) item.act();
        else for (const { entry, place } of placed.get(item) ?? []) this.#index.add(entry, place);
      }
      for (const pack of this.#packs.values()) this.#index.setPackBytes(pack.number, pack.bytes, false);
      this.#gaps.beat(this.#options.run, this.#now, false);
    });
    for (const item of batch) item.resolve();
  }

  async #writeAll(batch: readonly Item[]): Promise<Map<Item, PlacedEntry[]>> {
    const placed = new Map<Item, PlacedEntry[]>();
    const byClass = new Map<number, { bytes: Uint8Array[]; rows: PlacedEntry[]; pack: OpenPack; offset: number }>();
    for (const item of batch) {
      if ("act" in item) continue;
      const rows: PlacedEntry[] = [];
      placed.set(item, rows);
      for (const { entry, bytes } of item.records) {
        if (this.#index.has(entry)) continue;
        const target = byClass.get(item.retentionClass) ?? (await this.#target(item.retentionClass));
        byClass.set(item.retentionClass, target);
        const row = { entry, place: { pack: target.pack.number, offset: target.offset, bytes: bytes.length } };
        target.offset += bytes.length;
        target.bytes.push(bytes);
        target.rows.push(row);
        rows.push(row);
      }
    }
    await Promise.all([...byClass.values()].map(({ pack, bytes }) => pack.append(bytes)));
    for (const { pack, rows } of byClass.values()) pack.list(rows);
    return placed;
  }

  async #target(retentionClass: number) {
    let pack = this.#packs.get(retentionClass);
    const { packBytes, packAgeMs } = this.#options.limits;
    if (pack && (pack.bytes >= packBytes || pack.ageMs >= packAgeMs)) {
      await this.#finish(pack);
      pack = undefined;
    }
    pack ??= await this.#newPack(retentionClass);
    return { bytes: [] as Uint8Array[], rows: [] as PlacedEntry[], pack, offset: pack.bytes };
  }

  async #newPack(retentionClass: number): Promise<OpenPack> {
    const header = {
      number: this.#nextPack++,
      retentionClass,
      created: instant(Date.now()),
      recorder: this.#options.recorder,
    };
    const pack = await OpenPack.create(this.#options.directory, header);
    this.#packs.set(retentionClass, pack);
    this.#reader.learn(header);
    this.#index.beginPack(header);
    return pack;
  }

  async #finish(pack: OpenPack): Promise<void> {
    this.#packs.delete(pack.retentionClass);
    await pack.finish();
    this.#index.setPackBytes(pack.number, pack.bytes, true);
  }

  #full(): OvertError {
    return new OvertError("DISK_FULL", `${this.#options.directory} is full.`, {
      hint: "Recording goes on within 10 s of there being room. Shorten retention or add a disk.",
    });
  }
}
