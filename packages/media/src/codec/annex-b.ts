/**
 * Splits a byte stream (H.264 Annex B, H.265 Annex B) at its 3- and 4-byte start codes. Trailing zeros are cut and
 * empty pieces dropped; bytes before the first start code are a NAL unit too.
 *
 * @returns Views into `stream`, not copies.
 */
export function splitAnnexB(stream: Uint8Array): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let start = 0;
  for (;;) {
    const code = findStartCode(stream, start, stream.length);
    const end = trimZeros(stream, start, code < 0 ? stream.length : code);
    if (end > start) nals.push(stream.subarray(start, end));
    if (code < 0) return nals;
    start = code + 3;
  }
}

/** Puts a 4-byte start code before each NAL unit. */
export function joinAnnexB(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const nal of nals) length += 4 + nal.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const nal of nals) {
    out[at + 3] = 1;
    out.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return out;
}

/** Index of the first `00 00 01` that lies wholly in `[from, to)`, or -1. */
export function findStartCode(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 2;
  while (at < to) {
    const byte = bytes[at]!;
    if (byte > 1) at += 3;
    else if (byte === 1 && bytes[at - 1] === 0 && bytes[at - 2] === 0) return at - 2;
    else at += 1;
  }
  return -1;
}

/** The end of `[start, end)` without its trailing zero bytes (`trailing_zero_8bits`). */
export function trimZeros(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last--;
  return last;
}
