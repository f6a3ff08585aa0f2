import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "overt-sim-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** The process, and its lines one by one. */
async function start(config: object) {
  const path = join(dir, "config.json");
  await writeFile(path, JSON.stringify(config));
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? "null");
  return { child, next };
}

test("a process says when its cameras answer, takes orders for faults, and ends with SIGTERM", async () => {
  const small = { width: 160, height: 120, fps: 5, bitrate: 50_000 };
  const camera = { name: "north", source: { scene: "market" }, main: small, sub: small, seconds: 1, cacheDir: dir };
  const { child, next } = await start({ cameras: [camera] });
  expect(await next()).toMatchObject({
    ready: true,
    cameras: [{ name: "north", main: expect.stringMatching(/^rtsp:/) }],
  });
  child.stdin.write('{"camera":"north","faults":["power-off"]}\n{"camera":"south"}\n');
  expect(await next()).toMatchObject({ camera: "north", connections: 0 });
  expect(await next()).toMatchObject({ code: "SIM_OPTION", message: expect.stringContaining("south") });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("a process whose cameras cannot be says why in one line, and fails", async () => {
  const { child, next } = await start({ cameras: [{ source: { scene: "moon" }, cacheDir: dir }] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  expect(await next()).toMatchObject({ ready: false, code: "SIM_SCENE_UNKNOWN" });
  expect(await ended).toBe(1);
});
