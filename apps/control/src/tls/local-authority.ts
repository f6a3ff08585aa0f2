import { mkdirSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Instant } from "@overt/core";
import type { FastifyBaseLogger } from "fastify";
import { type Authority, fingerprintOf, openAuthority } from "./authority.ts";
import { openLeaf } from "./leaf.ts";
import { permits } from "./name-constraints.ts";
import type { CertificateSource, Credentials } from "./source.ts";

export interface LocalAuthorityOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly names: readonly string[];
  readonly now: () => Instant;
  readonly logger: FastifyBaseLogger;
}

const CHECK_EVERY_MS = 3_600_000;

/**
 * An authority of this installation's own and a leaf under it, so that HTTPS works from the first start without anyone
 * outside. Its key never leaves `dataDir/tls`, and it can sign for this installation's names alone.
 *
 * @throws OvertError `LOCAL_CA_INVALID`
 */
export async function openLocalAuthority(options: LocalAuthorityOptions): Promise<CertificateSource> {
  const { logger, now } = options;
  const directory = join(options.dataDir, "tls");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const isName = (name: string): boolean => isIP(name) === 0;
  const names = {
    wished: reachableBy(options).filter(isName),
    needed: lower([options.host, ...options.names]).filter(isName),
  };
  const { authority, replaced } = await openAuthority(directory, names, now());
  if (replaced) logger.warn("A new local authority was made for the new names: every browser has to trust it anew.");
  const leaf = (): Promise<Credentials> => openLeaf(directory, authority, leafNames(authority, options), now());
  let current = await leaf();
  let listener: (credentials: Credentials) => void = () => {};
  const timer = setInterval(() => {
    leaf().then(
      (credentials) => {
        if (credentials.cert === current.cert) return;
        current = credentials;
        listener(credentials);
        logger.info("The centre's certificate was renewed.");
      },
      (error: unknown) => logger.error({ err: error }, "The centre's certificate could not be renewed."),
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
    authority: { certPem: `${authority.certificate.toString("pem")}\n`, fingerprint: fingerprintOf(authority) },
    close: async () => clearInterval(timer),
  };
}

/** A host name that changed under an old authority is left out: trusting a new one by hand would cost more. */
function leafNames({ permitted }: Authority, options: LocalAuthorityOptions): string[] {
  return reachableBy(options).filter((name) => isIP(name) !== 0 || permits(permitted, name));
}

/** Every name by which this machine can be reached, those of its network cards included when it listens on all. */
function reachableBy({ host, names }: LocalAuthorityOptions): string[] {
  const all = host === "0.0.0.0" || host === "::";
  const cards = all ? Object.values(networkInterfaces()).flatMap((card) => card ?? []) : [];
  const addresses = cards.filter((card) => !card.internal && !card.address.startsWith("fe80")).map((c) => c.address);
  const own = ["localhost", "127.0.0.1", "::1", hostname(), ...(all ? [] : [host])];
  return [...new Set(lower([...own, ...addresses, ...names]))];
}

const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());
