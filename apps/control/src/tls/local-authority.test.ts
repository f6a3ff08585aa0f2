import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { days, type Instant, instant } from "@overt/core";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalAuthority } from "./local-authority.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "overt-ca-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const today = instant(Date.now());

async function opened(names: string[] = [], now: Instant = today) {
  const logger = pino({ level: "silent" });
  const source = await openLocalAuthority({ dataDir, host: "127.0.0.1", names, now: () => now, logger });
  await source.close();
  if (!source.authority) throw new Error("A local authority has a certificate.");
  return { ...source.authority, leaf: new X509Certificate(source.current.cert), current: source.current };
}

test("OpenSSL accepts the leaf for each of its names under the authority, and for no other", async () => {
  const { certPem, current } = await opened(["centre.example", "192.0.2.7"]);
  const [ca, leaf] = [join(dataDir, "ca.pem"), join(dataDir, "leaf.pem")];
  writeFileSync(ca, certPem);
  writeFileSync(leaf, current.cert);
  const verify = (...check: string[]) =>
    execFileSync("openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, ...check, leaf], {
      encoding: "utf8",
      stdio: "pipe",
    });
  for (const name of ["localhost", hostname(), "centre.example"])
    expect(verify("-verify_hostname", name)).toContain("OK");
  for (const address of ["127.0.0.1", "::1", "192.0.2.7"]) expect(verify("-verify_ip", address)).toContain("OK");
  expect(() => verify("-verify_hostname", "evil.example")).toThrow();
});

test("whoever trusts the authority gives its key no power over other sites", async () => {
  await opened(["centre.example"]);
  const file = (name: string) => join(dataDir, name);
  const [ca, key] = [file("tls/ca.crt"), file("tls/ca.key")];
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe", encoding: "utf8" });
  const forged = (name: string) => {
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("forged.key")];
    const as = ["-x509", "-CA", ca, "-CAkey", key, "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    openssl("req", ...made, ...as, "-addext", "basicConstraints=critical,CA:FALSE", "-out", file("forged.crt"));
    return openssl("verify", "-CAfile", ca, "-verify_hostname", name, file("forged.crt"));
  };
  expect(forged("wall.centre.example")).toContain("OK");
  expect(() => forged("bank.example")).toThrow(/permitted subtree violation/);
});

test("a configured name that the authority may not sign for makes a new one, which is then kept", async () => {
  const first = await opened(["one.example"]);
  const below = await opened(["wall.one.example"]);
  const other = await opened(["two.example"]);
  const again = await opened(["two.example"]);
  expect(below.fingerprint).toBe(first.fingerprint);
  expect(other.fingerprint).not.toBe(first.fingerprint);
  expect(again.current).toEqual(other.current);
});

test("the authority can sign leaves alone, and its key is the owner's alone", async () => {
  const { certPem, fingerprint, leaf } = await opened();
  const authority = new X509Certificate(certPem);
  expect([authority.ca, leaf.ca]).toEqual([true, false]);
  expect(authority.fingerprint256).toBe(fingerprint);
  expect(statSync(join(dataDir, "tls/ca.key")).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, "tls/leaf.pem")).mode & 0o777).toBe(0o600);
  const text = execFileSync("openssl", ["x509", "-noout", "-text"], { input: certPem, encoding: "utf8" });
  expect(text).toContain("CA:TRUE, pathlen:0");
  expect(text).toContain("NIST CURVE: P-256");
});

test("a restart shows the same certificates; new names and nearing expiry make a new leaf under the same authority", async () => {
  const first = await opened(["example"]);
  const same = await opened(["example"]);
  const named = await opened(["new.example"]);
  const shortly = await opened(["new.example"], instant(today + days(59)));
  const later = await opened(["new.example"], instant(today + days(61)));
  expect(same.current).toEqual(first.current);
  expect(new Set([first, named, later].map(({ leaf }) => leaf.serialNumber)).size).toBe(3);
  expect(shortly.current).toEqual(named.current);
  expect(new Set([first, same, named, later].map(({ fingerprint }) => fingerprint)).size).toBe(1);
});

test("a damaged authority is said, and not silently replaced by one that no browser trusts", async () => {
  await opened();
  const file = join(dataDir, "tls/ca.key");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 60));
  await expect(opened()).rejects.toMatchObject({ code: "LOCAL_CA_INVALID", hint: expect.stringContaining("backup") });
});
