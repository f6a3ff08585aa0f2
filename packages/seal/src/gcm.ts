/**
 * AES-256-GCM (NIST SP 800-38D) as sealing needs it: at once, so that a fragment is ciphertext before ingest does
 * anything else. Node's `createCipheriv` stands behind it in a recorder; pure packages import no Node module.
 *
 * @returns the ciphertext and, at its end, the 16-byte tag, in as many parts as is convenient. Each may be made only when
 * it is asked for, and then of plaintext that no part has been made of: so it can be put where its plaintext stood.
 */
export type GcmSeal = (
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: readonly Uint8Array[],
) => Iterable<Uint8Array>;

/** One key's opening. @returns `null` when the message is not authentic */
export type GcmOpen = (
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
) => Promise<Uint8Array<ArrayBuffer> | null>;

export const TAG_BYTES = 16;
export const NONCE_BYTES = 12;
export const KEY_BYTES = 32;

/** WebCrypto's. Not for a process that must forget `key`: a `CryptoKey` cannot be wiped. */
export async function webGcmSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await importKey(key, "encrypt");
  return new Uint8Array(await crypto.subtle.encrypt(parameters(nonce, aad), imported, plaintext as BufferSource));
}

/** WebCrypto's, for viewers and for playing what a period key opens. */
export async function webGcmOpen(key: Uint8Array): Promise<GcmOpen> {
  const imported = await importKey(key, "decrypt");
  return async (nonce, aad, sealed) => {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce, aad), imported, sealed as BufferSource));
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === "OperationError") return null;
      throw thrown;
    }
  };
}

const importKey = (key: Uint8Array, use: KeyUsage): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key as BufferSource, "AES-GCM", false, [use]);

const parameters = (nonce: Uint8Array, aad: Uint8Array): AesGcmParams => ({
  name: "AES-GCM",
  iv: nonce as BufferSource,
  additionalData: aad as BufferSource,
  tagLength: 8 * TAG_BYTES,
});
