import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CameraId, cameraId, instant } from "@overt/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { quietFfmpeg } from "./codec/quiet.ts";
import { type AnonymisedPicture, AnonymiserPool, type AnonymiserState, type CameraOptions } from "./pool.ts";
import { SampleStream } from "./sample-stream.ts";

const CAMERA = cameraId("gate");
const OPTIONS: CameraOptions = { codec: "h264", look: "blocks", asked: "full" };
const LIMIT_MS = 20_000;

let cacheDir: string;
let pool: AnonymiserPool;
let camera: SampleStream;
let pictures: AnonymisedPicture[];
let states: { state: AnonymiserState }[];
let grounds: Uint8Array[];

beforeEach(async () => {
  quietFfmpeg();
  cacheDir = await mkdtemp(join(tmpdir(), "overt-pool-"));
  camera = new SampleStream(320, 240, Date.now());
  pictures = [];
  states = [];
  grounds = [];
});

afterEach(async () => {
  await pool.stop();
  camera.close();
  await rm(cacheDir, { recursive: true });
});

function start(more: Partial<ConstructorParameters<typeof AnonymiserPool>[0]> = {}): void {
  pool = new AnonymiserPool({
    workers: 1,
    cacheDir,
    budgetMsPerS: 1_000,
    onPicture: (_: CameraId, picture) => pictures.push(picture),
    onState: (_: CameraId, state) => states.push({ state }),
    onGround: (_: CameraId, ground) => grounds.push(ground),
    ...more,
  });
}

/** Feeds pictures until `done`, as fast as they come back: a clip of a minute takes seconds. */
async function feedUntil(what: string, done: () => boolean): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (!done()) {
    if (performance.now() > until) expect.fail(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    const { at, key, accessUnit } = camera.next();
    const before = pictures.length;
    pool.feed(CAMERA, { at: instant(at), key, accessUnit });
    const turnEnds = performance.now() + 50;
    while (pictures.length === before && performance.now() < turnEnds && !done())
      await new Promise((resolve) => setImmediate(resolve));
  }
}

const showing = () => states.at(-1)?.state.state === "showing" && pictures.at(-1)?.blank === false;

describe("a pool of one process", () => {
  test("learns, shows, and gives the ground back when it stops", async () => {
    start();
    pool.open(CAMERA, OPTIONS);
    await feedUntil("showing", showing);
    expect(states[0]?.state).toEqual({ state: "learning", problem: null });
    expect(pool.statusOf(CAMERA)).toMatchObject({ asked: "full", mode: "full", state: "showing", learntShare: 1 });
    expect(pool.status()).toMatchObject({ budgetMsPerS: 1_000, waiting: [] });
    await pool.stop();
    expect(grounds.length).toBeGreaterThan(0);
  });

  test("comes back by itself after kill -9, blank meanwhile, and soon shows the place from its ground", async () => {
    start();
    pool.open(CAMERA, OPTIONS);
    await feedUntil("showing", showing);
    await feedUntil("ground kept", () => grounds.length > 0);
    const [before] = pool.parts();
    process.kill(before?.pid ?? expect.fail("no process"), "SIGKILL");
    await feedUntil("failed", () => states.at(-1)?.state.problem?.code === "ANONYMISER_DIED");
    const first = pictures.length;
    await feedUntil("showing again", showing);
    expect(pictures[first]?.blank).toBe(true);
    expect(pictures.slice(first).filter(({ blank }) => blank).length).toBeLessThan(30);
    expect(pool.parts()).toMatchObject([{ restarts: 1 }]);
  }, 60_000);

  test("says within about a second that a process no longer answers, and when it does again", async () => {
    start();
    pool.open(CAMERA, OPTIONS);
    await feedUntil("a picture", () => pictures.length > 0);
    const pid = pool.parts()[0]?.pid ?? expect.fail("no process");
    process.kill(pid, "SIGSTOP");
    await feedUntil("failed", () => states.at(-1)?.state.problem?.code === "ANONYMISER_LATE");
    process.kill(pid, "SIGCONT");
    await feedUntil("back", () => states.at(-1)?.state.state !== "failed");
    expect(pictures.every(({ blank }) => blank)).toBe(true);
  }, 60_000);

  test("without room a camera is off, and is said to wait", async () => {
    start({ budgetMsPerS: 0 });
    pool.open(CAMERA, OPTIONS);
    expect(pool.statusOf(CAMERA)).toMatchObject({ asked: "full", mode: "none", state: "off" });
    expect(pool.status().waiting).toEqual([CAMERA]);
    const { at, key, accessUnit } = camera.next();
    pool.feed(CAMERA, { at: instant(at), key, accessUnit });
    await pool.stop();
    expect(pictures).toEqual([]);
  });

  test("with a limit on pictures there are fewer of them, whatever room there is", async () => {
    start();
    pool.open(CAMERA, OPTIONS);
    await feedUntil("showing", showing);
    pool.limitFps(2);
    // Those that were on their way when it was said are not counted.
    const from = (pictures.at(-1)?.at ?? 0) + 1_000;
    await feedUntil("ten seconds of pictures", () => (pictures.at(-1)?.at ?? 0) >= from + 10_000);
    const shown = pictures.filter(({ at }) => at >= from && at < from + 10_000).length;
    expect(shown).toBeGreaterThanOrEqual(15);
    // Of a hundred.
    expect(shown).toBeLessThanOrEqual(34);
  }, 60_000);

  test("opening a camera twice is refused", () => {
    start();
    pool.open(CAMERA, OPTIONS);
    expect(() => pool.open(CAMERA, OPTIONS)).toThrow(expect.objectContaining({ code: "CAMERA_OPEN" }));
  });
});
