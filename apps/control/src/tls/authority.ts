import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import "reflect-metadata/lite";
import { days, type Instant, OvertError } from "@overt/core";
import * as x509 from "@peculiar/x509";
import { encodeNameConstraints, NAME_CONSTRAINTS, permits, permittedNames } from "./name-constraints.ts";
import { writeWhole } from "./source.ts";

x509.cryptoProvider.set(crypto);

export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** A clock that is a little behind at the other machine must not refuse a fresh certificate. */
export const BACKDATE_MS = days(1);
const LIFE_MS = days(3_650);

export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
  /** The DNS names, and all below them, that it may sign for. */
  readonly permitted: readonly string[];
}

/**
 * The stored authority, or a new one when there is none or when it may not sign for all of `needed`.
 *
 * @param wished DNS names that a new one is made for.
 * @param needed Those among them without which the stored one is of no use.
 * @throws OvertError `LOCAL_CA_INVALID`
 */
export async function openAuthority(
  directory: string,
  { wished, needed }: { wished: readonly string[]; needed: readonly string[] },
  now: Instant,
): Promise<{ authority: Authority; replaced: boolean }> {
  const stored = await storedAuthority(directory);
  if (stored && needed.every((name) => permits(stored.permitted, name))) return { authority: stored, replaced: false };
  return { authority: await newAuthority(directory, wished, now), replaced: stored !== null };
}

/** SHA-256 of the certificate as people compare it: pairs of digits with colons. */
export function fingerprintOf({ certificate }: Authority): string {
  const hex = createHash("sha256").update(new Uint8Array(certificate.rawData)).digest("hex").toUpperCase();
  return hex.match(/../g)?.join(":") ?? hex;
}

async function storedAuthority(directory: string): Promise<Authority | null> {
  const [certFile, keyFile] = files(directory);
  // The key is written first: alone it was never used.
  if (!existsSync(certFile)) return null;
  try {
    const certificate = new x509.X509Certificate(readFileSync(certFile, "utf8"));
    const constraints = certificate.getExtension(NAME_CONSTRAINTS);
    const permitted = constraints ? permittedNames(new Uint8Array(constraints.value)) : [];
    return { certificate, permitted, key: await importKey(readFileSync(keyFile, "utf8")) };
  } catch (cause) {
    throw new OvertError("LOCAL_CA_INVALID", `The local authority in ${directory} cannot be read.`, {
      hint: "Restore ca.crt and ca.key from a backup, or move them away: a new authority is then made, which every browser has to trust anew.",
      cause,
    });
  }
}

async function newAuthority(directory: string, permitted: readonly string[], now: Instant): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [`Overt local authority of ${hostname()}`] }],
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + LIFE_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.Extension(NAME_CONSTRAINTS, true, encodeNameConstraints(permitted)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const [certFile, keyFile] = files(directory);
  writeWhole(keyFile, await exportKey(keys.privateKey), 0o600);
  writeWhole(certFile, `${certificate.toString("pem")}\n`, 0o644);
  return { certificate, permitted, key: keys.privateKey };
}

function files(directory: string): [cert: string, key: string] {
  return [join(directory, "ca.crt"), join(directory, "ca.key")];
}

/** 16 random octets, positive (RFC 5280 §4.1.2.2). */
export function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

export async function exportKey(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ["sign"]);
}
