import { open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { PlacedEntry } from "./entry.ts";
import { FooterBuilder } from "./footer.ts";
import { punchHole } from "./holes.ts";
import { PACK_HEADER_BYTES, type PackName, packPath } from "./pack.ts";
import { inspectPack, scanRecords } from "./scan.ts";

/** Holes punched in one go. */
const HOLES_AT_ONCE = 32;

/**
 * Gives back what is dead in a closed pack. Nothing is copied: what lives stays where it is, and the pack's footer then
 * names nothing else, so that an index that is rebuilt lists nothing that went.
 *
 * Done again where it was cut off, it ends as if it had not been.
 *
 * @param livingOf those of its records that the index knows at this place
 * @returns false where the file system makes no holes. @throws `ENOENT` when the pack is away
 */
export async function hollowPack(
  directory: string,
  name: PackName,
  livingOf: (rows: readonly PlacedEntry[]) => readonly PlacedEntry[],
): Promise<boolean> {
  const path = packPath(directory, name);
  const { header, footerAt, rows } = await inspectPack(path);
  if (header?.number !== name.number) return true;
  const file = await open(path, "r+");
  try {
    const found = rows ?? (await scanRecords(file, name.number, PACK_HEADER_BYTES, footerAt)).rows;
    const living = livingOf(found);
    // Bytes that nobody understands stay: only records that were listed and are no more are dead.
    const holes = stretches(found, new Set(living));
    for (const [done, { offset, bytes }] of holes.entries()) {
      if (!(await punchHole(file.fd, offset, bytes))) return false;
      if (done % HOLES_AT_ONCE === 0) await setImmediate();
    }
    if (holes.length === 0 && rows !== null) return true;
    const footer = new FooterBuilder();
    for (const row of living) footer.add(row);
    const bytes = footer.encode();
    await file.write(bytes, 0, bytes.length, footerAt);
    await file.truncate(footerAt + bytes.length);
    await file.datasync();
    return true;
  } finally {
    await file.close();
  }
}

/** Where dead records lie, those side by side as one. */
function stretches(rows: readonly PlacedEntry[], living: ReadonlySet<PlacedEntry>) {
  const found: { offset: number; bytes: number }[] = [];
  for (const row of rows) {
    if (living.has(row)) continue;
    const { offset, bytes } = row.place;
    const last = found.at(-1);
    if (last && last.offset + last.bytes === offset) last.bytes += bytes;
    else found.push({ offset, bytes });
  }
  return found;
}
