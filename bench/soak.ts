import { mkdtempSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cameraId, minutes } from "@overt/core";
import { DEFAULT_CACHE_DIR } from "@overt/sim";
import { randomStream } from "@overt/sim/scene/random";
import { Town } from "../tests/town/town.ts";
import { Cameras } from "./ingest/cameras.ts";
import { type BenchOptions, type BenchReport, type BenchRow, row } from "./row.ts";
import { Audit } from "./soak/audit.ts";
import type { Scene } from "./soak/faults.ts";
import { Sampler, UNITS } from "./soak/sampler.ts";
import { Storm } from "./soak/storm.ts";
import { Volume } from "./soak/volume.ts";

const SEED = 20_261_125;
const CAMERAS = 40;
/** Of these the anonymised track is made, too. */
const FULL = 2;
const MAIN = { width: 1280, height: 720, fps: 10, bitrate: 1_000_000 };
const SUB = { width: 640, height: 480, fps: 10, bitrate: 400_000 };
const RETENTION_MS = minutes(10);
/** Ten minutes of all cameras, a pack that is open and one that dies, and the reserve. */
const VOLUME_BYTES = 8 * 2 ** 30;
const START_LIMIT_MS = 120_000;
/** The recorder that is measured must not wait for what else a machine does; what else it does must not wait for this. */
const NICE = 10;
/** Below the ports that the kernel gives to whoever asks for any: a camera that is off must find its own free again. */
const PORTS = { first: 20_000, spread: 10_000 };
/**
 * Growth that a recorder could bear for the months between two starts is far less than what an hour can tell from chance;
 * more than this would double the level within four days, and an hour shows it.
 */
const FLAT_PERCENT_PER_HOUR = 1;

const FULL_LENGTH = { lengthMs: minutes(120), settleMs: minutes(10), sampleMs: 10_000, stretchMs: minutes(1) };
const QUICK_LENGTH = { lengthMs: minutes(3), settleMs: 15_000, sampleMs: 2_500, stretchMs: 5_000 };
const AUDIT_MS = 20_000;
/** The longest wait between two tries, a connection, and a recorder that is killed meanwhile. */
const BACK_S = 60;
/** Until what was undone last is recorded and can be judged: the longest wait for a camera, and the audit's margin. */
const CALM_MS = 90_000;
const QUICK_CALM_MS = 40_000;

