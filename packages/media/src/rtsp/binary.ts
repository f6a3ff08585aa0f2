import { utf8 } from "@overt/core";

/**
 * Text as a string of bytes: one character below U+0100 for each byte. Heads of messages are kept so, because a realm
 * goes into the digest exactly as the camera sent it, in whatever encoding that was.
 */
export function binaryOf(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let out = "";
  for (let i = from; i < to; i++) out += String.fromCharCode(bytes[i] ?? 0);
  return out;
}

/** A string of bytes back as bytes. */
export function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

/** Text in UTF-8, as a string of bytes. */
export const utf8Binary = (text: string): string => binaryOf(utf8(text));

const loose = new TextDecoder("utf-8", { fatal: false });

/** Text in whatever encoding a camera has; what is not UTF-8 becomes replacement characters. */
export const fromUtf8Loosely = (bytes: Uint8Array): string => loose.decode(bytes);
