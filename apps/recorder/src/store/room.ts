import { stat } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type Instant, OvertError } from "@overt/core";
import type { Entry } from "./entry.ts";
import { daysUntilLoss, ratesOf } from "./forecast.ts";
import type { Hold, Holds, KeptHold } from "./holds.ts";
import { hollowPack } from "./hollowing.ts";
import { KeepRules } from "./keep-rules.ts";
import { type PackName, packPath } from "./pack.ts";
import { rowsOfPack } from "./relisting.ts";
import type { ClosedPack, Removal } from "./removal.ts";
import { transaction } from "./schema.ts";
import type { SegmentIndex } from "./segment-index.ts";
import { aboveShare, type Holding, type KeepRule, makeRoom } from "./shares.ts";
import type { StoreEvents } from "./store.ts";
import { isUnreadable, unreadable } from "./unreadable.ts";

export interface RoomOptions {
  readonly directory: string;
  readonly reserveBytes: number;
  readonly makesHoles: boolean;
  readonly database: DatabaseSync;
  readonly index: SegmentIndex;
  readonly removal: Removal;
  readonly holds: Holds;
  readonly events: StoreEvents;
  /** Free bytes of the volume. */
  readonly measure: () => Promise<number>;
  /** Runs with no commit under way. */
  readonly inTurn: (act: () => Promise<void>) => Promise<void>;
  /** Ends packs that are full or old, or all of them. */
  readonly endPacks: (all: boolean) => Promise<void>;
  /** Unlinks packs of which nothing lives. @returns how many */
  readonly removeDeadPacks: () => Promise<number>;
  readonly remove: (pack: PackName) => Promise<void>;
  /** Packs without a file at present. */
  readonly missing: Set<number>;
  readonly isStopped: () => boolean;
}

/** Room is made up to this much more than the reserve, so that it is not made at every look. */
const TARGET = 1.25;
/** A volume that was full is so until retention, which frees more than room-making does, has freed this much. */
const FULL_UNTIL = 2.5;
/** Share of a volume that holds may take: recording goes on in the rest. */
const HELD_AT_MOST = 0.5;
const FORECAST_MS = 60_000;
/** Share of the reserve that must be dead in packs that are being written before they are ended for it. */
const WORTH_ENDING = 1 / 16;
/** A pack's headers, footer, and the parts of blocks between what lives and what does not. */
const UNRECLAIMED = 1.05;

