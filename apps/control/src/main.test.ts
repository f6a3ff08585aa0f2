import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, OPERATOR } from "./test-centre.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "overt-main-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function configure(options: object): string {
  const file = join(directory, "control.json");
  writeFileSync(file, JSON.stringify({ dataDir: join(directory, "data"), port: 0, logLevel: "error", ...options }));
  return file;
}

async function start(config: string) {
  const child = spawn(process.execPath, [MAIN, config], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const ready = JSON.parse(String(line)) as { ready: string; setupLink: string | null; caFingerprint: string };
  const client = new Client(ready.ready);
  client.authority = (await client.send("GET", "/ca.crt")).text;
  return { child, ready, client };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill(signal);
  const [code] = await exit;
  return code;
}

test("kill -9 of the centre loses no account, session or certificate that it acknowledged", async () => {
  const config = configure({});
  const first = await start(config);
  const token = new URL(first.ready.setupLink ?? "").hash.slice(1);
  expect((await first.client.send("POST", "/api/setup", { token, ...OPERATOR })).status).toBe(200);
  expect(await end(first.child, "SIGKILL")).toBeNull();

  const second = await start(config);
  expect(second.ready.setupLink).toBeNull();
  expect(second.ready.caFingerprint).toBe(first.ready.caFingerprint);
  second.client.cookie = first.client.cookie;
  expect((await second.client.send("GET", "/api/me")).json()).toMatchObject({ account: { name: OPERATOR.name } });
  expect((await second.client.fresh().send("POST", "/api/login", OPERATOR)).status).toBe(200);
  expect(await end(second.child, "SIGTERM")).toBe(0);
});

async function failure(args: string[]): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const [code] = await once(child, "close");
  return { code, words };
}

test("without a configuration it says how it is used", async () => {
  expect(await failure([])).toEqual({ code: 2, words: "Usage: node main.ts CONFIG.json\n" });
});

test("a configuration that is wrong or missing is said in one line", async () => {
  const wrong = await failure([configure({ port: -1 })]);
  expect(wrong).toMatchObject({ code: 1, words: expect.stringMatching(/^OPTIONS_INVALID: .*port.*\n$/) });
  const missing = await failure([join(directory, "none.json")]);
  expect(missing).toMatchObject({ code: 1, words: expect.stringMatching(/^CONFIG_UNREADABLE: .*none\.json.*\n$/) });
});

test("a data directory of another kind is said with its file", async () => {
  const dataDir = join(directory, "strange");
  const config = configure({ dataDir });
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "control.sqlite"), "this is no database, and never was one".repeat(40));
  const refused = await failure([config]);
  expect(refused).toMatchObject({ code: 1, words: expect.stringMatching(/^DATABASE_UNUSABLE: .*control\.sqlite/) });
});
