import { type FileHandle, open } from "node:fs/promises";
import { type Entry, entryAt, type PlacedEntry } from "./entry.ts";
import { decodeFooter, FOOTER_TAIL_BYTES, footerBytes } from "./footer.ts";
import { decodePackHeader, PACK_HEADER_BYTES, type PackHeader } from "./pack.ts";

const CHUNK_BYTES = 4 * 2 ** 20;
const MAGIC = Buffer.from("OVRT");

/** Bytes of a pack that are no whole record. */
export interface Damage {
  readonly offset: number;
  readonly bytes: number;
}

export interface Scanned {
  readonly rows: readonly PlacedEntry[];
  readonly damages: readonly Damage[];
  /** Where the last whole record ends. */
  readonly wholeTo: number;
}

/**
 * Every whole record in `[from, to)` of a pack, read in one sweep. Behind damage it goes on at the next whole record:
 * a disk that lost power may hold a later write and not an earlier one.
 */
export async function scanRecords(file: FileHandle, pack: number, from: number, to: number): Promise<Scanned> {
  const rows: PlacedEntry[] = [];
  const damages: Damage[] = [];
  const window = new Window(file, to);
  let wholeTo = from;
  let at = from;
  while (at < to) {
    const found = await recordAt(window, at);
    if (found === null) {
      at = await window.find(MAGIC, at + 1);
      continue;
    }
    if (at > wholeTo) damages.push({ offset: wholeTo, bytes: at - wholeTo });
    rows.push({ entry: found.entry, place: { pack, offset: at, bytes: found.bytes } });
    at += found.bytes;
    wholeTo = at;
  }
  if (to > wholeTo) damages.push({ offset: wholeTo, bytes: to - wholeTo });
  return { rows, damages, wholeTo };
}

/** What a pack says of itself. */
export interface Inspected {
  readonly header: PackHeader | null;
  /** Power failed before its first sync: its header is not there, or is zeros. */
  readonly unbegun: boolean;
  readonly bytes: number;
  /** The end of the records. */
  readonly footerAt: number;
  /** `null` where it has no footer that is whole. */
  readonly rows: PlacedEntry[] | null;
}

export async function inspectPack(path: string): Promise<Inspected> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const front = await readAt(file, 0, PACK_HEADER_BYTES);
    const header = decodePackHeader(front);
    const unbegun = front.length < PACK_HEADER_BYTES || front.every((byte) => byte === 0);
    const open = { header, unbegun, bytes: size, footerAt: size, rows: null };
    if (size < PACK_HEADER_BYTES + FOOTER_TAIL_BYTES) return open;
    const length = footerBytes(await readAt(file, size - FOOTER_TAIL_BYTES, FOOTER_TAIL_BYTES));
    if (length === null || length > size - PACK_HEADER_BYTES) return open;
    const footerAt = size - length;
    const rows = decodeFooter(await readAt(file, footerAt, length), header?.number ?? 0);
    return { ...open, footerAt, rows };
  } finally {
    await file.close();
  }
}

export async function readAt(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let have = 0;
  while (have < bytes) {
    const { bytesRead } = await file.read(buffer, have, bytes - have, offset + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return buffer.subarray(0, have);
}

async function recordAt(window: Window, at: number): Promise<{ entry: Entry; bytes: number } | null> {
  for (let need = CHUNK_BYTES; ; ) {
    const bytes = await window.bytes(at, need);
    const found = entryAt(bytes, 0);
    if (!("problem" in found)) return { entry: found.entry, bytes: found.record.bytes.length };
    if (found.problem !== "short" || bytes.length >= found.needBytes || bytes.length < need) return null;
    need = found.needBytes;
  }
}

/** A part of a file in memory, moved forwards. */
class Window {
  readonly #file: FileHandle;
  readonly #end: number;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** From `at` on: what is in memory when that may do for a small record, else `need` bytes or what the file has. */
  async bytes(at: number, need: number): Promise<Buffer> {
    const wanted = Math.min(need, this.#end - at);
    const inside = at >= this.#start && at - this.#start < this.#bytes.length;
    const held = inside ? this.#bytes.subarray(at - this.#start) : Buffer.alloc(0);
    if (held.length >= wanted) return held;
    this.#bytes = await readAt(this.#file, at, Math.max(wanted, Math.min(CHUNK_BYTES * 2, this.#end - at)));
    this.#start = at;
    return this.#bytes;
  }

  /** Where `needle` comes next, the end when it does not. */
  async find(needle: Buffer, from: number): Promise<number> {
    for (let at = from; at < this.#end; ) {
      const bytes = await this.bytes(at, CHUNK_BYTES);
      const found = bytes.indexOf(needle);
      if (found >= 0) return at + found;
      if (bytes.length < needle.length) return this.#end;
      at += bytes.length - needle.length + 1;
    }
    return this.#end;
  }
}
