import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Instant, instant, OvertError } from "@overt/core";
import { lockDirectory } from "../store/directory.ts";
import { syncDirectory } from "../store/pack.ts";
import { type CameraHash, decodeHead, encodeHead, type Head, HEAD_SLOTS, type Slot, SLOT_BYTES } from "./slot.ts";
import { SlotTable } from "./slot-table.ts";

const FILE = "overt-keys.slots";

/** One of the two directories that hold period keys: a file of slots, and what is in it. */
export class KeyPlace {
  readonly directory: string;
  readonly #file: FileHandle;
  readonly #lock: DatabaseSync | null;
  #slots = new SlotTable(new Uint8Array());
  #head: Head | null = null;

  private constructor(directory: string, file: FileHandle, lock: DatabaseSync | null) {
    this.directory = directory;
    this.#lock = lock;
    this.#file = file;
  }

  /** Reads all of it; slots that are torn are wiped. @throws OvertError `KEYS_FOREIGN`, `KEYS_NEWER`, or the disk's */
  static async open(directory: string, lock = false): Promise<KeyPlace> {
    // Only the last step of the path: a whole path that is missing is rather a medium that is.
    await mkdir(directory).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== "EEXIST") throw thrown;
    });
    // Each time: whoever made it may have been killed before it was durable.
    await syncDirectory(dirname(directory));
    const held = lock ? lockDirectory(directory) : null;
    const path = join(directory, FILE);
    let file: FileHandle | null = null;
    try {
      file = await open(path, "r+").catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== "ENOENT") throw thrown;
        return open(path, "wx+", 0o600);
      });
      const place = new KeyPlace(directory, file, held);
      await place.#load(path);
      return place;
    } catch (thrown) {
      await file?.close();
      held?.close();
      throw thrown;
    }
  }

  /** `null` in a place that is new. */
  get head(): Head | null {
    return this.#head;
  }

  /** Keys of slots are views that change with the place: copy what is kept. */
  get(camera: CameraHash, periodStart: Instant): Slot | null {
    return this.#slots.get(camera, periodStart);
  }

  slots(): Iterable<Slot> {
    return this.#slots;
  }

  expired(now: Instant): Iterable<Slot> {
    return this.#slots.expired(now);
  }

  /** Durable when it returns, like all that follows. */
  async setHead(next: Omit<Head, "turn">): Promise<void> {
    const turn = (this.#head?.turn ?? 0) + 1;
    const head = { ...next, horizon: instant(Math.max(next.horizon, this.#head?.horizon ?? 0)), turn };
    await this.#write(encodeHead(head), turn % HEAD_SLOTS);
    await this.#file.datasync();
    this.#head = head;
  }

  async put(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots) await this.#writeAt(this.#slots.set(slot));
    if (slots.length > 0) await this.#file.datasync();
  }

  /** Overwrites with zeros; the slots are free then. */
  async wipe(slots: readonly Pick<Slot, "camera" | "periodStart">[]): Promise<void> {
    for (const slot of slots) {
      const at = this.#slots.delete(slot);
      if (at !== null) await this.#writeAt(at);
    }
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    this.#slots.wipe();
    await this.#file.close();
    this.#lock?.close();
  }

  async #load(path: string): Promise<void> {
    const { size } = await this.#file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await this.#file.read(bytes, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    const heads = [0, 1].map((i) => decodeHead(bytes.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES)));
    if (heads.includes("newer"))
      throw new OvertError("KEYS_NEWER", `${path} is of a newer version.`, {
        hint: "Update Overt. Nothing was changed.",
      });
    const [a, b] = heads as (Head | null)[];
    this.#head = a && b ? (a.turn > b.turn ? a : b) : (a ?? b ?? null);
    if (!this.#head && size > HEAD_SLOTS * SLOT_BYTES)
      throw new OvertError("KEYS_FOREIGN", `${path} is not a key store.`, {
        hint: "Name a directory of its own for the keys. Nothing was changed.",
      });
    this.#slots = new SlotTable(bytes);
    const torn = this.#slots.read();
    for (const at of torn) await this.#writeAt(at);
    if (torn.length > 0) await this.#file.datasync();
    if (size === 0) await syncDirectory(dirname(path));
  }

  /** From a copy: whoever closes wipes the table. */
  #writeAt(at: number): Promise<void> {
    return this.#write(this.#slots.bytesAt(at).slice(), at);
  }

  async #write(bytes: Uint8Array, slot: number): Promise<void> {
    const { bytesWritten } = await this.#file.write(bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
    bytes.fill(0);
    if (bytesWritten !== SLOT_BYTES) throw new OvertError("DISK_FULL", `${this.directory} is full: no key fits.`);
  }
}
