import { concatBytes, utf8 } from "@overt/core";

/** A box of ISO/IEC 14496-12 §4.2. For headers, which are small and rare; fragments are written in place. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concatBytes(content);
  return concatBytes([u32(8 + body.length), utf8(type), body]);
}

/** A box with version and flags. */
export function fullBox(type: string, version: number, flags: number, ...content: readonly Uint8Array[]) {
  return box(type, u32(version * 0x1000000 + flags), ...content);
}

export const u8 = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

export const u16 = (...values: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(values.flatMap((value) => [value >>> 8, value]));

export const u32 = (...values: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(values.flatMap((value) => [value >>> 24, value >>> 16, value >>> 8, value]));

export const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
