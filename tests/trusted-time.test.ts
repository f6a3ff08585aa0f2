import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { cameraId, type Instant, instant, minutes } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holes } from "./town/timelines.ts";
import { Town } from "./town/town.ts";
import type { WrongClock } from "./town/wrong-clock.ts";

const DAY_MS = 86_400_000;
/** Short enough to be over long before 2036, and by far not in the time of this test. */
const RETENTION_MS = minutes(60);
const RECORDED_MS = 8_000;
/** Off, killed and starting again: what a machine without a clock cannot know of. */
const OFF_MS = 15_000;

const dir = mkdtempSync(join(tmpdir(), "overt-clock-"));
const clockFile = join(dir, "clock.json");
let camera: SimCamera;
let town: Town;
let began: Instant;
let boots = 0;

/** What the recorder's machine shows from its next start on. */
function show(showsMs: number): void {
  const word: WrongClock = { showsMs, atMs: Date.now(), boot: `boot-${++boots}`, bootUptimeS: uptime() };
  writeFileSync(`${clockFile}.new`, JSON.stringify(word));
  renameSync(`${clockFile}.new`, clockFile);
}

beforeAll(async () => {
  process.env.OVERT_TEST_CLOCK = clockFile;
  process.env.NODE_OPTIONS = `--import=${new URL("./town/wrong-clock.ts", import.meta.url).href}`;
  show(Date.now());
  camera = await startCamera({
    source: { scene: "market" },
    cacheDir: dir,
    seconds: 8,
    main: { width: 320, height: 240, fps: 5, bitrate: 150_000 },
  });
  town = await Town.start({
    workers: 0,
    epochMs: 10_000,
    cameras: [{ id: "gate", main: camera.url("main"), permit: { anonymisedMode: "none", retentionMs: RETENTION_MS } }],
  });
  await town.until("recording", records);
  began = instant(Date.now());
  await recordOn();
}, 120_000);

afterAll(async () => {
  delete process.env.NODE_OPTIONS;
  delete process.env.OVERT_TEST_CLOCK;
  await town?.end();
  await camera?.stop();
  town?.forget();
  rmSync(dir, { recursive: true, force: true });
});

const records = ({ cameras }: RecorderStatus): boolean => cameras[0]?.original.recording === true;

async function recordOn(): Promise<RecorderStatus> {
  const from = Date.now();
  return town.until("some seconds", (status) => records(status) && Date.now() > from + RECORDED_MS);
}

/** Power is cut, and comes back to a machine whose clock shows `showsMs`. */
async function bootAt(showsMs: number, forgets: boolean): Promise<RecorderStatus> {
  const before = town.recorder.pid;
  show(showsMs);
  town.killAll();
  if (forgets) rmSync(`${town.dir}/recorder/trusted-time.json`);
  await town.until("recording again", (status) => town.recorder.pid !== before && records(status));
  return recordOn();
}

async function recordedMs(): Promise<number> {
  const around = [instant(began - RECORDED_MS), instant(Date.now() + DAY_MS)] as const;
  const { segments } = (await town.timeline("gate", ...around)).original;
  return segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What the machine's clock shows at each start, and what the recorder then doubts. */
const STARTS: readonly { shows: string; atMs: () => number; doubt: string | null; forgets?: boolean }[] = [
  { shows: "2036, once", atMs: () => Date.UTC(2036, 1, 7), doubt: "clock_ahead" },
  { shows: "2036, and has lost its time,", atMs: () => Date.UTC(2036, 1, 7), doubt: "clock_ahead", forgets: true },
  { shows: "what it is, the next time", atMs: () => Date.now(), doubt: null },
  { shows: "1970", atMs: () => 0, doubt: "clock_behind" },
  { shows: "1970 again", atMs: () => 20_000, doubt: "clock_behind" },
  { shows: "a day too little", atMs: () => Date.now() - DAY_MS, doubt: "clock_behind" },
  { shows: "what it is, at last", atMs: () => Date.now(), doubt: null },
];

test.each(STARTS)(
  "a machine that starts and shows $shows goes on recording by trusted time",
  async (start) => {
    const before = await recordedMs();
    const status = await bootAt(start.atMs(), start.forgets === true);
    expect(status.trustedTime.doubt).toBe(start.doubt);
    expect(status.cameras[0]?.permit.valid).toBe(true);
    const behindMs = Date.now() - status.at;
    expect(behindMs).toBeGreaterThan(-1_000);
    expect(behindMs).toBeLessThan(3 * OFF_MS);
    // Nothing died, and nothing new lies over what was there.
    expect(await recordedMs()).toBeGreaterThan(before + RECORDED_MS / 2);
  },
  120_000,
);

test("and all of it is whole: no key died, each moment is recorded or a gap of the recorder's own, and every picture opens", async () => {
  const { at } = (await town.status()) as RecorderStatus;
  const timeline = (await town.timeline("gate", began, at)).original;
  expect(holes(timeline, began, at)).toEqual([]);
  expect([...new Set(timeline.gaps.map(({ cause }) => cause))]).toEqual(["recorder_down"]);
  for (const place of ["keys-a", "keys-b"]) expect(deadKeys(`${town.dir}/${place}/overt-keys.slots`)).toBe(0);

  await town.end();
  const { pictures } = await town.open(cameraId("gate"), began, at);
  const times = pictures.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const whole = timeline.segments.filter(({ to }) => to < at - 2_000);
  for (const { from, to } of whole) {
    const inside = times.filter((time) => time >= from && time < to);
    expect(inside.length, `${from} to ${to}`).toBeGreaterThan(((to - from) / 1_000) * 4);
  }
}, 60_000);

const SLOT = { bytes: 128, first: 2, stateAt: 4, destroyed: 2 };

function deadKeys(path: string): number {
  const slots = readFileSync(path);
  let dead = 0;
  for (let at = SLOT.first * SLOT.bytes; at < slots.length; at += SLOT.bytes)
    if (slots[at + SLOT.stateAt] === SLOT.destroyed) dead++;
  return dead;
}
