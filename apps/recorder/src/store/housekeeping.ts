import { access, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { RecorderId } from "@overt/core";
import { Ballast } from "./ballast.ts";
import type { Holds } from "./holds.ts";
import { type PackName, packPath, syncDirectory } from "./pack.ts";
import type { PackReader } from "./pack-reader.ts";
import type { Settled } from "./recovery.ts";
import { finishPack, listPack } from "./relisting.ts";
import type { Removal } from "./removal.ts";
import { Room } from "./room.ts";
import type { SegmentIndex } from "./segment-index.ts";
import { isUnreadable, unreadable } from "./unreadable.ts";
import type { StoreEvents } from "./store.ts";

export interface HousekeepingOptions {
  readonly directory: string;
  readonly recorder: RecorderId;
  readonly reserveBytes: number;
  readonly lookMs: number;
  readonly makesHoles: boolean;
  readonly database: DatabaseSync;
  readonly index: SegmentIndex;
  readonly removal: Removal;
  readonly holds: Holds;
  readonly reader: PackReader;
  readonly settled: Settled;
  readonly events: StoreEvents;
  /** Free bytes of the volume. */
  readonly measure: () => Promise<number>;
  /** Runs with no commit under way. */
  readonly inTurn: (act: () => Promise<void>) => Promise<void>;
  /** Ends packs that are full or old, or all of them. */
  readonly endPacks: (all: boolean) => Promise<void>;
}

/** What goes on behind recording: listing what a start found, making room, and looking for packs that went away. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #missing: Set<number>;
  readonly #ballast: Ballast;
  readonly room: Room;
  #timer: NodeJS.Timeout | null = null;
  readonly #removing = new Map<number, Promise<void>>();
  #looking: Promise<void> = Promise.resolve();
  #listing: Promise<void> = Promise.resolve();
  #stopped = false;
  #isListed: boolean;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#ballast = new Ballast(options.directory, options.reserveBytes);
    this.#missing = new Set(options.settled.missing);
    this.#isListed = options.settled.unlisted.length === 0;
    this.room = new Room({
      ...options,
      missing: this.#missing,
      removeDeadPacks: () => this.removeDeadPacks(),
      remove: (pack) => this.#remove(pack),
      isStopped: () => this.#stopped,
    });
  }

  /** Packs that have rows and no file at present. */
  get missing(): ReadonlySet<number> {
    return this.#missing;
  }

  /** Every pack that was there at the start is in the index. */
  get isListed(): boolean {
    return this.#isListed;
  }

  start(): void {
    const { events } = this.#options;
    this.#listing = this.#list();
    this.#listing.catch(events.failed);
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
      this.#looking.catch(events.failed);
    }, this.#options.lookMs);
  }

  settled(): Promise<void> {
    return this.#listing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await this.#listing;
  }

  /** DESIGN §4, second sentence: keys, then rows, then packs of which nothing lives. @returns how many went */
  async removeDeadPacks(): Promise<number> {
    const dead = this.#options.removal.deadPacks();
    for (const pack of dead) await this.#remove(pack);
    return dead.length;
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    await this.#options.inTurn(() => this.#options.endPacks(false));
    const free = await this.#options.measure();
    await this.#ballast.trim(free);
    // Until every pack is listed nobody knows which footage is the oldest, nor of which periods nothing is left.
    if (!this.#isListed) return;
    await this.room.make(free);
    await this.removeDeadPacks();
    await this.#lookForMissing();
  }

  /** Two may want the same one gone at once: then it goes once. */
  #remove(pack: PackName): Promise<void> {
    const removing =
      this.#removing.get(pack.number) ?? this.#unlink(pack).finally(() => this.#removing.delete(pack.number));
    this.#removing.set(pack.number, removing);
    return removing;
  }

  async #unlink(pack: PackName): Promise<void> {
    const { directory, reader, index, inTurn } = this.#options;
    const path = packPath(directory, pack);
    await reader.forget(pack.number);
    await unlink(path).catch(ignoreMissing);
    await syncDirectory(dirname(path));
    await inTurn(async () => index.removePack(pack.number));
  }

  /** A file that is back is as good as ever; one that is not is a gap, and its rows stay (sto-06). */
  async #lookForMissing(): Promise<void> {
    const { directory, reader } = this.#options;
    for (const number of reader.takeUnreadable()) this.#missing.add(number);
    for (const number of this.#missing) {
      const path = packPath(directory, { number, retentionClass: reader.classOf(number) });
      const there = await access(path).then(
        () => true,
        () => false,
      );
      if (there) this.#missing.delete(number);
    }
  }

  /** One bad sector must not end the writer again and again. */
  async #unlessUnreadable<T>(pack: PackName, act: () => Promise<T>): Promise<T | null> {
    try {
      return await act();
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown;
      this.#options.events.found(unreadable(packPath(this.#options.directory, pack), thrown));
      return null;
    }
  }

  async #list(): Promise<void> {
    const { directory, recorder, database, index, settled, events } = this.#options;
    for (const pack of settled.unlisted) {
      if (this.#stopped) return;
      const finding = await this.#unlessUnreadable(pack, () => listPack(directory, pack, recorder, database, index));
      if (finding) events.found(finding);
    }
    this.#isListed = true;
    for (const pack of settled.unfinished) {
      if (this.#stopped) return;
      await this.#unlessUnreadable(pack, () => finishPack(directory, pack, index));
      index.closePack(pack.number);
    }
    if (settled.unlisted.length > 0) events.listed();
    await this.removeDeadPacks();
    // In turn with what else gives parts of packs back.
    this.#looking = this.#looking.then(() => (this.#stopped ? undefined : this.room.finish()));
    await this.#looking;
  }
}

const ignoreMissing = (thrown: NodeJS.ErrnoException): void => {
  if (thrown.code !== "ENOENT") throw thrown;
};
