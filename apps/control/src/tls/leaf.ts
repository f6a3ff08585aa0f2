import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { days, type Instant } from "@overt/core";
import * as x509 from "@peculiar/x509";
import { ALGORITHM, type Authority, BACKDATE_MS, exportKey, newSerial } from "./authority.ts";
import { type Credentials, writeWhole } from "./source.ts";

/** Apple's systems refuse leaves of more than 825 days; short ones are cheap here. */
const LIFE_MS = days(90);
const RENEW_BEFORE_MS = days(30);

/** The stored leaf while it is good for `names` and not about to expire, else a new one. */
export async function openLeaf(
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
    notAfter: new Date(now + LIFE_MS),
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
