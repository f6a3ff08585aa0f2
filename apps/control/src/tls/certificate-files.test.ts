import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { instant } from "@overt/core";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCertificateFiles } from "./certificate-files.ts";
import { makeServer } from "./server.ts";

let directory: string;
const path = (name: string) => join(directory, name);
const logger = pino({ level: "silent" });
const now = () => instant(Date.now());

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "overt-files-"));
  for (const name of ["one", "two"])
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
        ...["-subj", `/CN=${name}.example`, "-keyout", path(`${name}.key`), "-out", path(`${name}.crt`)],
      ],
      { stdio: "pipe" },
    );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.subject ?? "");
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

test("a renewed pair is shown without a restart, half a renewal is not", async () => {
  const [certFile, keyFile] = [path("live.crt"), path("live.key")];
  copyFileSync(path("one.crt"), certFile);
  copyFileSync(path("one.key"), keyFile);
  const source = openCertificateFiles({ certFile, keyFile, now, logger, pollMs: 20 });
  const { server } = makeServer(source, (_request, response) => void response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  expect(await shown(port)).toBe("CN=one.example");
  copyFileSync(path("two.crt"), certFile);
  expect(await shown(port)).toBe("CN=one.example");
  copyFileSync(path("two.key"), keyFile);
  await expect.poll(() => shown(port)).toBe("CN=two.example");
  expect(new X509Certificate(source.current.cert).subject).toBe("CN=two.example");
  await source.close();
  server.close();
});

test.each([
  ["a missing file", "one.crt", "none.key", "none.key"],
  ["a key of another certificate", "one.crt", "two.key", "does not belong"],
  ["a file that is no PEM", "noise", "one.key", "noise"],
])("%s is refused with its name", (_case, cert, key, words) => {
  writeFileSync(path("noise"), "not a certificate");
  const open = () => openCertificateFiles({ certFile: path(cert), keyFile: path(key), now, logger });
  expect(open).toThrow(expect.objectContaining({ code: "TLS_FILES_INVALID", message: expect.stringContaining(words) }));
});

test("an expired certificate is refused with its date", () => {
  const later = () => instant(Date.now() + 3 * 86_400_000);
  const open = () => openCertificateFiles({ certFile: path("one.crt"), keyFile: path("one.key"), now: later, logger });
  expect(open).toThrow(/expired on/);
});
