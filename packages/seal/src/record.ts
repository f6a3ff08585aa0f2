import { concatBytes, OvertError, type Track } from "@overt/core";
import { crc32c as pureCrc32c, type Crc32c } from "./crc32c.ts";

/** Layout: packages/seal/README.md. A pack, and the original media of an evidence bag, are records back to back. */
const RECORD_VERSION = 1;
export const PREFIX_BYTES = 16;
export const RECORD_TYPES = { segment: 1, fragment: 2, envelope: 3, statement: 4 } as const;
export type RecordType = keyof typeof RECORD_TYPES;

/** Longest body of each type: far above any lawful one, low enough to refuse garbage before allocating. */
export const BODY_LIMIT_BYTES: Readonly<Record<RecordType, number>> = {
  segment: 124,
  fragment: 32 * 1024 * 1024,
  envelope: 256 * 1024,
  statement: 1024 * 1024,
};

/** A record's first 16 bytes, without magic and version. */
export interface Prefix {
  readonly type: RecordType;
  readonly track: Track;
  readonly flags: number;
  readonly bodyBytes: number;
  readonly crc: number;
}

/** A whole record whose CRC is right. `bytes` and `body` are views into what was read. */
export interface RawRecord {
  readonly prefix: Prefix;
  readonly body: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Why bytes are no record. `short`: more bytes could make it one (a torn tail, or a read that ended too early).
 * Everything else stays wrong however many bytes follow. `body`: the record is whole but its fields are not lawful.
 */
export type RecordProblem =
  | { readonly problem: "short"; readonly needBytes: number }
  | { readonly problem: "magic" | "version" | "type" | "track" | "length" | "crc" | "body" };

const MAGIC = 0x4f565254; // "OVRT"
const TYPE_OF: readonly (RecordType | undefined)[] = [undefined, "segment", "fragment", "envelope", "statement"];
const TRACK_BYTES: Readonly<Record<Track, number>> = { original: 1, anonymised: 2 };
const TRACK_OF: readonly (Track | undefined)[] = [undefined, "original", "anonymised"];

export const trackByte = (track: Track): number => TRACK_BYTES[track];

/** Prefix and body as one array, CRC filled in. @throws OvertError `RECORD_TOO_LONG` */
export function encodeRecord(
  type: RecordType,
  track: Track,
  flags: number,
  body: readonly Uint8Array[],
  crc32c: Crc32c = pureCrc32c,
): Uint8Array<ArrayBuffer> {
  const record = concatBytes([new Uint8Array(PREFIX_BYTES), ...body]);
  writePrefix(record, type, track, flags, record.length - PREFIX_BYTES);
  writeCrc(record, crc32c);
  return record;
}

/** Fills bytes 0..15 of `record`; the CRC is left zero, as it stands in additional authenticated data. */
export function writePrefix(
  record: Uint8Array,
  type: RecordType,
  track: Track,
  flags: number,
  bodyBytes: number,
): void {
  if (bodyBytes > BODY_LIMIT_BYTES[type])
    throw new OvertError("RECORD_TOO_LONG", `A ${type} record of ${bodyBytes} bytes is over the limit.`, {
      hint: `The limit is ${BODY_LIMIT_BYTES[type]} bytes.`,
    });
  const view = viewOf(record);
  view.setUint32(0, MAGIC);
  view.setUint8(4, RECORD_VERSION);
  view.setUint8(5, RECORD_TYPES[type]);
  view.setUint8(6, TRACK_BYTES[track]);
  view.setUint8(7, flags);
  view.setUint32(8, bodyBytes);
  view.setUint32(12, 0);
}

/** Fills the CRC of a record whose prefix and body are in place. */
export function writeCrc(record: Uint8Array, crc32c: Crc32c = pureCrc32c): void {
  viewOf(record).setUint32(12, crcOf(record, crc32c));
}

/** The prefix at `offset`. The CRC is not checked, and the body need not be there. */
export function parsePrefix(bytes: Uint8Array, offset = 0): Prefix | RecordProblem {
  if (bytes.length - offset < PREFIX_BYTES) return { problem: "short", needBytes: PREFIX_BYTES };
  const view = viewOf(bytes);
  if (view.getUint32(offset) !== MAGIC) return { problem: "magic" };
  if (view.getUint8(offset + 4) !== RECORD_VERSION) return { problem: "version" };
  const type = TYPE_OF[view.getUint8(offset + 5)];
  if (!type) return { problem: "type" };
  const track = TRACK_OF[view.getUint8(offset + 6)];
  if (!track) return { problem: "track" };
  const bodyBytes = view.getUint32(offset + 8);
  if (bodyBytes > BODY_LIMIT_BYTES[type]) return { problem: "length" };
  return { type, track, flags: view.getUint8(offset + 7), bodyBytes, crc: view.getUint32(offset + 12) };
}

/** The record at `offset`, whole and with the right CRC. It says nothing of authenticity: see `openSegment`. */
export function parseRecord(bytes: Uint8Array, offset = 0, crc32c: Crc32c = pureCrc32c): RawRecord | RecordProblem {
  const prefix = parsePrefix(bytes, offset);
  if ("problem" in prefix) return prefix;
  const needBytes = PREFIX_BYTES + prefix.bodyBytes;
  if (bytes.length - offset < needBytes) return { problem: "short", needBytes };
  const record = bytes.subarray(offset, offset + needBytes);
  if (crcOf(record, crc32c) !== prefix.crc) return { problem: "crc" };
  return { prefix, body: record.subarray(PREFIX_BYTES), bytes: record };
}

/** Every record from `offset` on, until the end or the first problem; `at` is where the walk stopped. */
export function readRecords(
  bytes: Uint8Array,
  offset = 0,
  crc32c: Crc32c = pureCrc32c,
): { records: RawRecord[]; at: number; problem: RecordProblem | null } {
  const records: RawRecord[] = [];
  let at = offset;
  while (at < bytes.length) {
    const record = parseRecord(bytes, at, crc32c);
    if ("problem" in record) return { records, at, problem: record };
    records.push(record);
    at += record.bytes.length;
  }
  return { records, at, problem: null };
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function crcOf(record: Uint8Array, crc32c: Crc32c): number {
  return crc32c(record.subarray(PREFIX_BYTES), crc32c(record.subarray(0, 12)));
}
