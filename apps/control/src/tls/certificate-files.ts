import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { type Instant, OvertError } from "@overt/core";
import type { FastifyBaseLogger } from "fastify";
import type { CertificateSource, Credentials } from "./source.ts";

export interface CertificateFilesOptions {
  readonly certFile: string;
  readonly keyFile: string;
  readonly now: () => Instant;
  readonly logger: FastifyBaseLogger;
  readonly pollMs?: number;
}

/**
 * Certificate and key that someone else renews. A change is taken over only when both files fit together, so that a
 * renewal that is half written changes nothing. Polled, since files on mounts and behind symbolic links send no events.
 *
 * @throws OvertError `TLS_FILES_INVALID`
 */
export function openCertificateFiles(options: CertificateFilesOptions): CertificateSource {
  const { certFile, keyFile, logger, pollMs = 10_000 } = options;
  let current = read(options);
  let listener: (credentials: Credentials) => void = () => {};
  const changed = () => {
    try {
      const next = read(options);
      if (next.cert === current.cert && next.key === current.key) return;
      current = next;
      listener(next);
      logger.info("The certificate files were read again.");
    } catch (error) {
      logger.warn({ err: error }, "The changed certificate files are not used yet.");
    }
  };
  for (const file of [certFile, keyFile]) watchFile(file, { interval: pollMs, persistent: false }, changed);
  return {
    get current() {
      return current;
    },
    onRenewed: (given) => {
      listener = given;
    },
    authority: null,
    close: async () => {
      for (const file of [certFile, keyFile]) unwatchFile(file, changed);
    },
  };
}

function read({ certFile, keyFile, now }: CertificateFilesOptions): Credentials {
  const fault = (message: string, hint: string, cause?: unknown) =>
    new OvertError("TLS_FILES_INVALID", message, { hint, cause });
  let credentials: Credentials;
  let certificate: X509Certificate;
  let fits: boolean;
  try {
    credentials = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
    certificate = new X509Certificate(credentials.cert);
    fits = certificate.checkPrivateKey(createPrivateKey(credentials.key));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fault(
      `${certFile} and ${keyFile} cannot be used for HTTPS: ${why}`,
      "Both must be readable PEM files.",
      cause,
    );
  }
  if (!fits)
    throw fault(`The key ${keyFile} does not belong to ${certFile}.`, "Name the pair that was issued together.");
  if (certificate.validToDate.getTime() <= now())
    throw fault(`The certificate ${certFile} expired on ${certificate.validTo}.`, "Renew it.");
  return credentials;
}
