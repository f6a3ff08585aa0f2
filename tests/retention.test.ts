import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, type Instant, instant } from "@overt/core";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Town } from "./town/town.ts";

/** The shortest that a permit can say; its periods are then 2.5 s long. */
const RETENTION_MS = 60_000;
/** Periods, the keeper's own step, and the second that a key may outlive its hour. */
const SLACK_MS = 20_000;
const cacheDir = mkdtempSync(join(tmpdir(), "overt-sim-"));
const copy = mkdtempSync(join(tmpdir(), "overt-copy-"));
let camera: SimCamera;
let town: Town;
let began: Instant;
let copied: Instant;

const options = () => ({
  workers: 0,
  epochMs: 10_000,
  cameras: [
    {
      id: "gate",
      main: camera.url("main"),
      permit: { anonymisedMode: "none" as const, retentionMs: RETENTION_MS },
    },
  ],
});

beforeAll(async () => {
  camera = await startCamera({
    source: { scene: "market" },
    cacheDir,
    seconds: 8,
    main: { width: 320, height: 240, fps: 5, bitrate: 150_000 },
  });
  town = await Town.start(options());
  await town.until("recording", ({ cameras }) => cameras[0]?.original.recording === true);
  began = instant(Date.now());
  await town.until("ten seconds", () => Date.now() > began + 10_000);
  copied = instant(Date.now() - 2_000);
}, 120_000);

afterAll(async () => {
  await town?.end();
  await camera?.stop();
  town?.forget();
  for (const dir of [cacheDir, copy]) rmSync(dir, { recursive: true, force: true });
});

test("what is past its retention leaves the timeline, and a copy of every other file does not bring it back", async () => {
  // All that there is, trusted time and custodians among it, but for the two places of the key store.
  cpSync(town.dir, copy, { recursive: true, filter: (path) => !isKeyPlace(path) && !path.endsWith(".sock") });
  const timeline = () => town.timeline("gate", began, copied);
  expect((await timeline()).original.segments.length).toBeGreaterThan(0);
  let left = 1;
  while (left > 0 && Date.now() < copied + RETENTION_MS + SLACK_MS) {
    const last = Date.now();
    await town.until("another second", () => Date.now() > last + 1_000);
    left = (await timeline()).original.segments.length;
  }
  expect(left).toBe(0);
  expect((await town.status())?.cameras[0]?.original.recording).toBe(true);

  await town.end();
  for (const name of readdirSync(town.dir).map((entry) => join(town.dir, entry)))
    if (!isKeyPlace(name)) rmSync(name, { recursive: true });
  cpSync(copy, town.dir, { recursive: true });
  const opened = await town.open(cameraId("gate"), began, copied);
  expect(opened.pictures).toEqual([]);
  expect(opened.closed.map(({ why }) => why)).toContain("the period key is dead");

  town = await Town.start({ ...options(), dir: town.dir });
  await town.until("recording again", ({ cameras }) => cameras[0]?.original.recording === true);
  await expect.poll(async () => (await timeline()).original.segments, { timeout: 10_000 }).toEqual([]);
}, 180_000);

const isKeyPlace = (path: string): boolean => /\/keys-[ab]$/.test(path);
