import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Instant, instant, OvertError } from "@overt/core";
import { pino } from "pino";
import { Accounts } from "./accounts/accounts.ts";
import { passkeyRoutes } from "./accounts/passkey-routes.ts";
import { Passkeys } from "./accounts/passkeys.ts";
import { accountRoutes } from "./accounts/routes.ts";
import { SESSION_RULES, Sessions } from "./accounts/sessions.ts";
import { consoleRoutes } from "./consoles/routes.ts";
import { openDatabase } from "./database/open.ts";
import { demoRoutes } from "./demo/routes.ts";
import { type App, makeApp } from "./http/app.ts";
import { layoutRoutes } from "./layouts/routes.ts";
import { type CheckedOptions, type ControlOptions, checkOptions, typedHost } from "./options.ts";
import { Fleet } from "./recorders/fleet.ts";
import { recorderRoutes } from "./recorders/routes.ts";
import { openCertificates } from "./tls/open.ts";
import { makeServer } from "./tls/server.ts";
import { webBundle } from "./web-bundle.ts";

export interface Control {
  /** What a person types into a browser on this machine. */
  readonly url: string;
  /** A one-time link that makes the first account; null when there is one. */
  readonly setupLink: string | null;
  /** SHA-256 of the local authority's certificate, to be compared before it is trusted; null without one. */
  readonly caFingerprint: string | null;
  close(): Promise<void>;
}

/**
 * Starts the centre.
 *
 * @throws OvertError `OPTIONS_INVALID`, `DATABASE_UNUSABLE`, `DATABASE_FOREIGN`, `DATA_DIR_IN_USE`, `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`, `TLS_FILES_INVALID`,
 *   `ACME_FAILED`, `WEB_BUNDLE_MISSING`
 */
export async function startControl(given: ControlOptions, now: () => Instant = wallClock): Promise<Control> {
  const options = checkOptions(given);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  // Standard output carries the ready line alone.
  const logger = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }));
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const database = await openDatabase(options.dataDir);
    undo.push(() => database.destroy());
    const certificates = await openCertificates(options, now, logger);
    undo.push(async () => certificates?.close());
    const sessions = new Sessions(database, now, {
      idleMs: options.sessions.idleMs ?? SESSION_RULES.idleMs,
      absoluteMs: options.sessions.absoluteMs ?? SESSION_RULES.absoluteMs,
    });
    const accounts = new Accounts(database, now);
    const fleet = new Fleet(options.recorders, now, (message, detail) => logger.info(detail, message));
    undo.push(async () => fleet.close());
    const publicOrigin = options.publicUrl ? new URL(options.publicUrl).origin : undefined;
    let hangUp = () => {};
    const app = await makeApp({
      makeServer: (answer) => {
        const made = makeServer(certificates, answer);
        hangUp = made.hangUp;
        return made.server;
      },
      origin: { scheme: certificates ? "https" : "http", publicOrigin },
      sessions,
      logger,
      hsts: options.tls.mode === "files" || options.tls.mode === "acme",
    });
    undo.push(() => app.close());
    app.addHook("preClose", async () => hangUp());
    openRoutes(app, certificates?.authority?.certPem);
    accountRoutes(app, { accounts, sessions, demo: options.demo, plug: options.demoSocket !== undefined });
    passkeyRoutes(app, { passkeys: new Passkeys(database, now), sessions });
    recorderRoutes(app, { fleet });
    layoutRoutes(app, { database });
    if (options.demoSocket !== undefined) demoRoutes(app, { socket: options.demoSocket });
    consoleRoutes(app, { fleet, sessions, now });
    if (options.webDir) await webBundle(app, options.webDir);
    await listen(app, options);
    const url = options.publicUrl ?? addressOf(app.server, options);
    const token = await accounts.newSetupToken();
    return {
      url,
      // In the fragment, which browsers never send: the token stays out of every log on the way.
      setupLink: token && `${url.replace(/\/$/, "")}/setup#${token}`,
      caFingerprint: certificates?.authority?.fingerprint ?? null,
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

const wallClock = (): Instant => instant(Date.now());

function openRoutes(app: App, authorityPem: string | undefined): void {
  app.get("/healthz", { config: { public: true }, schema: { summary: "Whether the centre answers." } }, async () => ({
    ok: true,
  }));
  if (authorityPem === undefined) return;
  app.get("/ca.crt", { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .type("application/x-x509-ca-cert")
      .header("content-disposition", 'attachment; filename="overt-ca.crt"')
      .send(authorityPem),
  );
}

async function listen(app: App, { host, port }: CheckedOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE")
      throw new OvertError("PORT_IN_USE", `Port ${port} on ${host} is in use by another program.`, {
        hint: "Stop it, or set another port in the configuration.",
        cause,
      });
    throw new OvertError("ADDRESS_UNAVAILABLE", `The centre cannot listen on ${host}, port ${port}.`, {
      hint: code === "EACCES" ? "Ports under 1024 need a privilege; take a higher one." : "Correct host and port.",
      cause,
    });
  }
}

function addressOf(server: Server, { host, tls }: CheckedOptions): string {
  const { port } = server.address() as AddressInfo;
  const name = tls.mode === "acme" ? (tls.names[0] ?? host) : typedHost(host);
  return `${tls.mode === "off-loopback-only" ? "http" : "https"}://${name}:${port}/`;
}
