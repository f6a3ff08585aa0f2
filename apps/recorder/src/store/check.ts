import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OvertError } from "@overt/core";
import { identityOf, lockDirectory } from "./directory.ts";
import type { Place, PlacedEntry } from "./entry.ts";
import { unpackTable } from "./fragment-table.ts";
import { PACK_HEADER_BYTES, type PackName, packPath } from "./pack.ts";
import { PACK_CLOSED, packFiles, settlePacks } from "./recovery.ts";
import { finishPack, listPack } from "./relisting.ts";
import { inspectPack, scanRecords } from "./scan.ts";
import { strangersIn, strangeTables } from "./strangers.ts";
import { isCorrupt, openIndex, setAside, transaction } from "./schema.ts";
import { rowsOf, SegmentIndex } from "./segment-index.ts";

/** One thing that is not as it should be, for people. */
export interface StoreProblem {
  readonly code: string;
  readonly what: string;
  /** What `--repair` does, or what a person can. */
  readonly remedy: string;
  readonly repaired: boolean;
}

export interface StoreCheck {
  readonly packs: number;
  readonly records: number;
  readonly bytes: number;
  readonly problems: readonly StoreProblem[];
  /** Worth knowing, and lawful: what a power cut has left. */
  readonly notes: readonly string[];
}

export interface CheckOptions {
  /** Makes the index agree with the packs. No footage and no file is ever deleted, but a tail that was never promised. */
  readonly repair?: boolean;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Whether a store is whole: reads every record of every pack and compares with the index. The store must not be open.
 *
 * @throws OvertError `STORE_ABSENT`, `STORE_IN_USE`, `STORE_NEWER`, `STORE_FOREIGN`
 */
export async function checkStore(directory: string, options: CheckOptions = {}): Promise<StoreCheck> {
  const identity = identityOf(directory);
  if (!identity)
    throw new OvertError("STORE_ABSENT", `${directory} holds no store.`, { hint: "Is the volume mounted?" });
  const lock = lockDirectory(directory);
  try {
    const check = new Check(directory, options.onProgress ?? (() => {}));
    const path = join(directory, "index.sqlite");
    const damage = damageOf(path);
    if (damage) check.problem("INDEX_DAMAGED", damage, "The index is kept aside and rebuilt from the packs.");
    else await check.compare(path, identity.store);
    if (!options.repair || check.problems.length === 0) return check.result([]);
    if (damage) setAside(path);
    await repair(directory, path, identity);
    const after = new Check(directory, options.onProgress ?? (() => {}));
    await after.compare(path, identity.store);
    return after.result(check.problems);
  } finally {
    lock.close();
  }
}

/** What SQLite itself says against the file, null when nothing. A file that is not there is no damage: it is new. */
function damageOf(path: string): string | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    const rows = rowsOf<{ integrity_check: string }>(database.prepare("PRAGMA integrity_check(3)").all());
    const said = rows.map((row) => row.integrity_check).join("; ");
    return said === "ok" ? null : `${path}: ${said}`;
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown;
    return `${path}: ${(thrown as Error).message}`;
  } finally {
    database?.close();
  }
}

/** What a start does, waited for. */
async function repair(directory: string, path: string, identity: { store: string; recorder: string }): Promise<void> {
  const database = openIndex(path, identity.store);
  try {
    const index = new SegmentIndex(database);
    const settled = await settlePacks(directory, database, index, false);
    transaction(database, () => index.foldAll());
    for (const pack of settled.unlisted)
      await listPack(directory, pack, identity.recorder as Parameters<typeof listPack>[2], database, index);
    for (const pack of settled.unfinished) await finishPack(directory, pack, index);
  } finally {
    database.close();
  }
}

class Check {
  readonly problems: StoreProblem[] = [];
  readonly #directory: string;
  readonly #onProgress: (done: number, of: number) => void;
  readonly #notes: string[] = [];
  #packs = 0;
  #records = 0;
  #bytes = 0;

  constructor(directory: string, onProgress: (done: number, of: number) => void) {
    this.#directory = directory;
    this.#onProgress = onProgress;
  }

