import type { Instant } from "@overt/core";
import type { FastifyBaseLogger } from "fastify";
import type { CheckedOptions } from "../options.ts";
import { openAcme } from "./acme.ts";
import { openCertificateFiles } from "./certificate-files.ts";
import { openLocalAuthority } from "./local-authority.ts";
import type { CertificateSource } from "./source.ts";

/** The certificates that the configuration asks for; null without TLS. */
export async function openCertificates(
  { tls, dataDir, host }: CheckedOptions,
  now: () => Instant,
  logger: FastifyBaseLogger,
): Promise<CertificateSource | null> {
  if (tls.mode === "off-loopback-only") return null;
  if (tls.mode === "files") return openCertificateFiles({ ...tls, now, logger });
  if (tls.mode === "acme") return openAcme({ ...tls.acme, names: tls.names, dataDir, now, logger });
  return openLocalAuthority({ dataDir, host, names: tls.names, now, logger });
}
