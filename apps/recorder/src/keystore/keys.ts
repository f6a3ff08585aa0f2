import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asOvertError, days, type Instant, instant, iso, OvertError, toHex } from "@overt/core";
import { KeyPlace } from "./place.ts";
import { type CameraHash, KEY_BYTES, type Slot, slotName } from "./slot.ts";

export type Keys = readonly [Uint8Array, ...Uint8Array[]];

export type KeyState =
  /** More than one where the places were away in turn while the period ran: each has opened something. */
  | { readonly state: "live"; readonly keys: Keys; readonly expiry: Instant }
  /** Expired in the last week, or destroyed before its time: what it opened can be removed. */
  | { readonly state: "destroyed" }
  /** Never made, expired long ago, or lost with the key store: only who knows the retention can tell. */
  | { readonly state: "absent" };

export interface DestroyedPeriod {
  readonly camera: CameraHash;
  readonly periodStart: Instant;
}

export interface PlaceState {
  readonly directory: string;
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

/** A place that does not answer for this long is away: recording goes on with the other one. */
const PLACE_PATIENCE_MS = 3_000;
/** A file in a place that is to become one of this key store's, in the stead of one that is lost. */
const CONSENT = "overt-keys.new";
/** How long after its expiry the name of a destroyed key is kept. */
const REMEMBERED_MS = days(7);
/** How long keys that lie in one place alone are made: after that, one more loss would cost too much. */
export const AWAY_LIMIT_MS = days(7);

/** The period keys of one recorder, in two places that are made equal whenever both are there. */
export class PeriodKeys {
  readonly #directories: readonly string[];
  readonly #places: (KeyPlace | null)[];
  readonly #problems: (OvertError | null)[];
  /** Acts that a place has not answered: it is not opened again under them. */
  readonly #unanswered: number[];
  #store: string | null = null;
  #horizon = instant(0);
  /** How many places there were when all were there last. */
  #known = 0;
  #awaySince: Instant | null = null;
  #inDoubt = false;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(directories: readonly string[]) {
    this.#directories = directories;
    this.#places = directories.map(() => null);
    this.#problems = directories.map(() => null);
    this.#unanswered = directories.map(() => 0);
  }

