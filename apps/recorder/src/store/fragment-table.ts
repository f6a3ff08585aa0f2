import { type Instant, instant, OvertError } from "@overt/core";
import type { FragmentKind } from "@overt/seal";

/** One message of a segment and where it lies. */
export interface FragmentRow {
  readonly counter: number;
  readonly time: Instant;
  readonly durationMs: number;
  readonly kind: FragmentKind;
  readonly pack: number;
  readonly offset: number;
  readonly bytes: number;
}

const KINDS: readonly FragmentKind[] = ["media", "key", "init", "end"];
const NEW_PACK = 4;
const COUNTER_JUMP = 8;
const TIME_JUMP = 16;
const NEW_DURATION = 32;

/**
 * A folded segment's table: per row a byte of flags, then variable-length numbers for what is not as the row before
 * lets expect. About 8 bytes a row, so that a month of a camera fits its place (README, "Index").
 */
export function packTable(rows: readonly FragmentRow[], start: Instant): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  let before = beginning(start);
  for (const row of rows) {
    const newPack = row.pack !== before.pack;
    const counterJump = row.counter - before.counter - 1;
    const timeJump = row.time - (before.time + before.durationMs);
    const durationChange = row.durationMs - before.durationMs;
    out.push(
      KINDS.indexOf(row.kind) |
        (newPack ? NEW_PACK : 0) |
        (counterJump ? COUNTER_JUMP : 0) |
        (timeJump ? TIME_JUMP : 0) |
        (durationChange ? NEW_DURATION : 0),
    );
    if (newPack) pushSigned(out, row.pack - before.pack);
    if (counterJump) pushSigned(out, counterJump);
    if (timeJump) pushSigned(out, timeJump);
    if (durationChange) pushSigned(out, durationChange);
    pushSigned(out, row.offset - (newPack ? 0 : before.offset + before.bytes));
    pushUnsigned(out, row.bytes);
    before = row;
  }
  return Uint8Array.from(out);
}

/** @throws OvertError `STORE_INDEX_CORRUPT` when `table` was not made by `packTable`. */
export function unpackTable(table: Uint8Array, start: Instant): FragmentRow[] {
  const rows: FragmentRow[] = [];
  const reader = new VarintReader(table);
  let before = beginning(start);
  while (!reader.done) {
    const flags = reader.byte();
    const newPack = (flags & NEW_PACK) !== 0;
    const pack = before.pack + (newPack ? reader.signed() : 0);
    const counter = before.counter + 1 + (flags & COUNTER_JUMP ? reader.signed() : 0);
    const time = before.time + before.durationMs + (flags & TIME_JUMP ? reader.signed() : 0);
    const durationMs = before.durationMs + (flags & NEW_DURATION ? reader.signed() : 0);
    const offset = reader.signed() + (newPack ? 0 : before.offset + before.bytes);
    const kind = KINDS[flags & 3] ?? "media";
    before = { counter, time: instant(time), durationMs, kind, pack, offset, bytes: reader.unsigned() };
    rows.push(before);
  }
  return rows;
}

const beginning = (start: Instant): FragmentRow => ({
  counter: -1,
  time: start,
  durationMs: 0,
  kind: "media",
  pack: 0,
  offset: 0,
  bytes: 0,
});

/** Arithmetic rather than shifts: times and offsets pass 32 bits. */
function pushUnsigned(out: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

/** The sign in the first byte's lowest bit, so that the size may use all 53 bits of a number. */
function pushSigned(out: number[], value: number): void {
  const size = Math.abs(value);
  const rest = Math.floor(size / 64);
  out.push((rest > 0 ? 128 : 0) | ((size % 64) << 1) | (value < 0 ? 1 : 0));
  if (rest > 0) pushUnsigned(out, rest);
}

class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw corrupt();
    return byte;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw corrupt();
  }

  signed(): number {
    const first = this.byte();
    const size = ((first & 126) >> 1) + (first < 128 ? 0 : this.unsigned() * 64);
    return first & 1 ? -size : size;
  }
}

const corrupt = (): OvertError =>
  new OvertError("STORE_INDEX_CORRUPT", "A segment's fragment table is not whole.", {
    hint: "Run `overt store check --repair`: the index is rebuilt from the packs.",
  });
