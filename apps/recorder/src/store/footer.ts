import { concatBytes, type Instant, instant, type SegmentId, type Track, utf8 } from "@overt/core";
import { type FragmentKind, fragmentFlags, RECORD_TYPES, type RecordType, trackByte } from "@overt/seal";
import { readCamera, readEpoch, readMs, readSegment, writeCamera, writeId, writeMs } from "@overt/seal/fields";
import { type Entry, nativeCrc32c, type PlacedEntry } from "./entry.ts";

/** Layout: README.md, "Footer". */
const FOOT = utf8("OVRTFOOT");
const NAME_BYTES = 80;
const ROW_BYTES = 32;
/** Counts, CRC, length, magic: read this much from a pack's end to know where its footer begins. */
export const FOOTER_TAIL_BYTES = 24;
const NO_SEGMENT = "0".repeat(64) as SegmentId;

export function encodeFooter(rows: readonly PlacedEntry[]): Uint8Array<ArrayBuffer> {
  const names = new Map<string, { index: number; entry: Entry }>();
  const table = new Uint8Array(rows.length * ROW_BYTES);
  const view = new DataView(table.buffer);
  rows.forEach(({ entry, place }, i) => {
    const key = `${entry.camera} ${entry.epoch} ${segmentOf(entry)}`;
    const name = names.get(key) ?? { index: names.size, entry };
    names.set(key, name);
    const at = i * ROW_BYTES;
    table[at] = RECORD_TYPES[entry.type];
    table[at + 1] = trackByte(entry.track);
    table[at + 2] = flagsOf(entry);
    view.setUint32(at + 4, name.index);
    view.setUint32(at + 8, entry.type === "fragment" ? entry.counter : 0);
    writeMs(view, at + 12, entry.time);
    view.setUint32(at + 20, spanOf(entry));
    view.setUint32(at + 24, place.offset);
    view.setUint32(at + 28, place.bytes);
  });
  const dictionary = new Uint8Array(names.size * NAME_BYTES);
  for (const { index, entry } of names.values()) {
    writeCamera(dictionary, index * NAME_BYTES, entry.camera);
    writeId(dictionary, index * NAME_BYTES + 32, entry.epoch);
    writeId(dictionary, index * NAME_BYTES + 48, segmentOf(entry));
  }
  const tail = new Uint8Array(FOOTER_TAIL_BYTES);
  const tailView = new DataView(tail.buffer);
  tailView.setUint32(0, names.size);
  tailView.setUint32(4, rows.length);
  tailView.setUint32(8, crcOf(dictionary, table, tail));
  tailView.setUint32(12, dictionary.length + table.length + FOOTER_TAIL_BYTES);
  tail.set(FOOT, 16);
  return concatBytes([dictionary, table, tail]);
}

/** @param tail the last `FOOTER_TAIL_BYTES` of a pack. @returns the footer's whole length, `null` when there is none. */
export function footerBytes(tail: Uint8Array): number | null {
  if (tail.length !== FOOTER_TAIL_BYTES || FOOT.some((byte, i) => tail[16 + i] !== byte)) return null;
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const length = view.getUint32(0) * NAME_BYTES + view.getUint32(4) * ROW_BYTES + FOOTER_TAIL_BYTES;
  return view.getUint32(12) === length ? length : null;
}

/** @returns `null` when it is damaged: then the pack's records say the same, more slowly. */
export function decodeFooter(footer: Uint8Array, pack: number): PlacedEntry[] | null {
  const tail = footer.subarray(-FOOTER_TAIL_BYTES);
  if (footerBytes(tail) !== footer.length) return null;
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  const rowCount = view.getUint32(footer.length - FOOTER_TAIL_BYTES + 4);
  const rowsAt = footer.length - FOOTER_TAIL_BYTES - rowCount * ROW_BYTES;
  const dictionary = footer.subarray(0, rowsAt);
  const table = footer.subarray(rowsAt, rowsAt + rowCount * ROW_BYTES);
  if (view.getUint32(footer.length - FOOTER_TAIL_BYTES + 8) !== crcOf(dictionary, table, tail)) return null;
  const rows: PlacedEntry[] = [];
  for (let i = 0; i < rowCount; i++) {
    const row = rowAt(view, rowsAt + i * ROW_BYTES, dictionary, pack);
    if (!row) return null;
    rows.push(row);
  }
  return rows;
}

const TYPES: readonly (RecordType | undefined)[] = [undefined, "segment", "fragment", "envelope", "statement"];
const KINDS: readonly FragmentKind[] = ["media", "key", "init", "end"];

function rowAt(view: DataView, at: number, dictionary: Uint8Array, pack: number): PlacedEntry | null {
  const nameAt = view.getUint32(at + 4) * NAME_BYTES;
  const camera = nameAt < dictionary.length ? readCamera(dictionary, nameAt) : null;
  const ms = readMs(view, at + 12);
  const type = TYPES[view.getUint8(at)];
  if (camera === null || ms === null || !type) return null;
  const track: Track = view.getUint8(at + 1) === trackByte("original") ? "original" : "anonymised";
  const flags = view.getUint8(at + 2);
  const span = view.getUint32(at + 20);
  const common = { camera, track, epoch: readEpoch(dictionary, nameAt + 32), time: instant(ms) };
  const segment = readSegment(dictionary, nameAt + 48);
  const place = { pack, offset: view.getUint32(at + 24), bytes: view.getUint32(at + 28) };
  switch (type) {
    case "segment":
      return { entry: { type, ...common, segment, startsOnKey: flags === 1 }, place };
    case "fragment": {
      const kind = KINDS.find((candidate) => fragmentFlags(candidate) === flags) ?? "media";
      const counter = view.getUint32(at + 8);
      return { entry: { type, ...common, segment, counter, durationMs: span, kind }, place };
    }
    case "envelope":
      return { entry: { type, ...common, periodStart: instant(ms - span) }, place };
    case "statement":
      return { entry: { type, ...common }, place };
  }
}

const segmentOf = (entry: Entry): SegmentId => ("segment" in entry ? entry.segment : NO_SEGMENT);

function flagsOf(entry: Entry): number {
  if (entry.type === "fragment") return fragmentFlags(entry.kind);
  return entry.type === "segment" && entry.startsOnKey ? 1 : 0;
}

/** A fragment's duration; how long after its period's start an envelope's epoch begins. */
function spanOf(entry: Entry): number {
  if (entry.type === "fragment") return entry.durationMs;
  return entry.type === "envelope" ? (entry.time as Instant) - entry.periodStart : 0;
}

const crcOf = (dictionary: Uint8Array, table: Uint8Array, tail: Uint8Array): number =>
  nativeCrc32c(tail.subarray(0, 8), nativeCrc32c(table, nativeCrc32c(dictionary)));
