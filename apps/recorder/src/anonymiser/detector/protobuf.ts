import { concatBytes, utf8 } from "@overt/core";

/** One field of a protocol buffers message, already encoded. */
export type Field = Uint8Array<ArrayBuffer>;

/** Joins fields to a message. */
export const message = (...fields: readonly Field[]): Field => concatBytes(fields);

export const varintField = (number: number, value: number): Field =>
  Uint8Array.from([...varint(number << 3), ...varint(value)]);

export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([Uint8Array.from(varint((number << 3) | 5)), bytes]);
}

export const bytesField = (number: number, value: Uint8Array): Field =>
  concatBytes([Uint8Array.from([...varint((number << 3) | 2), ...varint(value.length)]), value]);

export const textField = (number: number, value: string): Field => bytesField(number, utf8(value));

/** Base-128, least significant group first; by division, since sizes may pass 2^31. */
function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return out;
}
