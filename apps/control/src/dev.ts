/**
 * A centre with a fake recorder and a known account, for work on the control room:
 *
 *     node apps/control/src/dev.ts [--port 8443] [--tls] [--origin http://localhost:5173] [--web DIR]
 *
 * Without `--tls` it speaks plain HTTP on localhost, which browsers treat as secure. `--origin` is the address of a
 * development server that passes `/api` on. Account: operator / overt-dev-password.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { instant } from "@overt/core";
import { Accounts } from "./accounts/accounts.ts";
import { openDatabase } from "./database/open.ts";
import { startFakeRecorder } from "./fake-recorder.ts";
import { startControl } from "./start.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8443" },
    tls: { type: "boolean", default: false },
    origin: { type: "string" },
    web: { type: "string" },
  },
});
const dataDir = mkdtempSync(join(tmpdir(), "overt-dev-"));
const socketPath = join(dataDir, "recorder.sock");
const recorder = await startFakeRecorder({ socketPath });
const account = { name: "operator", password: "overt-dev-password" };
await makeAccount(account);
const control = await startControl({
  dataDir,
  host: "localhost",
  port: Number(values.port),
  tls: values.tls ? { mode: "local-ca", names: [] } : { mode: "off-loopback-only" },
  recorders: [{ name: "fake", socketPath }],
  demo: true,
  logLevel: "warn",
  ...(values.web === undefined ? {} : { webDir: values.web }),
  ...(values.origin === undefined ? {} : { publicUrl: values.origin }),
});
process.stdout.write(`${JSON.stringify({ ready: control.url, ...account, dataDir })}\n`);

async function makeAccount({ name, password }: { name: string; password: string }): Promise<void> {
  const database = await openDatabase(dataDir);
  const accounts = new Accounts(database, () => instant(Date.now()));
  await accounts.setUp((await accounts.newSetupToken()) ?? "", name, password);
  await database.destroy();
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, async () => {
    await control.close();
    await recorder.close();
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(0);
  });
