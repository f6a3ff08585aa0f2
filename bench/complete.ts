import { setTimeout as pause } from "node:timers/promises";
import { type CameraId, cameraId, type Instant, instant } from "@overt/core";
import type { CameraStatus, RecorderStatus } from "@overt/link";
import { DEFAULT_CACHE_DIR } from "@overt/sim";
import { Town } from "../tests/town/town.ts";
import { Cameras } from "./ingest/cameras.ts";
import { checkStored } from "./ingest/lost.ts";
import { familyOf, usageOf } from "./ingest/usage.ts";
import { quantile } from "./live/quantile.ts";
import { type BenchOptions, type BenchReport, type BenchRow, row } from "./row.ts";

/** As many as are promised (DESIGN §7), and as many as nobody has room for. */
const SIZES = [36, 60];
const QUICK_SIZES = [8];
const PROMISED = 36;
const MAIN = { width: 1920, height: 1080, fps: 15, bitrate: 4_000_000 };
const SUB = { width: 640, height: 480, fps: 10, bitrate: 400_000 };
const SCENES = ["market", "station", "bridge", "school-road", "harbour", "square-night"];
const START_LIMIT_MS = 180_000;
const LOOK_MS = 1_000;
/** What `full` means on the register. */
const FULL_FPS = 5;

/**
 * How many complete cameras this machine holds: a sealed original of 4 Mbit/s and an anonymised track in `full`, of a sub
 * stream of 640x480 at 10 pictures a second; and what becomes of those for which there is no room. The simulated cameras
 * share the machine.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const [settleMs, measureMs] = quick ? [20_000, 15_000] : [90_000, 60_000];
  const cameras = await Cameras.start({
    count: Math.max(...sizes),
    sources: SCENES.map((scene) => ({ scene })),
    codec: "h264",
    audio: false,
    recordSent: true,
    seconds: 12,
    cacheDir: DEFAULT_CACHE_DIR,
    main: MAIN,
    sub: SUB,
  });
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  try {
    for (const size of sizes) {
      const held = await hold(cameras, size, settleMs, measureMs);
      rows.push(...rowsOf(size, held));
      notes.push(noteOf(size, held));
    }
  } finally {
    cameras.end();
  }
  return { rows, notes };
}

interface Held {
  /** Cameras in each mode at the end. */
  readonly modes: Readonly<Record<string, number>>;
  /** In `full` and recording all the time, at 5 pictures a second or more over it. */
  readonly complete: number;
  /** In `full` and recording all the time. */
  readonly full: number;
  readonly changes: number;
  readonly lost: number;
  readonly sent: number;
  /** Pictures a second of those that were always in `full`, the lowest. */
  readonly leastFps: number;
  readonly medianFps: number;
  /** Not recorded of the anonymised tracks of cameras in `full`. */
  readonly missingMs: number;
  readonly eventLoopDelayP99Ms: number;
  readonly cores: number;
}

async function hold(cameras: Cameras, size: number, settleMs: number, measureMs: number): Promise<Held> {
  const ids = Array.from({ length: size }, (_, i) => cameraId(`camera-${i + 1}`));
  const town = await Town.start({ cameras: ids.map((id, i) => ({ id, ...(cameras.urls[i] as { main: string }) })) });
  try {
    await town.until(
      "all originals",
      ({ cameras: all }) => all.every(({ original }) => original.recording),
      START_LIMIT_MS,
    );
    await pause(settleMs);
    const root = town.recorder.pid as number;
    await delayOf(town);
    const from = instant(Date.now());
    const looks: RecorderStatus[] = [];
    const watching = watch(town, looks, measureMs);
    const { cores } = await usageOf(() => familyOf(root), measureMs);
    await watching;
    const eventLoopDelayP99Ms = await delayOf(town);
    const to = instant(Date.now());
    const fpsOf = (id: CameraId) =>
      looks.reduce((sum, look) => sum + cameraOf(look, id).anonymiser.fps, 0) / looks.length;
    const always = ids.filter((id) => looks.every((look) => isFull(cameraOf(look, id))));
    const complete = always.filter((id) => fpsOf(id) >= FULL_FPS);
    const missingMs = await missing(town, always, from, instant(to - 5_000));
    await town.end();
    const sent = await Promise.all(ids.map(async (id, i) => ({ id, sent: await cameras.sentBy(i) })));
    const checked = await checkStored(town, sent, from, to);
    const last = looks.at(-1) as RecorderStatus;
    const rates = always.map(fpsOf);
    return {
      modes: Object.fromEntries(
        ["full", "slow", "none"].map((mode) => [
          mode,
          last.cameras.filter(({ anonymiser }) => anonymiser.mode === mode).length,
        ]),
      ),
      complete: complete.length,
      full: always.length,
      changes: changesIn(looks, ids),
      lost: checked.lost + checked.strange,
      sent: checked.sent,
      leastFps: Math.min(...rates),
      medianFps: quantile(rates, 0.5),
      missingMs,
      eventLoopDelayP99Ms,
      cores,
    };
  } finally {
    await town.end();
    town.forget();
  }
}

