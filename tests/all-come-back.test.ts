import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CameraId, cameraId, type Instant, instant } from "@overt/core";
import type { CameraStatus, RecorderStatus, TrackTimeline } from "@overt/link";
import { runCameras, type SimCamera } from "@overt/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holes } from "./town/timelines.ts";
import { Town } from "./town/town.ts";

/** As many as two cores simulate and record beside other tests; `bench ingest` has 250. */
const COUNT = 100;
/** The recorder's bound on open attempts (`connect-limiter.ts`). */
const AT_ONCE = 32;
/** A camera records within this of answering (promise 9). */
const BACK_MS = 30_000;
const START_MS = 90_000;
const DAY_MS = 86_400_000;
const LOOK_MS = 20;
/** Below those that the kernel gives to whoever asks for any: a camera that was off finds its own free again. */
const PORTS = { first: 20_000, spread: 10_000 };

/** What some of the cameras are like when they come back, by their place; all others are well and slow to greet. */
const SICK: Readonly<Record<number, string>> = {
  3: "silent-after-accept",
  14: "silent-after-accept",
  25: "closes-every-10s",
  36: "closes-every-10s",
  47: "clock-1970",
  58: "clock-day-off",
};
/** These are well at first. Later their cable is pulled: nothing comes, and nobody says so. */
const UNPLUGGED = [69, 80];

const cacheDir = mkdtempSync(join(tmpdir(), "overt-sim-"));
const ids = Array.from({ length: COUNT }, (_, i) => cameraId(`camera-${i + 1}`));
const well = ids.map((_, i) => i).filter((i) => SICK[i] === undefined && !UNPLUGGED.includes(i));
let cameras: readonly SimCamera[];
let town: Town;
let back: Instant;

beforeAll(async () => {
  const picture = { width: 160, height: 120, fps: 5, bitrate: 60_000 };
  ({ cameras } = await runCameras({
    count: COUNT,
    portBase: PORTS.first + Math.floor(Math.random() * PORTS.spread),
    sources: [{ scene: "market" }],
    seconds: 8,
    cacheDir,
    audio: false,
    faults: ["rec-07"],
    main: picture,
    sub: picture,
  }));
}, START_MS);

afterAll(async () => {
  await town?.end();
  await Promise.all((cameras ?? []).map((camera) => camera.stop()));
  town?.forget();
  rmSync(cacheDir, { recursive: true, force: true });
});

const of = ({ cameras: all }: RecorderStatus, i: number): CameraStatus => all[i] as CameraStatus;
const records = (status: RecorderStatus, which: readonly number[]): boolean =>
  which.every((i) => of(status, i).original.recording);
const original = async (i: number, from: Instant): Promise<TrackTimeline> =>
  (await town.timeline(ids[i] as CameraId, from, instant(Date.now()))).original;

/** Connections that a camera has taken and does not play on yet, at most at one moment. */
function watchOpen(which: readonly number[]): () => number {
  let most = 0;
  const watching = setInterval(() => {
    const stats = which.map((i) => (cameras[i] as SimCamera).stats());
    most = Math.max(
      most,
      stats.reduce((sum, { connections, playing }) => sum + connections - playing, 0),
    );
  }, LOOK_MS);
  return () => {
    clearInterval(watching);
    return most;
  };
}

test("rec-07: a hundred cameras that are there when a recorder starts are taken a few at a time, and record in 30 s", async () => {
  const mostOpen = watchOpen(ids.map((_, i) => i));
  town = await Town.start({
    workers: 0,
    epochMs: 60_000,
    cameras: ids.map((id, i) => ({
      id,
      main: (cameras[i] as SimCamera).url("main"),
      permit: { anonymisedMode: "none" },
    })),
  });
  await town.until("all of them", ({ cameras: all }) => all.every(({ original: { recording } }) => recording), BACK_MS);
  const most = mostOpen();
  expect(most).toBeGreaterThan(AT_ONCE / 2);
  expect(most).toBeLessThanOrEqual(AT_ONCE);
}, 60_000);

