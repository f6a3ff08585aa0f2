import { open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import type { RecorderId, SegmentId } from "@overt/core";
import type { PlacedEntry } from "./entry.ts";
import { FooterBuilder } from "./footer.ts";
import { PACK_HEADER_BYTES, type PackName, packPath, syncDirectory } from "./pack.ts";
import { type Finding, PACK_CLOSED, PACK_UNLISTED } from "./recovery.ts";
import { inspectPack, scanRecords } from "./scan.ts";
import { transaction } from "./schema.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** Segments listed in one transaction: short enough that a commit of live footage does not wait. */
const SEGMENTS_AT_ONCE = 64;

/**
 * Lists a pack that the index does not know, from its footer or, more slowly, from its records. Done again after a
 * crash in its middle, it lists nothing twice.
 */
export async function listPack(
  directory: string,
  name: PackName,
  recorder: RecorderId,
  database: DatabaseSync,
  index: SegmentIndex,
): Promise<Finding | null> {
  const path = packPath(directory, name);
  const { header, unbegun, bytes, footerAt, rows } = await inspectPack(path);
  if (!unbegun && header?.number !== name.number)
    return { code: "PACK_UNKNOWN", detail: `${path} is no pack of this number; it is left as it is` };
  if (header && header.recorder !== recorder)
    return { code: "PACK_FOREIGN", detail: `${path} is of recorder "${header.recorder}"; it is left as it is` };
  const found = rows ?? (await scanWhole(path, name.number, footerAt));
  if (unbegun && found.length === 0) {
    await unlink(path);
    await syncDirectory(dirname(path));
    return { code: "PACK_UNBEGUN", detail: `${path} held nothing: power failed before its first sync` };
  }
  index.beginPack(name, PACK_UNLISTED);
  for (const group of groupsOf(found)) {
    transaction(database, () => {
      for (const entries of group) index.addPast(entries);
    });
    await setImmediate();
  }
  index.setPackBytes(name.number, rows ? footerAt : bytes, PACK_CLOSED);
  return rows ? null : { code: "PACK_SCANNED", detail: `${path} has no footer; its records were listed` };
}

/** Writes the footer of a pack whose writer was interrupted. */
export async function finishPack(directory: string, name: PackName, index: SegmentIndex): Promise<void> {
  const path = packPath(directory, name);
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const { rows, wholeTo } = await scanRecords(file, name.number, PACK_HEADER_BYTES, size);
    const builder = new FooterBuilder();
    for (const row of rows) builder.add(row);
    const footer = builder.encode();
    await file.write(footer, 0, footer.length, wholeTo);
    await file.truncate(wholeTo + footer.length);
    await file.datasync();
    index.setPackBytes(name.number, wholeTo, PACK_CLOSED);
  } finally {
    await file.close();
  }
}

/** What a pack holds, by its footer or by its records. */
export async function rowsOfPack(directory: string, name: PackName): Promise<readonly PlacedEntry[]> {
  const path = packPath(directory, name);
  const { footerAt, rows } = await inspectPack(path);
  return rows ?? scanWhole(path, name.number, footerAt);
}

async function scanWhole(path: string, pack: number, to: number): Promise<readonly PlacedEntry[]> {
  const file = await open(path, "r");
  try {
    return (await scanRecords(file, pack, PACK_HEADER_BYTES, to)).rows;
  } finally {
    await file.close();
  }
}

/** Records of one segment belong together; envelopes and statements stand alone. Envelopes first: they date the rest. */
function* groupsOf(rows: readonly PlacedEntry[]): Generator<PlacedEntry[][]> {
  const bySegment = new Map<SegmentId, PlacedEntry[]>();
  const alone: PlacedEntry[][] = [];
  for (const row of rows) {
    if (row.entry.type !== "segment" && row.entry.type !== "fragment") {
      alone.push([row]);
      continue;
    }
    const group = bySegment.get(row.entry.segment) ?? [];
    bySegment.set(row.entry.segment, group);
    group.push(row);
  }
  const all = [...alone, ...bySegment.values()];
  for (let at = 0; at < all.length; at += SEGMENTS_AT_ONCE) yield all.slice(at, at + SEGMENTS_AT_ONCE);
}
