import { createCipheriv, createDecipheriv } from "node:crypto";
import { type GcmSeal, TAG_BYTES } from "@overt/seal";

/** `final` frees OpenSSL's context, which overwrites its copy of the key; nothing here outlives the call. */
export const nodeGcmSeal: GcmSeal = (key, nonce, aad, plaintext) => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  const parts: Uint8Array[] = plaintext.map((part) => cipher.update(part));
  cipher.final();
  parts.push(cipher.getAuthTag());
  return parts;
};

/** @throws when the message is not authentic */
export function nodeGcmOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -TAG_BYTES));
  decipher.final();
  return plaintext;
}