  result(before: readonly StoreProblem[]): StoreCheck {
    const still = new Set(this.problems.map(({ code, what }) => `${code} ${what}`));
    const repaired = before
      .filter(({ code, what }) => !still.has(`${code} ${what}`))
      .map((problem) => ({ ...problem, repaired: true }));
    const problems = [...repaired, ...this.problems];
    return { packs: this.#packs, records: this.#records, bytes: this.#bytes, problems, notes: this.#notes };
  }

  problem(code: string, what: string, remedy: string): void {
    this.problems.push({ code, what, remedy, repaired: false });
  }

  async compare(path: string, store: string): Promise<void> {
    const database = openIndex(path, store);
    try {
      const files = await packFiles(this.#directory);
      const listed = placesIn(database);
      this.#filesOfRows(database, files);
      await this.#strangers(database);
      for (const [done, name] of files.entries()) {
        this.#onProgress(done, files.length);
        await this.#pack(name, listed.get(name.number) ?? new Map(), packRow(database, name.number));
      }
      this.#onProgress(files.length, files.length);
    } finally {
      database.close();
    }
  }

  /** What is none of ours: nobody here touches it, and whoever looks should know. */
  async #strangers(database: DatabaseSync): Promise<void> {
    for (const path of await strangersIn(this.#directory)) this.#notes.push(`${path} is none of ours; it is left`);
    for (const table of strangeTables(database))
      this.#notes.push(`the index has a table "${table}" that is none of ours; it is left`);
  }

  #filesOfRows(database: DatabaseSync, files: readonly PackName[]): void {
    const there = new Set(files.map(({ number }) => number));
    for (const { number, live } of rowsOf<{ number: number; live: number }>(
      database.prepare("SELECT number, live FROM packs").all(),
    ))
      if (live > 0 && !there.has(number))
        this.problem(
          "PACK_MISSING",
          `pack ${number} is listed and its file is not there`,
          "Bring the file back; until then it is shown as a gap. Its rows are kept.",
        );
  }

  async #pack(name: PackName, listed: ReadonlyMap<number, Place>, row: PackRow | null): Promise<void> {
    const path = packPath(this.#directory, name);
    const { header, unbegun, footer, rows, damages } = await readPack(this.#directory, name);
    this.#packs++;
    this.#records += rows.length;
    this.#bytes += (await stat(path)).size;
    if (unbegun && !row && rows.length === 0) {
      this.#notes.push(`${path} holds nothing: power failed before its first sync`);
      return;
    }
    if (!header && !unbegun) {
      this.problem(
        "PACK_UNKNOWN",
        `${path} is no pack of this number and of a version that this Overt knows`,
        "Look where it came from. It is left as it is.",
      );
      return;
    }
    if (!row) {
      this.problem("PACK_UNLISTED", `${path} is in no row`, "Its records are listed.");
      return;
    }
    if (row.closed === PACK_CLOSED && !footer) this.#notes.push(`${path} has no footer, or a damaged one`);
    this.#compareRows(path, listed, rows, row);
    for (const { offset, bytes } of damages) this.#notes.push(`${path}: ${bytes} bytes from ${offset} are no record`);
  }

  #compareRows(path: string, listed: ReadonlyMap<number, Place>, rows: readonly PlacedEntry[], row: PackRow): void {
    const whole = new Map(rows.map(({ place }) => [place.offset, place.bytes]));
    const lost = [...listed.values()].filter(({ offset, bytes }) => whole.get(offset) !== bytes).length;
    if (lost > 0)
      this.problem(
        "RECORDS_DAMAGED",
        `${path}: ${lost} of ${listed.size} listed records are not whole`,
        "They are never served. Restore the pack from a copy if there is one.",
      );
    const without = rows.filter(({ place }) => !listed.has(place.offset));
    const behind = without.filter(({ place }) => place.offset >= row.bytes);
    if (behind.length > 0)
      this.problem("RECORDS_UNLISTED", `${path}: ${behind.length} whole records are in no row`, "They are listed.");
    if (without.length > behind.length)
      this.#notes.push(`${path}: ${without.length - behind.length} records are dead: their rows were removed`);
  }
}

interface PackRow {
  readonly bytes: number;
  readonly closed: number;
}

const packRow = (database: DatabaseSync, number: number): PackRow | null =>
  (database.prepare("SELECT bytes, closed FROM packs WHERE number = ?").get(number) as PackRow | undefined) ?? null;

/** Where the index says that records lie: by pack, by offset. */
function placesIn(database: DatabaseSync): Map<number, Map<number, Place>> {
  const places = new Map<number, Map<number, Place>>();
  const add = ({ pack, offset, bytes }: Place): void => {
    const inPack = places.get(pack) ?? new Map<number, Place>();
    places.set(pack, inPack);
    inPack.set(offset, { pack, offset, bytes });
  };
  const segments = database.prepare("SELECT start, segment, pack, offset, bytes, fragments FROM segments").iterate();
  for (const row of segments as Iterable<
    Place & { start: number; segment: Uint8Array; fragments: Uint8Array | null }
  >) {
    if (row.pack !== null) add(row);
    if (row.fragments)
      for (const fragment of unpackTable(row.fragments, row.start as Parameters<typeof unpackTable>[1])) add(fragment);
  }
  for (const sql of ["SELECT pack, offset, bytes FROM open_fragments", "SELECT pack, offset, bytes FROM envelopes"])
    for (const row of database.prepare(sql).iterate() as Iterable<Place>) add(row);
  return places;
}

async function readPack(directory: string, name: PackName) {
  const path = packPath(directory, name);
  const { header, unbegun, footerAt, rows: footer } = await inspectPack(path);
  const file = await open(path, "r");
  try {
    const { rows, damages } = await scanRecords(file, name.number, PACK_HEADER_BYTES, footerAt);
    return { header: header?.number === name.number ? header : null, unbegun, footer, rows, damages };
  } finally {
    await file.close();
  }
}