async function watch(town: Town, looks: RecorderStatus[], forMs: number): Promise<void> {
  for (const end = performance.now() + forMs; performance.now() < end; await pause(LOOK_MS)) {
    const look = await town.status();
    if (look) looks.push(look);
  }
}

const cameraOf = ({ cameras }: RecorderStatus, id: CameraId): CameraStatus =>
  cameras.find((camera) => camera.id === id) as CameraStatus;

const isFull = ({ original, anonymiser }: CameraStatus): boolean =>
  original.recording && anonymiser.mode === "full" && anonymiser.state === "showing";

function changesIn(looks: readonly RecorderStatus[], ids: readonly CameraId[]): number {
  return ids.reduce((changes, id) => {
    const modes = looks.map((look) => cameraOf(look, id).anonymiser.mode);
    return changes + modes.filter((mode, i) => i > 0 && mode !== modes[i - 1]).length;
  }, 0);
}

async function missing(town: Town, ids: readonly CameraId[], from: Instant, to: Instant): Promise<number> {
  let ms = 0;
  for (const id of ids)
    for (const gap of (await town.timeline(id, from, to)).anonymised.gaps)
      ms += Math.max(0, Math.min(gap.to ?? to, to) - Math.max(gap.from, from));
  return ms;
}

async function delayOf(town: Town): Promise<number> {
  const { head } = await town.recorder.ask({ status: true });
  return (head as { eventLoopDelayP99Ms: number }).eventLoopDelayP99Ms;
}

function rowsOf(size: number, held: Held): BenchRow[] {
  const at = `of ${size} cameras that ask for it`;
  const goal = size >= PROMISED ? { goal: { of: "ours", atLeast: PROMISED } as const } : {};
  return [
    row(`complete cameras, ${at}`, "", held.complete, goal),
    row(`pictures of the original lost or changed of ${held.sent} sent, ${at}`, "", held.lost, {
      goal: { of: "ours", atMost: 0 },
    }),
    row(`in full all the time, ${at}`, "", held.full),
    row(`anonymised pictures a second of those in full, lowest, ${at}`, "/s", rounded(held.leastFps, 1)),
    row(`anonymised track of those in full not recorded, ${at}`, "s", rounded(held.missingMs / 1_000, 1)),
    row(`changes of mode in the time measured, ${at}`, "", held.changes),
    row(`event loop delay of the recorder, p99, ${at}`, "ms", rounded(held.eventLoopDelayP99Ms, 1), {
      goal: { of: "ours", atMost: 50 },
    }),
    row(`cores in use by the recorder, ${at}`, "", rounded(held.cores, 2)),
  ];
}

function noteOf(size: number, { modes, medianFps }: Held): string {
  const shares = Object.entries(modes).map(([mode, count]) => `${mode} ${count}`);
  return `${size} cameras at the end: ${shares.join(", ")}; median ${rounded(medianFps, 1)} pictures a second.`;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
