import { type FileHandle, open } from "node:fs/promises";
import { parseRecord } from "@overt/seal";
import { nativeCrc32c, type Place } from "./entry.ts";
import { type PackName, packPath } from "./pack.ts";

/** Files kept open for reading. */
const OPEN_FILES = 16;
const NOTHING = new Uint8Array(0);

/** Reads records back, with their CRC checked: a zero-filled or flipped one is never served (sto-08). */
export class PackReader {
  readonly #directory: string;
  readonly #classes: Map<number, number>;
  readonly #files = new Map<number, Promise<FileHandle>>();
  readonly #unreadable = new Set<number>();

  constructor(directory: string, packs: readonly PackName[]) {
    this.#directory = directory;
    this.#classes = new Map(packs.map(({ number, retentionClass }) => [number, retentionClass]));
  }

  learn({ number, retentionClass }: PackName): void {
    this.#classes.set(number, retentionClass);
  }

  classOf(number: number): number {
    return this.#classes.get(number) ?? 0;
  }

  /** Packs that could not be opened since this was last asked. */
  takeUnreadable(): number[] {
    const numbers = [...this.#unreadable];
    this.#unreadable.clear();
    return numbers;
  }

  /** The pack is gone, or its file was. */
  async forget(number: number): Promise<void> {
    const file = this.#files.get(number);
    this.#files.delete(number);
    await file?.then((opened) => opened.close()).catch(() => undefined);
  }

  /** In order, one after the other; empty where a record is not there or not whole. */
  async read(places: readonly Place[]): Promise<Uint8Array[]> {
    const records: Uint8Array[] = [];
    for (const place of places) records.push(await this.#readOne(place));
    return records;
  }

  async close(): Promise<void> {
    for (const number of [...this.#files.keys()]) await this.forget(number);
  }

  async #readOne({ pack, offset, bytes }: Place): Promise<Uint8Array> {
    try {
      const file = await this.#open(pack);
      const buffer = Buffer.allocUnsafe(bytes);
      const { bytesRead } = await file.read(buffer, 0, bytes, offset);
      const record = parseRecord(buffer.subarray(0, bytesRead), 0, nativeCrc32c);
      return "problem" in record ? NOTHING : record.bytes;
    } catch (thrown) {
      await this.forget(pack);
      if (typeof (thrown as NodeJS.ErrnoException).code !== "string") throw thrown;
      this.#unreadable.add(pack);
      return NOTHING;
    }
  }

  async #open(number: number): Promise<FileHandle> {
    const known = this.#files.get(number);
    if (known) {
      this.#files.delete(number);
      this.#files.set(number, known);
      return known;
    }
    const retentionClass = this.classOf(number);
    const opening = open(packPath(this.#directory, { number, retentionClass }), "r");
    this.#files.set(number, opening);
    for (const oldest of this.#files.keys()) {
      if (this.#files.size <= OPEN_FILES) break;
      await this.forget(oldest);
    }
    return opening;
  }
}
