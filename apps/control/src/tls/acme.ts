import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { days, type Instant, OvertError } from "@overt/core";
import { Client, crypto } from "acme-client";
import type { FastifyBaseLogger } from "fastify";
import { type CertificateSource, type Credentials, writeWhole } from "./source.ts";

export interface AcmeOptions {
  readonly directoryUrl: string;
  readonly email: string;
  readonly termsOfServiceAgreed: true;
  /** Where HTTP-01 is answered; authorities ask on port 80 alone (RFC 8555 §8.3). */
  readonly httpPort: number;
  readonly names: readonly string[];
  readonly dataDir: string;
  readonly now: () => Instant;
  readonly logger: FastifyBaseLogger;
}

const RENEW_BEFORE_MS = days(30);
const CHECK_EVERY_MS = 12 * 3_600_000;
const CHALLENGE_PATH = "/.well-known/acme-challenge/";

/**
 * A certificate from a public authority by RFC 8555, kept in `dataDir/tls` and renewed 30 days before it expires. A
 * renewal that fails is tried again twice a day; the old certificate stays in use.
 *
 * @throws OvertError `ACME_FAILED` when there is no usable certificate and none can be had.
 */
export async function openAcme(options: AcmeOptions): Promise<CertificateSource> {
  const directory = join(options.dataDir, "tls");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const answers = new Map<string, string>();
  const server = await answerChallenges(answers, options.httpPort);
  let listener: (credentials: Credentials) => void = () => {};
  let current: Credentials;
  try {
    current = stored(directory, options) ?? (await order(directory, answers, options));
  } catch (cause) {
    server.close();
    throw new OvertError("ACME_FAILED", `No certificate for ${options.names.join(", ")} could be had.`, {
      hint: `The authority said: ${cause instanceof Error ? cause.message : String(cause)}. Do these names lead here, and does port 80 reach port ${options.httpPort} of this machine?`,
      cause,
    });
  }
  const timer = setInterval(() => {
    if (stored(directory, options)) return;
    order(directory, answers, options).then(
      (credentials) => {
        current = credentials;
        listener(credentials);
      },
      (error: unknown) => options.logger.error({ err: error }, "The certificate could not be renewed."),
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
    authority: null,
    close: async () => {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function stored(directory: string, { names, now }: AcmeOptions): Credentials | null {
  const [certFile, keyFile] = files(directory);
  if (!existsSync(certFile) || !existsSync(keyFile)) return null;
  const cert = readFileSync(certFile, "utf8");
  const certificate = new X509Certificate(cert);
  const lasts = certificate.validToDate.getTime() - now() > RENEW_BEFORE_MS;
  const covers = names.every((name) => certificate.checkHost(name) !== undefined);
  return lasts && covers ? { cert, key: readFileSync(keyFile, "utf8") } : null;
}

async function order(directory: string, answers: Map<string, string>, options: AcmeOptions): Promise<Credentials> {
  const client = new Client({ directoryUrl: options.directoryUrl, accountKey: await accountKey(directory) });
  const key = await crypto.createPrivateEcdsaKey("P-256");
  const [, csr] = await crypto.createCsr({ altNames: [...options.names] }, key);
  const cert = await client.auto({
    csr,
    email: options.email,
    termsOfServiceAgreed: options.termsOfServiceAgreed,
    challengePriority: ["http-01"],
    // Behind a router this machine often cannot reach its own public address; the authority can.
    skipChallengeVerification: true,
    challengeCreateFn: async (_authorization, challenge, answer) => {
      answers.set(challenge.token, answer);
    },
    challengeRemoveFn: async (_authorization, challenge) => {
      answers.delete(challenge.token);
    },
  });
  const [certFile, keyFile] = files(directory);
  writeWhole(keyFile, key.toString(), 0o600);
  writeWhole(certFile, cert, 0o644);
  return { cert, key: key.toString() };
}

async function accountKey(directory: string): Promise<string> {
  const file = join(directory, "acme-account.key");
  if (!existsSync(file)) writeWhole(file, (await crypto.createPrivateEcdsaKey("P-256")).toString(), 0o600);
  return readFileSync(file, "utf8");
}

function files(directory: string): [cert: string, key: string] {
  return [join(directory, "acme.crt"), join(directory, "acme.key")];
}

/** Answers HTTP-01 and sends everything else to HTTPS. */
async function answerChallenges(answers: ReadonlyMap<string, string>, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const answer = path.startsWith(CHALLENGE_PATH) ? answers.get(path.slice(CHALLENGE_PATH.length)) : undefined;
    if (answer !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(answer);
      return;
    }
    const host = /^[a-zA-Z0-9.-]+/.exec(request.headers.host ?? "")?.[0];
    response.writeHead(host ? 308 : 404, host ? { location: `https://${host}${path}` } : {}).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new OvertError("PORT_IN_USE", `Port ${port}, on which ACME asks, cannot be opened.`, {
          hint: "Stop what uses it, or pass port 80 on to another one and name that as acme.httpPort.",
          cause,
        }),
      ),
    );
    server.listen(port, resolve);
  });
  return server;
}