/**
 * What happens when a volume is full before retention frees it: who holds most for its share gives its oldest
 * (`shares.ts`), and the file system gets back the bytes between what others have in the same packs.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #rules: KeepRules;
  #isFull = false;
  #refused: ReadonlySet<CameraId> = new Set();
  #makesHoles: boolean;
  #forecast: { readonly at: Instant; readonly days: number | null } | null = null;
  /** Packs that a disk does not give. */
  readonly #unreadable = new Set<number>();
  /** What lived in a pack when its holes were last made. */
  readonly #hollowed = new Map<number, number>();

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#makesHoles = options.makesHoles;
    this.#rules = new KeepRules(options.database, options.index);
  }

  /** What the register says of each camera. In the caller's transaction. */
  keep(rules: readonly KeepRule[]): void {
    this.#rules.learn(rules);
    this.#forecast = null;
  }

  /** Whether a camera begins nothing new: it keeps what it has, and others shall not pay for it. */
  refuses(camera: CameraId): boolean {
    return this.#refused.has(camera);
  }

  /** See `daysUntilLoss` of `forecast.ts`. Reckoned once a minute: a large volume has 100,000 periods. */
  daysUntilLoss(freeBytes: number, now: Instant): number | null {
    const { removal, reserveBytes } = this.#options;
    if (this.#forecast && Math.abs(now - this.#forecast.at) < FORECAST_MS) return this.#forecast.days;
    const rules = this.#rules.list();
    const days = daysUntilLoss({ now, roomBytes: freeBytes - reserveBytes, usage: removal.usage(), rules });
    this.#forecast = { at: now, days };
    return days;
  }

  /**
   * Reserves the room of a window, what is still to come of it reckoned from how the camera sends. From then on it is
   * neither evicted nor expired. Its keys are another matter: who holds must see that they live on.
   *
   * @throws OvertError `HOLD_EXISTS` (of another window), `HOLD_NO_ROOM`
   */
  hold(hold: Hold, freeBytes: number, now: Instant): KeptHold {
    const { holds, removal, reserveBytes } = this.#options;
    const { id, camera, from, to } = hold;
    const known = holds.get(id);
    if (known && (known.camera !== camera || known.from !== from || known.to !== to))
      throw new OvertError("HOLD_EXISTS", `There is a hold ${id} of another window.`, {
        hint: "Name the new one otherwise, or release the old one first.",
      });
    if (known) return known;
    const usage = removal.usage();
    const coming = Math.max(0, to - Math.max(now, from)) * (ratesOf(usage, now).get(camera) ?? 0);
    const bytes = Math.ceil(holds.bytesIn(hold) + coming);
    const footageBytes = usage.reduce((sum, { bytes: each }) => sum + each, 0) + freeBytes - reserveBytes;
    const room = footageBytes * HELD_AT_MOST - holds.bytesOf();
    if (bytes > room)
      throw new OvertError(
        "HOLD_NO_ROOM",
        `A hold of ${camera} needs ${bytes} bytes; ${Math.floor(room)} are left for holds.`,
        {
          hint: "Release a hold, copy held footage out as evidence, or add a disk. Nothing was held.",
        },
      );
    const kept = { ...hold, bytes };
    holds.add(kept);
    return kept;
  }

  /** @throws OvertError `HOLD_ABSENT` */
  release(id: string): void {
    if (!this.#options.holds.get(id)) throw new OvertError("HOLD_ABSENT", `There is no hold ${id}.`);
    this.#options.holds.remove(id);
  }

  /** @param freeBytes as just measured */
  async make(freeBytes: number): Promise<void> {
    const { reserveBytes } = this.#options;
    let free = freeBytes;
    this.#isFull ||= free < reserveBytes;
    // What retention leaves dead between what lives comes back too: it says when the volume is no longer full.
    if (this.#isFull && this.#makesHoles) ({ free } = await this.#reclaim(free, reserveBytes * FULL_UNTIL));
    if (free < reserveBytes) free = await this.#freeUp(free);
    if (free >= reserveBytes * FULL_UNTIL) this.#isFull = false;
    this.#refused = this.#isFull ? this.#stopped(free < reserveBytes) : new Set();
  }

  #stopped(nothingGives: boolean): ReadonlySet<CameraId> {
    if (!this.#rules.list().some(({ whenFull }) => whenFull === "stop")) return new Set();
    const holdings = this.#holdings();
    const stopping = nothingGives ? holdings : aboveShare(holdings);
    return new Set(stopping.flatMap(({ camera, whenFull }) => (whenFull === "stop" ? [camera] : [])));
  }

  #holdings(): Holding[] {
    return this.#options.removal.bytesByCamera().map(({ camera, bytes }) => {
      const rule = this.#rules.get(camera);
      // What is held is nobody's own choice: it does not count against its camera's other days.
      const own = Math.max(0, bytes - this.#options.holds.bytesOf(camera));
      return { camera, bytes: own, retentionMs: rule?.retentionMs ?? null, whenFull: rule?.whenFull ?? "oldest" };
    });
  }

  async #freeUp(freeBytes: number): Promise<number> {
    const { reserveBytes, isStopped } = this.#options;
    const target = reserveBytes * TARGET;
    let free = freeBytes;
    for (let goesOn = true; goesOn && this.#makesHoles && free < target && !isStopped(); ) {
      const given = await this.#evict(target - free);
      const reclaimed = await this.#reclaim(free, target);
      free = reclaimed.free;
      goesOn = given > 0 && reclaimed.packs > 0;
    }
    return this.#makesHoles ? free : this.#oldestPacksGo(free);
  }

  async #evict(needBytes: number): Promise<number> {
    const { database, removal, events, inTurn } = this.#options;
    let given = 0;
    await inTurn(async () => {
      const dead = transaction(database, () => {
        const periods: ReturnType<Removal["periods"]> = [];
        given = makeRoom(this.#holdings(), needBytes, (camera) => {
          const lost = removal.evictOldest(camera);
          periods.push(...(lost?.periods ?? []));
          return lost?.bytes ?? null;
        });
        return periods;
      });
      if (dead.length > 0) events.evicted(dead);
    });
    return given;
  }

  /** Gets back what is dead, most at once first, until there is room. */
  async #reclaim(freeBytes: number, target: number): Promise<Reclaimed> {
    const { removeDeadPacks, removal, reserveBytes, inTurn, endPacks, measure } = this.#options;
    if (removal.deadBytesInOpenPacks() > reserveBytes * WORTH_ENDING) await inTurn(() => endPacks(true));
    const packs = await removeDeadPacks();
    const hollowed = await this.#hollow(packs > 0 ? await measure() : freeBytes, target);
    return { free: hollowed.free, packs: packs + hollowed.packs };
  }

  async #hollow(freeBytes: number, target: number): Promise<Reclaimed> {
    const { missing, measure, isStopped } = this.#options;
    let free = freeBytes;
    let packs = 0;
    for (const pack of free < target ? await this.#hollowable() : []) {
      if (free >= target || isStopped() || !this.#makesHoles) break;
      const made = await this.#hollowOne(pack);
      if (made === null) missing.add(pack.number);
      else if (made) this.#hollowed.set(pack.number, pack.liveBytes);
      else this.#noHoles();
      packs += made ? 1 : 0;
      free = await measure();
    }
    return { free, packs };
  }

  /** Goes on with what was cut off when the store was last open. A pack that is away is left for its return. */
  async finish(): Promise<void> {
    const { removal, isStopped } = this.#options;
    const cut = new Set(removal.hollowing());
    for (const pack of removal.closedPacks()) if (cut.delete(pack.number) && !isStopped()) await this.#hollowOne(pack);
    for (const gone of cut) await this.#noting(() => removal.endHollowing(gone));
  }

  /** @returns false where no holes can be made, null when the pack is away */
  async #hollowOne(pack: ClosedPack): Promise<boolean | null> {
    const { directory, removal } = this.#options;
    await this.#noting(() => removal.beginHollowing(pack.number));
    const made = await hollowPack(directory, pack, (rows) => removal.living(rows)).catch((thrown) =>
      this.#cannotRead(pack, thrown) ? true : nullIfMissing(thrown),
    );
    if (made !== null) await this.#noting(() => removal.endHollowing(pack.number));
    return made;
  }

  #noting(act: () => void): Promise<void> {
    const { database, inTurn } = this.#options;
    return inTurn(async () => transaction(database, act));
  }

  /** Whether it is there and gives nothing: told once, and then left alone. */
  #cannotRead(pack: PackName, thrown: unknown): boolean {
    if (!isUnreadable(thrown) || (thrown as NodeJS.ErrnoException).code === "ENOENT") return false;
    this.#unreadable.add(pack.number);
    this.#options.events.found(unreadable(packPath(this.#options.directory, pack), thrown));
    return true;
  }

  async #hollowable(): Promise<ClosedPack[]> {
    const { directory, removal, missing } = this.#options;
    const packs: { pack: ClosedPack; dead: number }[] = [];
    for (const pack of removal.closedPacks()) {
      if (missing.has(pack.number) || this.#unreadable.has(pack.number)) continue;
      if (this.#hollowed.get(pack.number) === pack.liveBytes) continue;
      const file = await stat(packPath(directory, pack)).catch(nullIfMissing);
      if (file === null) continue;
      const dead = Math.min(pack.bytes, file.blocks * 512) - pack.liveBytes * UNRECLAIMED;
      if (dead > 0) packs.push({ pack, dead });
      else this.#hollowed.set(pack.number, pack.liveBytes);
    }
    return packs.sort((a, b) => b.dead - a.dead).map(({ pack }) => pack);
  }

  #noHoles(): void {
    this.#makesHoles = false;
    this.#options.events.found({
      code: "HOLES_UNSUPPORTED",
      detail: `${this.#options.directory} gives back no parts of files: whole packs make room, of all cameras alike`,
    });
  }

  /** Where no holes can be made, the oldest packs go, with every segment that has a part in them. */
  async #oldestPacksGo(freeBytes: number): Promise<number> {
    const {
      reserveBytes,
      removal,
      directory,
      database,
      events,
      inTurn,
      endPacks,
      measure,
      remove,
      missing,
      isStopped,
    } = this.#options;
    let free = freeBytes;
    // Everything may be in packs that are being written: end them, so that there is something to let go of.
    if (removal.closedPacks().every(({ number }) => missing.has(number))) await inTurn(() => endPacks(true));
    for (const pack of removal.closedPacks()) {
      if (free >= reserveBytes || isStopped()) break;
      // A pack that is away gives no room, and its rows are kept for its return.
      if (missing.has(pack.number) || this.#unreadable.has(pack.number)) continue;
      const rows = await rowsOfPack(directory, pack).catch((thrown) =>
        this.#cannotRead(pack, thrown) ? null : nullIfMissing(thrown),
      );
      if (rows === null && !this.#unreadable.has(pack.number)) missing.add(pack.number);
      if (rows === null || removal.living(rows).some(({ entry }) => this.#stays(entry))) continue;
      await inTurn(async () => events.evicted(transaction(database, () => removal.evictPack(rows))));
      await remove(pack);
      free = await measure();
    }
    return free;
  }

  #stays({ camera, time }: Entry): boolean {
    return this.#rules.get(camera)?.whenFull === "stop" || this.#options.holds.covers(camera, time);
  }
}

interface Reclaimed {
  /** Bytes of the volume. */
  readonly free: number;
  /** Packs that gave something. */
  readonly packs: number;
}

const nullIfMissing = (thrown: NodeJS.ErrnoException): null => {
  if (thrown.code !== "ENOENT") throw thrown;
  return null;
};
