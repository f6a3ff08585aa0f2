import { open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { BEGUN, PACK_HEADER_BYTES, type PackName, packPath, syncDirectory } from "./pack.ts";
import { scanRecords } from "./scan.ts";
import { transaction } from "./schema.ts";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";
import { isUnreadable, unreadable } from "./unreadable.ts";

/** What a start found. Nothing here was deleted but torn tails, which nobody had been promised. */
export interface Settled {
  /** Packs with rows and without a file: perhaps away for a while (sto-06). */
  readonly missing: ReadonlySet<number>;
  /** Packs with a file that are not listed, or not wholly: to be listed behind. Newest first. */
  readonly unlisted: readonly PackName[];
  /** Packs without a footer. */
  readonly unfinished: readonly PackName[];
  /** Every pack there is. */
  readonly packs: readonly PackName[];
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly code: string;
  readonly detail: string;
}

/** `packs.closed`. */
export const PACK_OPEN = 0;
export const PACK_CLOSED = 1;
/** Its file was there and its row was not: its records are being listed. */
export const PACK_UNLISTED = 2;

interface PackRow {
  readonly number: number;
  readonly class: number;
  readonly bytes: number;
  readonly closed: number;
  readonly live: number;
}

/**
 * Makes rows and files agree, as far as that is quick: only what lies behind the last committed offset of a pack that
 * was open is read.
 *
 * @param discardTails The recorder is the same and hands over again what it has no word of, so that a tail is dropped
 *   rather than believed: after a sync that failed, memory may say that a disk holds what it does not.
 */
export async function settlePacks(
  directory: string,
  database: DatabaseSync,
  index: SegmentIndex,
  discardTails: boolean,
): Promise<Settled> {
  const rows = rowsOf<PackRow>(database.prepare("SELECT number, class, bytes, closed, live FROM packs").all());
  const files = await packFiles(directory);
  const listed = new Set(rows.map(({ number }) => number));
  const settled = {
    missing: new Set<number>(),
    unlisted: files.filter(({ number }) => !listed.has(number)),
    unfinished: [] as PackName[],
    packs: [...files],
    findings: [] as Finding[],
  };
  const present = new Set(files.map(({ number }) => number));
  for (const row of rows) {
    const name = { number: row.number, retentionClass: row.class };
    if (!present.has(row.number)) {
      if (row.live === 0) index.removePack(row.number);
      else settled.missing.add(row.number);
    } else if (row.closed === PACK_UNLISTED) settled.unlisted.push(name);
    else if (row.closed === PACK_OPEN)
      try {
        if (await settleTail(directory, row, database, index, discardTails, settled)) settled.unfinished.push(name);
      } catch (thrown) {
        if (!isUnreadable(thrown)) throw thrown;
        settled.findings.push(unreadable(packPath(directory, name), thrown));
        index.closePack(row.number);
      }
  }
  if (settled.missing.size > 0)
    settled.findings.push({
      code: "PACKS_MISSING",
      detail: `${settled.missing.size} of ${rows.length} packs are away`,
    });
  settled.unlisted.sort((a, b) => b.number - a.number);
  return settled;
}

/** @returns whether the pack still wants a footer */
async function settleTail(
  directory: string,
  row: PackRow,
  database: DatabaseSync,
  index: SegmentIndex,
  discard: boolean,
  settled: { findings: Finding[] },
): Promise<boolean> {
  const name = { number: row.number, retentionClass: row.class };
  const path = packPath(directory, name);
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const from = Math.max(row.bytes, PACK_HEADER_BYTES);
    if (size < row.bytes) {
      settled.findings.push({
        code: "PACK_SHORT",
        detail: `${path} has ${size} of ${row.bytes} bytes that were synced`,
      });
      return false;
    }
    const tail = discard ? { rows: [], wholeTo: from } : await scanRecords(file, row.number, from, size);
    // What a process that was killed had written may be in memory only.
    if (tail.rows.length > 0) await file.datasync();
    if (size > tail.wholeTo) {
      settled.findings.push({
        code: "TAIL_DROPPED",
        detail: `${path}: ${size - tail.wholeTo} bytes from ${tail.wholeTo}`,
      });
      await file.truncate(tail.wholeTo);
      await file.datasync();
    }
    transaction(database, () => {
      for (const { entry, place } of tail.rows) index.add(entry, place);
      index.setPackBytes(row.number, tail.wholeTo, PACK_OPEN);
    });
    if (tail.wholeTo > PACK_HEADER_BYTES) return true;
    await removeEmpty(path);
    index.removePack(row.number);
    return false;
  } finally {
    await file.close();
  }
}

async function removeEmpty(path: string): Promise<void> {
  await unlink(path);
  await syncDirectory(join(path, ".."));
}

const NAME = /^(\d{8,})\.pack$/;

/** Every file that is named as a pack. Others are left alone. */
export async function packFiles(directory: string): Promise<PackName[]> {
  const classes = await packClasses(directory);
  const found = await Promise.all(
    classes.map(async (retentionClass) => {
      const entries = await readdir(join(directory, "packs", retentionClass), { withFileTypes: true });
      return entries.flatMap((entry): PackName[] => {
        const number = entry.isFile() ? NAME.exec(entry.name)?.[1] : undefined;
        return number ? [{ number: Number(number), retentionClass: Number(retentionClass) }] : [];
      });
    }),
  );
  return found.flat();
}

/** Packs that power ended before they had a name: nothing is in them. They go when a store is opened. */
export async function unbegunPacks(directory: string): Promise<string[]> {
  const folders = (await packClasses(directory)).map((name) => join(directory, "packs", name));
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => ({ path: join(folder, name), name }))),
  );
  return found.flat().flatMap(({ path, name }) => {
    const isOurs = name.endsWith(BEGUN) && NAME.test(name.slice(0, -BEGUN.length));
    return isOurs ? [path] : [];
  });
}

/** Names of the folders that hold packs. */
export async function packClasses(directory: string): Promise<string[]> {
  const entries = await readdir(join(directory, "packs"), { withFileTypes: true }).catch(none);
  return entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name)).map(({ name }) => name);
}

function none(thrown: NodeJS.ErrnoException): [] {
  if (thrown.code === "ENOENT") return [];
  throw thrown;
}
