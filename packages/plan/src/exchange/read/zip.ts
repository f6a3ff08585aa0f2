import { Inflate } from "fflate";
import { planFileError } from "../plan-file-error.ts";

/** One file of an archive, still packed. */
export interface ZipEntry {
  readonly name: string;
  readonly packed: Uint8Array;
  readonly stored: boolean;
  readonly crc: number;
}

const damaged = (why: string, cause?: unknown): Error =>
  planFileError("PLAN_FILE_INVALID", `The archive is damaged: ${why}.`, "Fetch or save the file again.", cause);

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/**
 * What is in an archive, by its directory at the end: sizes in local headers may be missing.
 *
 * @throws OvertError `PLAN_FILE_INVALID`, `PLAN_FILE_TRUNCATED`, `PLAN_FILE_UNSUPPORTED`
 */
export function zipEntries(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff)
    throw planFileError("PLAN_FILE_UNSUPPORTED", "The archive is of the kind for over 4 GiB (ZIP64).");
  const entries = new Map<string, ZipEntry>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) throw damaged(`entry ${i + 1} is not there`);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [crc, size] = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (flags & 1) throw planFileError("PLAN_FILE_UNSUPPORTED", "The archive is locked with a password.");
    if (method !== 0 && method !== 8)
      throw planFileError("PLAN_FILE_UNSUPPORTED", `${name} is packed by a rare method.`);
    const local = view.getUint32(at + 42, true);
    entries.set(name, { name, packed: packedAt(bytes, view, local, size, name), stored: method === 0, crc });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function packedAt(bytes: Uint8Array, view: DataView, local: number, size: number, name: string): Uint8Array {
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw damaged(`${name} is not there`);
  const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + size > bytes.length) throw damaged(`${name} is cut short`);
  return bytes.subarray(from, from + size);
}

/** The directory's end lies before a comment of at most 64 KiB. */
function endOf(view: DataView): number {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 65_535); at--) if (view.getUint32(at, true) === END) return at;
  throw planFileError("PLAN_FILE_TRUNCATED", "The archive has no directory: it is cut short.", "Fetch the file again.");
}

/** Bytes that may still be unpacked, over all entries of one file. */
export interface Budget {
  left: number;
}

/** Small, since a zip bomb makes a thousand bytes of each. */
const STEP = 16_384;

/**
 * An entry's bytes as they are unpacked, so that no more of a zip bomb is ever held than one step's.
 *
 * @throws OvertError `PLAN_FILE_TOO_LARGE`, `PLAN_FILE_INVALID`
 */
export function* unpacked({ name, packed, stored, crc }: ZipEntry, budget: Budget): Generator<Uint8Array> {
  let sum = 0xffffffff;
  const out: Uint8Array[] = [];
  const inflate = new Inflate((chunk) => out.push(chunk));
  for (let at = 0; at < packed.length || at === 0; at += STEP) {
    const step = packed.subarray(at, at + STEP);
    try {
      if (stored) out.push(step);
      else inflate.push(step, at + STEP >= packed.length);
    } catch (cause) {
      throw damaged(`${name} cannot be unpacked`, cause);
    }
    for (const chunk of out.splice(0)) {
      budget.left -= chunk.length;
      if (budget.left < 0)
        throw planFileError(
          "PLAN_FILE_TOO_LARGE",
          `The archive unpacks to more than is read: ${name} is too large.`,
          "Keep what describes cameras, and save it again.",
        );
      sum = crcOf(chunk, sum);
      yield chunk;
    }
  }
  if ((sum ^ 0xffffffff) >>> 0 !== crc) throw damaged(`${name} is not what its sum says`);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crcOf(bytes: Uint8Array, sum: number): number {
  for (let i = 0; i < bytes.length; i++) sum = (sum >>> 8) ^ TABLE[(sum ^ bytes[i]!) & 0xff]!;
  return sum;
}