/**
 * A recorder of 40 cameras under a fault every few seconds. In the first half its processes are killed, too; in the second
 * they live, so that what grows in them shows: slopes are of that half, without its first minutes.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  setPriority(NICE);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const dir = mkdtempSync(join(tmpdir(), "overt-soak-"));
  const volume = Volume.make(dir, VOLUME_BYTES);
  let cameras: Cameras | null = null;
  let town: Town | null = null;
  try {
    cameras = await startCameras();
    town = await startTown(dir, cameras);
    return await soak({ dir, volume, cameras, town, stop: stop.signal, quick });
  } finally {
    await town?.end();
    cameras?.end();
    volume.forget();
    rmSync(dir, { recursive: true, force: true });
    for (const signal of signals) process.off(signal, onSignal);
  }
}

const ids = Array.from({ length: CAMERAS }, (_, i) => cameraId(`camera-${i + 1}`));

function startCameras(): Promise<Cameras> {
  return Cameras.start({
    count: CAMERAS,
    portBase: PORTS.first + Math.floor(Math.random() * PORTS.spread),
    sources: [{ scene: "market" }],
    codec: "h264",
    audio: false,
    seconds: 12,
    cacheDir: DEFAULT_CACHE_DIR,
    main: MAIN,
    sub: SUB,
  });
}

async function startTown(dir: string, { urls }: Cameras): Promise<Town> {
  const permit = { retentionMs: RETENTION_MS };
  const town = await Town.start({
    dir,
    workers: 1,
    cameras: ids.map((id, i) => {
      const { main, sub } = urls[i] as { main: string; sub: string };
      return i < FULL ? { id, main, sub, permit } : { id, main, permit: { ...permit, anonymisedMode: "none" } };
    }),
  });
  return town;
}

interface Soak {
  readonly dir: string;
  readonly volume: Volume;
  readonly cameras: Cameras;
  readonly town: Town;
  readonly stop: AbortSignal;
  readonly quick: boolean;
}

async function soak({ dir, volume, cameras, town, stop, quick }: Soak): Promise<BenchReport> {
  const { lengthMs, settleMs, sampleMs, stretchMs } = quick ? QUICK_LENGTH : FULL_LENGTH;
  const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal: stop }).catch(() => {});
  const permits = ids.map((id) => town.keys.permitFiles.get(id) as string);
  const killed = new Set<number>();
  const scene: Scene = { town, cameras, volume, permits, killed, pause, retentionMs: RETENTION_MS };
  await town.until(
    "recording",
    (status) => status.cameras.every((camera) => camera.original.recording),
    START_LIMIT_MS,
  );
  const began = Date.now();
  const storm = new Storm(scene, CAMERAS, randomStream(SEED));
  const audit = new Audit(town, ids, FULL, storm.injected, began);
  const sampler = new Sampler(dir, () => town.recorder.pid, killed);
  let over = false;
  const passed = (ms: number) => (): boolean => stop.aborted || Date.now() - began >= ms;
  const watching = Promise.all([
    repeat(
      () => over || stop.aborted,
      sampleMs,
      pause,
      async () => sampler.look(),
    ),
    repeat(
      () => over || stop.aborted,
      AUDIT_MS,
      pause,
      async () => {
        await audit.look();
        say(began, storm, audit, sampler);
      },
    ),
  ]);
  await storm.rage(passed(lengthMs / 2), true);
  const livesFrom = Date.now();
  await storm.rage(passed(lengthMs), false);
  const slopes = stop.aborted ? null : sampler.slopes(livesFrom + settleMs, stretchMs);
  await pause(quick ? QUICK_CALM_MS : CALM_MS);
  over = true;
  await watching;
  if (slopes === null) throw new Error("The soak was interrupted: what it had found stands in the log above.");
  if (!(await audit.look())) audit.unexplained.push("the recorder did not answer at the end");
  const { keyStoreBytes, gapLogBytes } = sampler.sizes();
  return {
    rows: [...rowsOf(storm, audit, sampler, town), ...growthRows(slopes)],
    notes: [
      `${CAMERAS} cameras of 1 Mbit/s, ${FULL} of them anonymised in full, the anonymiser off for the others; retention ${RETENTION_MS / 60_000} min; ${Math.round(lengthMs / 60_000)} min; seed ${SEED}.`,
      `Faults: ${[...storm.counts].map(([name, count]) => `${name} ${count}`).join(", ")}.`,
      volume.fillable ? "" : "The disk was never full: no file system of its own could be mounted here.",
      `Growth is the slope by least squares over means of ${stretchMs / 1_000} s, in the half in which nothing was killed and without its first ${settleMs / 1_000} s, in per cent of the level in an hour. Its goal is ${FLAT_PERCENT_PER_HOUR} %, or twice its standard error where chance alone makes more.`,
      `By design a dead key's slot stays for a week, and a gap is told for good: key store ${round(keyStoreBytes / 1e6, 2)} MB, log of gaps ${round(gapLogBytes / 1e6, 2)} MB at the end.`,
      ...audit.unexplained.slice(0, 20),
      ...storm.failed.map((fault) => `Could not be done or undone: ${fault}.`),
      ...sampler.vanished.map((process) => `Ended though nobody killed it: ${process}.`),
    ].filter((note) => note !== ""),
  };
}

async function repeat(
  over: () => boolean,
  everyMs: number,
  pause: (ms: number) => Promise<void>,
  act: () => Promise<void>,
): Promise<void> {
  while (!over()) {
    await act();
    await pause(everyMs);
  }
}

function say(began: number, storm: Storm, audit: Audit, sampler: Sampler): void {
  const values = sampler.samples.at(-1)?.values;
  const look = UNITS.map(([measure, unit, per]) => `${measure} ${round((values?.get(measure) ?? 0) / per, 1)} ${unit}`);
  process.stderr.write(
    `soak: ${round((Date.now() - began) / 60_000, 1)} min, ${storm.injected.length} faults, ` +
      `${round((audit.recordedMs / audit.askedMs) * 100, 1)} % recorded, ${audit.unexplained.length} unexplained; ${look.join(", ")}\n`,
  );
}

function rowsOf(storm: Storm, audit: Audit, sampler: Sampler, town: Town): BenchRow[] {
  const recorderKills = [...storm.counts].reduce(
    (sum, [name, n]) => sum + (/recorder|everything/.test(name) ? n : 0),
    0,
  );
  const ended = sampler.vanished.length + Math.max(0, town.problems.length - recorderKills);
  return [
    row("faults", "", storm.injected.length),
    row("unexplained gaps", "", audit.unexplained.length, { goal: { of: "ours", atMost: 0 } }),
    row("longest gap after what made it was undone", "s", round(audit.overdueMs / 1_000, 0), {
      goal: { of: "ours", atMost: BACK_S },
    }),
    row("processes that ended though nobody killed them", "", ended, { goal: { of: "ours", atMost: 0 } }),
    row("recorded of what was asked", "%", round((audit.recordedMs / audit.askedMs) * 100, 2)),
    ...[...audit.gapMs]
      .sort(([, a], [, b]) => b - a)
      .map(([name, ms]) => row(`gaps, ${name}`, "camera seconds", round(ms / 1_000, 0))),
  ];
}

function growthRows(slopes: ReturnType<Sampler["slopes"]>): BenchRow[] {
  return UNITS.flatMap(([measure, unit, per]) => {
    const slope = slopes.get(measure);
    if (!slope) return [];
    const { level, perHour, standardErrorPerHour } = slope;
    const atMost = Math.max(FLAT_PERCENT_PER_HOUR, round((2 * standardErrorPerHour * 100) / level, 2));
    return [
      row(measure, unit, round(level / per, 1)),
      row(`${measure}: growth`, "%/h", round((perHour * 100) / level, 2), { goal: { of: "ours", atMost } }),
    ];
  });
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
