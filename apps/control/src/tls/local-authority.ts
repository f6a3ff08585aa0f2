import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { isIP } from "node:net";
import { join } from "node:path";
import "reflect-metadata/lite";
import { days, type Instant, OvertError } from "@overt/core";
import * as x509 from "@peculiar/x509";
import type { FastifyBaseLogger } from "fastify";
import { type CertificateSource, type Credentials, writeWhole } from "./source.ts";

x509.cryptoProvider.set(crypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const AUTHORITY_LIFE_MS = days(3_650);
/** Apple's systems refuse leaves of more than 825 days; short ones are cheap here. */
const LEAF_LIFE_MS = days(90);
const RENEW_BEFORE_MS = days(30);
const CHECK_EVERY_MS = 3_600_000;
/** A clock that was a little behind at the other machine must not refuse a fresh certificate. */
const BACKDATE_MS = days(1);

export interface LocalAuthorityOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly names: readonly string[];
  readonly now: () => Instant;
  readonly logger: FastifyBaseLogger;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

/**
 * An authority of this installation's own and a leaf under it, so that HTTPS works from the first start without anyone
 * outside. Its key never leaves `dataDir/tls` and its certificate can sign nothing but leaves.
 *
 * @throws OvertError `LOCAL_CA_INVALID`
 */
export async function openLocalAuthority(options: LocalAuthorityOptions): Promise<CertificateSource> {
  const directory = join(options.dataDir, "tls");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authority = await openAuthority(directory, options.now());
  const names = leafNames(options);
  let current = await openLeaf(directory, authority, names, options.now());
  let listener: (credentials: Credentials) => void = () => {};
  const timer = setInterval(() => {
    openLeaf(directory, authority, names, options.now()).then(
      (credentials) => {
        if (credentials.cert === current.cert) return;
        current = credentials;
        listener(credentials);
        options.logger.info("The centre's certificate was renewed.");
      },
      (error: unknown) => options.logger.error({ err: error }, "The centre's certificate could not be renewed."),
    );
  }, CHECK_EVERY_MS);
  timer.unref();
  return {
    get current() {
      return current;
    },
    onRenewed: (given) => {
      listener = given;
    },
    authority: {
      certPem: `${authority.certificate.toString("pem")}\n`,
      fingerprint: fingerprintOf(authority.certificate),
    },
    close: async () => clearInterval(timer),
  };
}

async function openAuthority(directory: string, now: Instant): Promise<Authority> {
  const certFile = join(directory, "ca.crt");
  const keyFile = join(directory, "ca.key");
  if (existsSync(certFile) && existsSync(keyFile)) {
    try {
      const certificate = new x509.X509Certificate(readFileSync(certFile, "utf8"));
      return { certificate, key: await importKey(readFileSync(keyFile, "utf8")) };
    } catch (cause) {
      throw new OvertError("LOCAL_CA_INVALID", `The local authority in ${directory} cannot be read.`, {
        hint: "Restore both files from a backup, or move them away: a new authority is then made, which every browser has to trust anew.",
        cause,
      });
    }
  }
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [`Overt local authority of ${hostname()}`] }],
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + AUTHORITY_LIFE_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeWhole(keyFile, await exportKey(keys.privateKey), 0o600);
  writeWhole(certFile, `${certificate.toString("pem")}\n`, 0o644);
  return { certificate, key: keys.privateKey };
}

/** The stored leaf while it is good for `names` and not about to expire, else a new one. */
async function openLeaf(
  directory: string,
  authority: Authority,
  names: readonly string[],
  now: Instant,
): Promise<Credentials> {
  const file = join(directory, "leaf.pem");
  const stored = existsSync(file) ? await storedLeaf(file, authority, names, now) : null;
  if (stored) return stored;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [names[0] ?? "localhost"] }],
    issuer: authority.certificate.subject,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + LEAF_LIFE_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const leaf = { cert: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
  writeWhole(file, leaf.cert + leaf.key, 0o600);
  return leaf;
}

async function storedLeaf(
  file: string,
  authority: Authority,
  names: readonly string[],
  now: Instant,
): Promise<Credentials | null> {
  const text = readFileSync(file, "utf8");
  const cert = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(text)?.[0];
  const key = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(text)?.[0];
  if (!cert || !key) return null;
  const certificate = new x509.X509Certificate(cert);
  const has = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value);
  const covers = names.every((name) => has?.includes(name));
  const lasts = certificate.notAfter.getTime() - now > RENEW_BEFORE_MS && certificate.notBefore.getTime() <= now;
  const ours = await certificate.verify({ publicKey: authority.certificate.publicKey, signatureOnly: true });
  return covers && lasts && ours ? { cert, key } : null;
}

/** Every name by which this machine can be reached, those of its network cards included when it listens on all. */
function leafNames({ host, names }: LocalAuthorityOptions): string[] {
  const all = host === "0.0.0.0" || host === "::";
  const cards = all ? Object.values(networkInterfaces()).flatMap((card) => card ?? []) : [];
  const addresses = cards.filter((card) => !card.internal && !card.address.startsWith("fe80")).map((c) => c.address);
  const own = ["localhost", "127.0.0.1", "::1", hostname(), ...(all ? [] : [host])];
  return [...new Set([...own, ...addresses, ...names])];
}

function fingerprintOf(certificate: x509.X509Certificate): string {
  const hex = createHash("sha256").update(new Uint8Array(certificate.rawData)).digest("hex").toUpperCase();
  return hex.match(/../g)?.join(":") ?? hex;
}

/** 16 random octets, positive (RFC 5280 §4.1.2.2). */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

async function exportKey(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ["sign"]);
}
