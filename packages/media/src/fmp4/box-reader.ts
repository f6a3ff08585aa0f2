import { invalid } from "./invalid.ts";

/** The content of a box: `[start, end)` in the bytes that were read; `from` is where its header begins. */
export interface BoxSpan {
  readonly type: string;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** The boxes that lie side by side in `[start, end)`. @throws OvertError `FMP4_INVALID` when one does not fit. */
export function* boxesIn(bytes: Uint8Array, start: number, end: number): Generator<BoxSpan> {
  let from = start;
  while (from < end) {
    const box = boxAt(bytes, from, end);
    yield box;
    from = box.end;
  }
}

/** The first box of a type among those in `span`. @throws OvertError `FMP4_INVALID` when there is none. */
export function childOf(bytes: Uint8Array, span: { start: number; end: number }, type: string): BoxSpan {
  for (const box of boxesIn(bytes, span.start, span.end)) if (box.type === type) return box;
  throw invalid(`There is no "${type}" box where one is due.`);
}

function boxAt(bytes: Uint8Array, from: number, limit: number): BoxSpan {
  const header = new Cursor(bytes, from, limit);
  const short = header.u32();
  const type = String.fromCharCode(...header.take(4));
  const size = short === 1 ? header.u64() : short === 0 ? limit - from : short;
  const end = from + size;
  if (end < header.at || end > limit)
    throw invalid(`A "${printable(type)}" box of ${size} bytes does not fit at byte ${from}.`);
  return { type, from, start: header.at, end };
}

const printable = (type: string): string => type.replace(/[^ -~]/g, "?");

/** Reads big-endian numbers within a span; every read beyond it is an `FMP4_INVALID`. */
export class Cursor {
  at: number;
  readonly end: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.end = end;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  /** A 64-bit number, refused over 2⁵³ − 1 where a double would round it. */
  u64(): number {
    const value = this.u32() * 2 ** 32 + this.u32();
    if (!Number.isSafeInteger(value)) throw invalid("A 64-bit field is over 2⁵³ − 1.");
    return value;
  }

  /** Version and flags of a full box. */
  full(): { readonly version: number; readonly flags: number } {
    const word = this.u32();
    return { version: word >>> 24, flags: word & 0xffffff };
  }

  take(length: number): Uint8Array {
    const from = this.#advance(length);
    return this.#bytes.subarray(from, from + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const from = this.at;
    if (from + length > this.end) throw invalid(`The bytes end at ${this.end}, within a field that begins at ${from}.`);
    this.at = from + length;
    return from;
  }
}
