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

/** Gathers a pack's footer while the pack is written: in bytes, since a pack may hold 100,000 records. */
export class FooterBuilder {
  readonly #names = new Map<string, number>();
  #dictionary = new Uint8Array(64 * NAME_BYTES);
  #table = new Uint8Array(1024 * ROW_BYTES);
  #rows = 0;

  add({ entry, place }: PlacedEntry): void {
    const at = this.#rows++ * ROW_BYTES;
    this.#table = grown(this.#table, at + ROW_BYTES);
    const view = new DataView(this.#table.buffer);
    this.#table[at] = RECORD_TYPES[entry.type];
    this.#table[at + 1] = trackByte(entry.track);
    this.#table[at + 2] = flagsOf(entry);
    view.setUint32(at + 4, this.#nameOf(entry));
    view.setUint32(at + 8, entry.type === "fragment" ? entry.counter : 0);
    writeMs(view, at + 12, entry.time);
    view.setUint32(at + 20, spanOf(entry));
    view.setUint32(at + 24, place.offset);
    view.setUint32(at + 28, place.bytes);
  }

  encode(): Uint8Array<ArrayBuffer> {
    const dictionary = this.#dictionary.subarray(0, this.#names.size * NAME_BYTES);
    const table = this.#table.subarray(0, this.#rows * ROW_BYTES);
    const tail = new Uint8Array(FOOTER_TAIL_BYTES);
    const view = new DataView(tail.buffer);
    view.setUint32(0, this.#names.size);
    view.setUint32(4, this.#rows);
    view.setUint32(8, crcOf(dictionary, table, tail));
    view.setUint32(12, dictionary.length + table.length + FOOTER_TAIL_BYTES);
    tail.set(FOOT, 16);
    return concatBytes([dictionary, table, tail]);
  }

  #nameOf(entry: Entry): number {
    const segment = segmentOf(entry);
    const key = `${entry.camera} ${entry.epoch} ${segment}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const index = this.#names.size;
    const at = index * NAME_BYTES;
    this.#names.set(key, index);
    this.#dictionary = grown(this.#dictionary, at + NAME_BYTES);
    writeCamera(this.#dictionary, at, entry.camera);
    writeId(this.#dictionary, at + 32, entry.epoch);
    writeId(this.#dictionary, at + 48, segment);
    return index;
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, need: number): Uint8Array<ArrayBuffer> {
  if (need <= bytes.length) return bytes;
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
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
      return { entry: { type, ...common, segment, counter, durationMs: span, kind, cameraOffsetMs: null }, place };
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
