import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { days, type Instant, instant } from "@overt/core";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAcme } from "./acme.ts";
import { type FakeAcme, startFakeAcme } from "./fake-acme.ts";

let dataDir: string;
let httpPort: number;
let authority: FakeAcme;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "overt-acme-"));
  httpPort = await freePort();
  authority = await startFakeAcme(() => httpPort);
});
afterEach(async () => {
  await authority.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const today = instant(Date.now());
const open = (names: string[], now: Instant = today, directoryUrl = authority.directoryUrl) =>
  openAcme({
    directoryUrl,
    email: "operator@centre.example",
    termsOfServiceAgreed: true,
    httpPort,
    names,
    dataDir,
    now: () => now,
    logger: pino({ level: "silent" }),
  });

test("a certificate is had by answering on port 80, and kept for the next start", async () => {
  const first = await open(["centre.example", "wall.example"]);
  const certificate = new X509Certificate(first.current.cert);
  expect(certificate.checkHost("wall.example")).toBe("wall.example");
  expect(authority.orders).toEqual([["centre.example", "wall.example"]]);
  expect(statSync(join(dataDir, "tls/acme.key")).mode & 0o777).toBe(0o600);
  const plain = await fetch(`http://127.0.0.1:${httpPort}/wall`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("location")]).toEqual([308, "https://127.0.0.1/wall"]);
  await first.close();

  const again = await open(["centre.example", "wall.example"]);
  expect(again.current).toEqual(first.current);
  expect(authority.orders).toHaveLength(1);
  await again.close();
});

test("new names and nearing expiry each make a new order", async () => {
  for (const [names, now] of [
    [["centre.example"], today],
    [["centre.example", "new.example"], today],
    [["centre.example", "new.example"], instant(today + days(61))],
  ] as const)
    await (await open([...names], now)).close();
  expect(authority.orders).toHaveLength(3);
});

test("a name that does not lead here is said with what to check, and port 80 is free again", async () => {
  const elsewhere = await startFakeAcme(() => 9);
  const failed = open(["centre.example"], today, elsewhere.directoryUrl);
  await expect(failed).rejects.toMatchObject({
    code: "ACME_FAILED",
    message: expect.stringContaining("centre.example"),
  });
  await elsewhere.close();
  await (await open(["centre.example"])).close();
});

test("a port 80 in use is said", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(httpPort, resolve));
  await expect(open(["centre.example"])).rejects.toMatchObject({ code: "PORT_IN_USE" });
  await new Promise((resolve) => other.close(resolve));
});
