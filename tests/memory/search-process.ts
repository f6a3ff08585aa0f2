import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Something that must not be in a process's memory. */
export interface Needle {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Found {
  readonly name: string;
  readonly address: string;
  /** What the kernel says of the region: `[heap]`, a file, or nothing for anonymous memory. */
  readonly region: string;
}

interface Region {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

const PAGE_BYTES = 4_096;
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Longer than anything that is looked for. */
const OVERLAP_BYTES = 4_096;
/** Bits of an entry's highest byte in `/proc/PID/pagemap`: in memory, or on a swap disk. */
const PRESENT_OR_SWAPPED = 0xc0;

/** Looks for each needle in everything that a process can write to, which is where data ends up. */
export function searchProcess(pid: number, needles: readonly Needle[]): Found[] {
  const found: Found[] = [];
  for (const { address, bytes, region } of memoryOf(pid))
    for (const { name, bytes: needle } of needles) {
      const offset = bytes.indexOf(needle);
      if (offset >= 0) found.push({ name, address: (address + offset).toString(16), region });
    }
  return found;
}

/**
 * All writable memory of a process in pieces that overlap, each of them good until the next is asked for. A process
 * that ends meanwhile holds nothing.
 *
 * @throws when the process may not be read: it must be one of ours
 */
export function* memoryOf(pid: number): Generator<{ address: number; bytes: Buffer; region: string }> {
  const memory = openIfThere(`/proc/${pid}/mem`);
  if (memory === null) return;
  const chunk = Buffer.alloc(CHUNK_BYTES + OVERLAP_BYTES);
  try {
    for (const { from, to, name: region } of writableRegions(pid).flatMap((region) => touchedParts(pid, region)))
      for (let address = from; address < to; address += CHUNK_BYTES) {
        const length = readAt(memory, chunk, address, Math.min(chunk.length, to - address));
        yield { address, bytes: chunk.subarray(0, length), region };
      }
  } finally {
    closeSync(memory);
  }
}

/** A process and all that it has started. */
export function processTree(pid: number): number[] {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

function writableRegions(pid: number): Region[] {
  return readIfThere(`/proc/${pid}/maps`)
    .split("\n")
    .flatMap((line) => {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+\s*(.*)$/.exec(line);
      if (!match) return [];
      const [, from, to, name = ""] = match;
      return [{ from: Number.parseInt(from!, 16), to: Number.parseInt(to!, 16), name }];
    });
}

/** The runs of pages that were ever written to: most of what V8 reserves for code never is. */
function touchedParts(pid: number, { from, to, name }: Region): Region[] {
  const pagemap = openIfThere(`/proc/${pid}/pagemap`);
  if (pagemap === null) return [];
  const entries = Buffer.alloc(((to - from) / PAGE_BYTES) * 8);
  const length = readAt(pagemap, entries, (from / PAGE_BYTES) * 8, entries.length);
  closeSync(pagemap);
  const parts: Region[] = [];
  let start: number | null = null;
  for (let i = 0; i <= length / 8; i++) {
    const touched = i < length / 8 && (entries[i * 8 + 7]! & PRESENT_OR_SWAPPED) !== 0;
    if (touched) start ??= from + i * PAGE_BYTES;
    else if (start !== null) {
      parts.push({ from: start, to: from + i * PAGE_BYTES, name });
      start = null;
    }
  }
  return parts;
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, "r");
  } catch (thrown) {
    return absent(thrown, null);
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (thrown) {
    return absent(thrown, "");
  }
}

/** A region, or the whole process, may go while it is read. */
function readAt(file: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(file, into, 0, length, at);
  } catch (thrown) {
    return absent(thrown, 0);
  }
}

function absent<T>(thrown: unknown, value: T): T {
  if (["ENOENT", "ESRCH", "EIO", "EFAULT"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return value;
  throw thrown;
}
