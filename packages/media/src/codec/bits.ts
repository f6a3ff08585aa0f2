/**
 * Removes emulation prevention: `00 00 03` becomes `00 00` (H.264 §7.4.1, H.265 §7.4.2).
 *
 * @returns The same array where there is nothing to remove.
 */
export function unescapeNal(nal: Uint8Array): Uint8Array {
  let first = 2;
  while (first < nal.length && !escapedAt(nal, first)) first++;
  if (first >= nal.length) return nal;
  const out = new Uint8Array(nal.length - 1);
  out.set(nal.subarray(0, first));
  let length = first;
  let zeros = 0;
  for (let at = first + 1; at < nal.length; at++) {
    const byte = nal[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

const escapedAt = (nal: Uint8Array, at: number): boolean => nal[at] === 3 && nal[at - 1] === 0 && nal[at - 2] === 0;

/**
 * Reads bit fields of a raw byte sequence payload. Past the end it gives zeros and sets `overrun`, so that a parser
 * of a camera's odd bytes keeps what it has read instead of throwing.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit: number;
  overrun = false;

  constructor(bytes: Uint8Array, fromByte = 0) {
    this.#bytes = bytes;
    this.#bit = fromByte * 8;
  }

  /** Bit position from the start of the bytes. */
  get position(): number {
    return this.#bit;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** `u(count)`, at most 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      const byte = this.#bytes[this.#bit >> 3];
      if (byte === undefined) this.overrun = true;
      const free = 8 - (this.#bit & 7);
      const take = Math.min(free, left);
      value = value * 2 ** take + (((byte ?? 0) >> (free - take)) & (2 ** take - 1));
      this.#bit += take;
      left -= take;
    }
    return value;
  }

  skip(count: number): void {
    this.#bit += count;
    if (this.#bit > this.#bytes.length * 8) this.overrun = true;
  }

  /** `ue(v)`, Exp-Golomb (H.264 §9.1). */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros++;
      if (zeros > 32 || this.overrun) {
        this.overrun = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** `se(v)`, signed Exp-Golomb (H.264 §9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 ? (code + 1) / 2 : 0 - code / 2;
  }
}