test("after a cut that made waits as long as they get, all that come back in one moment record in 30 s, at the first try", async () => {
  await Promise.all(cameras.map((camera) => camera.setFault(["power-off"])));
  const dark = Date.now();
  await town.until("half a minute in the dark", () => Date.now() > dark + BACK_MS);
  const mostOpen = watchOpen(well);
  await Promise.all(cameras.map((camera, i) => camera.setFault(["rec-07", ...(SICK[i] ? [SICK[i] as string] : [])])));
  back = instant(Date.now());
  await town.until("all that can record", (status) => status.at > back && records(status, well), BACK_MS);
  expect(mostOpen()).toBeLessThanOrEqual(AT_ONCE);
  // Counted since they listen again.
  for (const i of well) expect((cameras[i] as SimCamera).stats().accepted, ids[i]).toBe(1);
}, 120_000);

test("rec-04, rec-06: those that are silent, half open or hang up lose their own time and nobody else's", async () => {
  const from = instant(Date.now());
  for (const i of UNPLUGGED) await (cameras[i] as SimCamera).setFault(["freeze"]);
  await town.until("pulled cables noticed", (status) => UNPLUGGED.every((i) => !of(status, i).original.recording));
  for (const i of UNPLUGGED) await (cameras[i] as SimCamera).setFault([]);
  const plugged = Date.now();
  await town.until("back", (status) => status.at > plugged && records(status, UNPLUGGED), BACK_MS);
  // Until what was taken in is durable.
  const to = instant(Date.now());
  await town.until("the next seconds", () => Date.now() > to + 4_000);

  for (const i of well) {
    const timeline = await original(i, from);
    expect(timeline.gaps, ids[i]).toEqual([]);
    expect(holes(timeline, from, to), ids[i]).toEqual([]);
  }
  for (const i of UNPLUGGED)
    expect((await original(i, from)).gaps.map(({ cause }) => cause)).toContain("camera_unreachable");
  for (const i of [3, 14]) {
    const { segments, gaps } = await original(i, back);
    expect(segments).toEqual([]);
    expect(gaps.at(-1)).toMatchObject({ to: null, cause: "camera_silent" });
  }
  for (const i of [25, 36]) {
    const timeline = await original(i, back);
    expect(timeline.segments.length).toBeGreaterThan(0);
    expect(holes(timeline, back, to), ids[i]).toEqual([]);
  }
}, 120_000);

test("rtp-12, sto-10: a camera's wrong clock dates nothing: its footage lies at its true time, and how wrong it was is told", async () => {
  const status = await town.until("sender reports", (now) => [47, 58].every((i) => of(now, i).clockOffsetMs !== null));
  expect(of(status, 58).clockOffsetMs).toBeCloseTo(-DAY_MS, -4);
  expect(of(status, 47).clockOffsetMs).toBeLessThan(-50 * 365 * DAY_MS);
  const to = instant(Date.now());
  for (const [i, offsetMs] of [
    [47, -0x7fff_ffff],
    [58, -DAY_MS],
  ] as const) {
    const { segments, gaps } = await original(i, back);
    expect(gaps.filter(({ to: end }) => end === null)).toEqual([]);
    const [first, last] = [segments[0], segments.at(-1)];
    expect(first?.from).toBeGreaterThanOrEqual(back);
    expect(last?.to).toBeLessThanOrEqual(Date.now());
    expect(Math.abs((last?.clockOffsetMs ?? 0) - offsetMs)).toBeLessThan(10_000);
  }
  const right = (await original(well[0] as number, back)).segments.at(-1);
  expect(Math.abs(right?.clockOffsetMs ?? DAY_MS)).toBeLessThan(1_000);

  // What is younger may not have been on the timeline yet.
  const durable = instant(to - 4_000);
  const told = new Map<number, TrackTimeline["segments"]>();
  for (const i of [47, 58]) told.set(i, (await original(i, instant(back - DAY_MS))).segments);
  await town.end();
  for (const [i, segments] of told) {
    const { pictures } = await town.open(ids[i] as CameraId, back, durable);
    expect(pictures.filter(({ time }) => time >= back).length).toBeGreaterThan(50);
    // What is opened begins with the key picture before the window: before the cut, and rightly dated too.
    const strange = pictures.filter(({ time }) => !segments.some(({ from, to: end }) => time >= from && time < end));
    expect(strange.map(({ time }) => time - back)).toEqual([]);
  }
}, 60_000);