  /** @throws OvertError when no place can be opened */
  static async open(directories: readonly string[]): Promise<PeriodKeys> {
    const keys = new PeriodKeys(directories);
    await keys.rejoin();
    if (keys.#places.every((place) => place === null))
      throw (
        keys.#problems.find((problem) => problem !== null) ??
        new OvertError("KEYS_ABSENT", "No place for keys is named.")
      );
    return keys;
  }

  places(): PlaceState[] {
    return this.#directories.map((directory, i) => {
      const problem = this.#problems[i];
      if (!problem) return { directory, problem: null };
      const { code, message, hint } = problem;
      return { directory, problem: { code, message, hint: hint ?? null } };
    });
  }

  /** Trusted time from which on not every place was there, also before a restart; `null` while all are, or it is not known. */
  get awaySince(): Instant | null {
    return this.#awaySince;
  }

  /**
   * Says what time it is to what remembers since when a place is away. In doubt (`null`) nothing is counted and no key
   * is refused for it: recording goes on.
   */
  time(trustedNow: Instant | null): Promise<void> {
    return this.#inTurn(async () => {
      this.#inDoubt = trustedNow === null;
      if (trustedNow === null || this.#allThere()) return;
      // A clock that was set back does not lengthen the days.
      if (this.#awaySince !== null && this.#awaySince <= trustedNow) return;
      this.#awaySince = trustedNow;
      await this.#setHeads();
    });
  }

  /** Tries the places that are away, and makes all that are there equal. */
  rejoin(): Promise<void> {
    return this.#inTurn(async () => {
      const joined: number[] = [];
      for (const [i, directory] of this.#directories.entries()) {
        if (this.#places[i] || this.#unanswered[i]) continue;
        // Only the first place is locked: it is of this machine, where a second keeper would be.
        const opened = await this.#patiently(
          i,
          () => this.#open(directory, i === 0),
          (late) => late?.close(),
        );
        if (!opened && this.#problems[i]?.code === "STORE_IN_USE") throw this.#problems[i];
        if (!opened) continue;
        this.#places[i] = opened;
        joined.push(i);
      }
      for (const i of joined) await this.#refuseStranger(i);
      if (joined.some((i) => this.#places[i])) await this.#reconcile();
    });
  }

  /**
   * The key of this period, made when there is none.
   *
   * @throws OvertError `KEY_DESTROYED`, `KEY_OTHER_EXPIRY`, `KEY_PLACE_AWAY_TOO_LONG`, `KEYS_ABSENT`
   */
  ensure(camera: CameraHash, periodStart: Instant, expiry: Instant): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const found = this.#find(camera, periodStart);
      if (found?.state === "destroyed" || expiry <= this.#horizon)
        throw new OvertError("KEY_DESTROYED", "The key of this period was destroyed; it is never made again.", {
          hint: "Trusted time may have gone back. Begin an epoch in a later period.",
        });
      if (found && found.expiry !== expiry)
        throw new OvertError("KEY_OTHER_EXPIRY", "The key of this period dies at another time than is asked for.", {
          hint: "The retention has changed within this period: ask for a key of another name.",
        });
      if (found) return found.key.slice();
      this.#assertKept(periodStart);
      const key = new Uint8Array(randomBytes(KEY_BYTES));
      await this.#onEach((place) => place.put([{ state: "live", camera, periodStart, expiry, key }]));
      return key;
    });
  }

  get(camera: CameraHash, periodStart: Instant): KeyState {
    const found = this.#find(camera, periodStart);
    if (!found) return { state: "absent" };
    if (found.state === "destroyed" || found.expiry <= this.#horizon) return { state: "destroyed" };
    const others = this.#places
      .flatMap((place) => place?.get(camera, periodStart)?.key ?? [])
      .filter((key) => Buffer.compare(key, found.key) !== 0);
    return { state: "live", keys: [found.key.slice(), ...others.map((key) => key.slice())], expiry: found.expiry };
  }

  /** Destroys a key before its time, in each place: in one that is away, when it is back. */
  destroy(camera: CameraHash, periodStart: Instant, expiry: Instant): Promise<void> {
    return this.#inTurn(async () => {
      const found = this.#find(camera, periodStart);
      const slot = destroyed({ camera, periodStart, expiry: found?.expiry ?? expiry });
      await this.#onEach((place) => place.put([slot]));
    });
  }

  /**
   * Destroys what has expired by `trustedNow`. Do not call it while trusted time is in doubt. The name of a key is kept
   * for a week without it, so that who was not listening can ask.
   *
   * @returns what was destroyed now
   */
  destroyExpired(trustedNow: Instant): Promise<DestroyedPeriod[]> {
    return this.#inTurn(async () => {
      const expired = new Map<string, Slot>();
      for (const place of this.#places)
        for (const slot of place?.expired(trustedNow) ?? []) expired.set(slotName(slot.camera, slot.periodStart), slot);
      const dying = [...expired.values()].filter(({ state }) => state === "live").map(destroyed);
      const forgotten = [...expired.values()].filter(
        ({ state, expiry }) => state === "destroyed" && expiry + REMEMBERED_MS <= trustedNow,
      );
      if (dying.length + forgotten.length === 0) return [];
      this.#horizon = instant(Math.max(this.#horizon, trustedNow));
      // The horizon first: a place that loses power between the two finishes at its next start.
      await this.#setHeads();
      await this.#onEach(async (place) => {
        await place.put(dying);
        await place.wipe(forgotten);
      });
      return dying.map(({ camera, periodStart }) => ({ camera, periodStart }));
    });
  }

  async close(): Promise<void> {
    await this.#busy;
    for (const place of this.#places) await place?.close();
  }

  async #open(directory: string, lock: boolean): Promise<KeyPlace> {
    const place = await KeyPlace.open(directory, lock);
    this.#store ??= place.head?.store ?? null;
    if (!place.head || place.head.store === this.#store) return place;
    await place.close();
    throw new OvertError("KEYS_FOREIGN", `${directory} holds the keys of another recorder.`, {
      hint: "Put in the right medium, or name another directory. Nothing was changed.",
    });
  }

  /**
   * An empty directory where keys were kept before is a medium that is not mounted, rather than a new one: keys that were
   * written below its mount point would outlive their time there.
   */
  async #refuseStranger(i: number): Promise<void> {
    const place = this.#places[i];
    const known = Math.max(...this.#places.map((each) => each?.head?.places ?? 0));
    if (!place || place.head || known < this.#directories.length) return;
    if (existsSync(join(place.directory, CONSENT))) return;
    this.#places[i] = null;
    await place.close();
    this.#problems[i] = new OvertError("KEYS_PLACE_EMPTY", `${place.directory} is empty, and held keys before.`, {
      hint: `Mount its medium. If that is lost for good, put an empty file "${CONSENT}" into a new one.`,
    });
  }

  /** A key that one place lacks is copied; one that is destroyed or expired in any place dies in all. */
  async #reconcile(): Promise<void> {
    const places = this.#places.filter((place) => place !== null);
    this.#store ??= toHex(randomBytes(16));
    for (const { head } of places) {
      this.#known = Math.max(this.#known, head?.places ?? 0);
      this.#horizon = instant(Math.max(this.#horizon, head?.horizon ?? 0));
      this.#awaySince ??= head?.awaySince ?? null;
    }
    await this.#onEach(async (place) => {
      const owed = places.flatMap((other) => this.#owed(place, other));
      await this.#setHead(place);
      await place.put(owed);
      for (const { key } of owed) key.fill(0);
    });
    // Not before: a place that opens and cannot be written is away all the same.
    if (!this.#allThere()) return;
    if (this.#awaySince !== null || this.#known < places.length) {
      this.#awaySince = null;
      // When each of them has a head: power that fails between the two must not make a stranger of the second.
      this.#known = places.length;
      await this.#setHeads();
    }
    for (const { directory } of places) await rm(join(directory, CONSENT), { force: true });
  }

  /** What `place` must have of `other`: keys that it lacks, and the death of those that are dead or due. */
  #owed(place: KeyPlace, other: KeyPlace): Slot[] {
    const owed: Slot[] = [];
    for (const slot of other.slots()) {
      const own = place.get(slot.camera, slot.periodStart);
      const isDead = slot.state === "destroyed" || own?.state === "destroyed" || slot.expiry <= this.#horizon;
      if (own?.state !== (isDead ? "destroyed" : "live"))
        owed.push(isDead ? destroyed(slot) : { ...slot, key: slot.key.slice() });
    }
    return owed;
  }

  /** By the period's own start, which is trusted time too: so it holds from the first question after a restart. */
  #assertKept(periodStart: Instant): void {
    if (this.#awaySince === null || this.#inDoubt || periodStart < this.#awaySince + AWAY_LIMIT_MS) return;
    const away = this.#directories.filter((_, i) => !this.#places[i]).join(" and ");
    throw new OvertError("KEY_PLACE_AWAY_TOO_LONG", `${away} is away since ${iso(this.#awaySince)}.`, {
      hint: "Bring the second key place back: nothing new is recorded after 7 days with one alone.",
    });
  }

  #allThere(): boolean {
    return this.#places.every((place) => place !== null);
  }

  #setHeads(): Promise<void> {
    return this.#onEach((place) => this.#setHead(place));
  }

  #setHead(place: KeyPlace): Promise<void> {
    const [store, horizon, awaySince, places] = [this.#store as string, this.#horizon, this.#awaySince, this.#known];
    return place.setHead({ store, horizon, awaySince, places });
  }

  #find(camera: CameraHash, periodStart: Instant): Slot | null {
    let live: Slot | null = null;
    for (const place of this.#places) {
      const slot = place?.get(camera, periodStart) ?? null;
      if (slot?.state === "destroyed") return slot;
      live ??= slot;
    }
    return live;
  }

  /** In all places at once; enough when it is done in one. @throws OvertError `KEYS_ABSENT` when no place is left */
  async #onEach(act: (place: KeyPlace) => Promise<void>): Promise<void> {
    const done = await Promise.all(
      this.#places.map(
        (place, i) =>
          place &&
          this.#patiently(
            i,
            () => act(place).then(() => place),
            () => place.close(),
          ),
      ),
    );
    for (const [i, place] of this.#places.entries()) {
      if (!place || done[i]) continue;
      this.#places[i] = null;
      // One that has not answered is closed when it has.
      if (!this.#unanswered[i]) await place.close();
    }
    if (done.every((place) => place === null))
      throw new OvertError("KEYS_ABSENT", "No place of the key store can be written.", {
        hint: `Look at ${this.#directories.join(" and ")}. Nothing new is recorded without a key.`,
      });
  }

  /** @param onLate what there is to do once `act` has settled when nobody waits for it any more; null when it threw */
  async #patiently<T>(
    place: number,
    act: () => Promise<T>,
    onLate: (late: T | null) => Promise<void> | undefined,
  ): Promise<T | null> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(slow(this.#directories[place] ?? ""));
      }, PLACE_PATIENCE_MS);
    });
    try {
      this.#unanswered[place] = (this.#unanswered[place] ?? 0) + 1;
      const acting = act();
      acting
        .catch(() => null)
        .then((result) => (isLate ? onLate(result) : undefined))
        .catch(() => undefined)
        .finally(() => {
          this.#unanswered[place] = (this.#unanswered[place] ?? 1) - 1;
        });
      const result = await Promise.race([acting, late]);
      this.#problems[place] = null;
      return result;
    } catch (thrown) {
      this.#problems[place] = asOvertError(thrown, "KEYS_PLACE_AWAY");
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** One change at a time, whatever became of the one before. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(act, act);
    this.#busy = turn.catch(() => undefined);
    return turn;
  }
}

const destroyed = ({ camera, periodStart, expiry }: Pick<Slot, "camera" | "periodStart" | "expiry">): Slot => ({
  state: "destroyed",
  camera,
  periodStart,
  expiry,
  key: new Uint8Array(KEY_BYTES),
});

const slow = (directory: string): OvertError =>
  new OvertError("KEYS_PLACE_AWAY", `${directory} does not answer.`, {
    hint: "Keys go on in the other place; this one is brought up to date when it is back.",
  });
