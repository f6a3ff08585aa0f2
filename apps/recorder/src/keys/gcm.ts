import { createCipheriv, createDecipheriv } from "node:crypto";
import { type GcmSeal, TAG_BYTES } from "@overt/seal";

/** Small enough that a part is still in the processor's cache when it is copied into its place. */
const PART_BYTES = 16 * 1024;

/** All at once: the caller may overwrite the plaintext at once. */
export const nodeGcmSeal = (...message: Parameters<GcmSeal>): Uint8Array[] => [...nodeGcmSealInParts(...message)];

/**
 * Part by part, each made when it is asked for. `final` frees OpenSSL's context, which overwrites its copy of the key:
 * nothing outlives the last part.
 */
export function* nodeGcmSealInParts(...[key, nonce, aad, plaintext]: Parameters<GcmSeal>): Generator<Uint8Array> {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  for (const part of plaintext)
    for (let at = 0; at < part.length; at += PART_BYTES) yield cipher.update(part.subarray(at, at + PART_BYTES));
  cipher.final();
  yield cipher.getAuthTag();
}

/** @throws when the message is not authentic */
export function nodeGcmOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -TAG_BYTES));
  decipher.final();
  return plaintext;
}
