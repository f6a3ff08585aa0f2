import { instant, type RecorderId } from "@overt/core";
import type { Entry, PlacedEntry } from "./entry.ts";
import { OpenPack, type PackHeader, type PackName } from "./pack.ts";

export interface PackSetOptions {
  readonly directory: string;
  readonly recorder: RecorderId;
  readonly packBytes: number;
  readonly packAgeMs: number;
  /** Throws when the directory is no longer the one that was opened: a mount may have gone from above it. */
  readonly assertPlace: () => Promise<void>;
}

/** Records of one hand-over that go into one retention class. */
export interface Parcel {
  readonly retentionClass: number;
  readonly records: readonly { readonly entry: Entry; readonly bytes: Uint8Array }[];
}

/** The packs that are appended to: one of each retention class. */
export class PackSet {
  readonly #options: PackSetOptions;
  readonly #open = new Map<number, OpenPack>();
  #nextNumber: number;

  /** @param highest number of any pack there has been */
  constructor(options: PackSetOptions, highest: number) {
    this.#options = options;
    this.#nextNumber = highest + 1;
  }

  get open(): readonly OpenPack[] {
    return [...this.#open.values()];
  }

  /**
   * Writes all of it and syncs, one sync for each pack that got something. Nothing is listed in a pack's footer before
   * `list`.
   *
   * @param onNew Told of each pack before anything is written to it.
   */
  async write<T extends Parcel>(
    parcels: readonly T[],
    onNew: (header: PackHeader) => void,
  ): Promise<Map<T, PlacedEntry[]>> {
    const placed = new Map<T, PlacedEntry[]>();
    const writes = new Map<number, { pack: OpenPack; bytes: Uint8Array[]; offset: number }>();
    for (const parcel of parcels) {
      if (parcel.records.length === 0) continue;
      const pack = await this.#packFor(parcel.retentionClass, onNew);
      const write = writes.get(parcel.retentionClass) ?? { pack, bytes: [], offset: pack.bytes };
      writes.set(parcel.retentionClass, write);
      const rows: PlacedEntry[] = [];
      for (const { entry, bytes } of parcel.records) {
        rows.push({ entry, place: { pack: pack.number, offset: write.offset, bytes: bytes.length } });
        write.bytes.push(bytes);
        write.offset += bytes.length;
      }
      placed.set(parcel, rows);
    }
    await Promise.all([...writes.values()].map(({ pack, bytes }) => pack.append(bytes)));
    return placed;
  }

  /** They are durable and in the index. */
  list(rows: readonly PlacedEntry[]): void {
    for (const row of rows) this.open.find(({ number }) => number === row.place.pack)?.list(row);
  }

  /** Those that are full or old; or all. */
  due(all = false): OpenPack[] {
    const { packBytes, packAgeMs } = this.#options;
    return this.open.filter((pack) => all || pack.bytes >= packBytes || pack.ageMs >= packAgeMs);
  }

  /** Ends a pack with its footer. */
  async finish(pack: OpenPack): Promise<PackName> {
    this.#open.delete(pack.retentionClass);
    await pack.finish();
    return pack;
  }

  /** After a write that failed for want of room: nothing of it stays. */
  async cutBack(): Promise<void> {
    for (const pack of this.open) await pack.cutBack();
  }

  async #packFor(retentionClass: number, onNew: (header: PackHeader) => void): Promise<OpenPack> {
    const known = this.#open.get(retentionClass);
    if (known) return known;
    const { directory, recorder } = this.#options;
    const header = { number: this.#nextNumber++, retentionClass, created: instant(Date.now()), recorder };
    await this.#options.assertPlace();
    const pack = await OpenPack.create(directory, header);
    this.#open.set(retentionClass, pack);
    onNew(header);
    return pack;
  }
}
