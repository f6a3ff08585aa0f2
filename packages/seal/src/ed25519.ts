import { concatBytes, fromHex, OvertError } from "@overt/core";

/** Ed25519 (RFC 8032) over bytes; the key stays with whoever made this function. */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;
export type Verify = (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;

export interface SigningKeys {
  /** RFC 8032 private key, 32 bytes. */
  readonly seed: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** RFC 8410 §7: what stands before the 32 bytes of a private key in PKCS #8. */
const PKCS8_FRONT = fromHex("302e020100300506032b657004220420");

export async function newSigningKeys(): Promise<SigningKeys> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { seed: pkcs8.slice(-32), publicKey };
}

/** @throws OvertError `KEY_INVALID` */
export async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const key = await importSeed(seed, true);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  const base64 = (x ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** @throws OvertError `KEY_INVALID` */
export async function signer(seed: Uint8Array): Promise<Sign> {
  const key = await importSeed(seed, false);
  return async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, owned(bytes)));
}

/** @throws OvertError `KEY_INVALID` */
export async function verifier(publicKey: Uint8Array): Promise<Verify> {
  const key = await importKey("raw", publicKey, "public", ["verify"], false);
  return (bytes, signature) => crypto.subtle.verify("Ed25519", key, owned(signature), owned(bytes));
}

const importSeed = (seed: Uint8Array, extractable: boolean): Promise<CryptoKey> =>
  importKey("pkcs8", concatBytes([PKCS8_FRONT, seed]), "private", ["sign"], extractable);

async function importKey(
  format: "raw" | "pkcs8",
  bytes: Uint8Array,
  kind: string,
  uses: KeyUsage[],
  extractable: boolean,
): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey(format, owned(bytes), "Ed25519", extractable, uses);
  } catch (cause) {
    throw new OvertError("KEY_INVALID", `These ${bytes.length} bytes are no Ed25519 ${kind} key.`, { cause });
  }
}

/** WebCrypto refuses views of shared memory, so the type does too. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
