import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, instant } from "@overt/core";
import { FRAGMENT_MS } from "@overt/recorder/tracks/fragmenter";
import { DEFAULT_CACHE_DIR } from "@overt/sim";
import { Town } from "../tests/town/town.ts";
import { Cameras } from "./ingest/cameras.ts";
import { type DiskCalls, diskCallsOf } from "./ingest/disk-calls.ts";
import { Ffmpegs } from "./ingest/ffmpegs.ts";
import { type Checked, checkStored } from "./ingest/lost.ts";
import { busyShare, DISK_NAME, hourReadS } from "./ingest/spinning-disk.ts";
import { familyOf, titleOf, type Usage, usageOf } from "./ingest/usage.ts";
import { type BenchOptions, type BenchReport, type BenchRow, type Goal, row } from "./row.ts";

const SIZES = [10, 50, 100, 250];
const QUICK_SIZES = [20, 100];
/** Ratios are judged here (DESIGN §7): with few cameras a process that is shared by all of them weighs too much. */
const JUDGED = 100;
const STREAM = { width: 1920, height: 1080, fps: 15, bitrate: 4_000_000 };
/** Cameras are connected to a few at a time. */
const START_LIMIT_MS = 120_000;
const FFMPEG = "ffmpeg -c copy -f segment, one process each";

interface Ours extends Usage {
  readonly checked: Checked;
  readonly eventLoopDelayP99Ms: number;
  readonly disk: DiskCalls | null;
  /** From nothing until every camera records: as after a power cut in which all come back at once. */
  readonly startS: number;
}

/**
 * What recording costs for each camera, sealed and synced, with the anonymiser off, against one `ffmpeg` process for
 * each of the same cameras, which neither encrypts nor syncs.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const [measureMs, settleMs] = quick ? [10_000, 8_000] : [30_000, 15_000];
  const cameras = await Cameras.start({
    count: Math.max(...sizes),
    sources: [{ scene: "market" }],
    codec: "h264",
    audio: false,
    recordSent: true,
    seconds: 12,
    cacheDir: DEFAULT_CACHE_DIR,
    main: STREAM,
    sub: STREAM,
  });
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  try {
    for (const size of sizes) {
      const ours = await record(cameras, size, settleMs, measureMs);
      const theirs = await recordWithFfmpeg(cameras, size, settleMs, measureMs);
      rows.push(...rowsOf(size, ours, theirs));
      notes.push(noteOf(size, ours));
    }
  } finally {
    cameras.end();
  }
  return { rows, notes: [...notes, ...NOTES] };
}

const NOTES = [
  "Anonymiser off: the permits say anonymisedMode none. Recorder, writer, key store and key children are counted, the simulated cameras are not.",
  "Memory is the proportional set size (PSS), mean of one look a second; of ffmpeg, shared libraries count once for all its processes.",
];

async function record(cameras: Cameras, size: number, settleMs: number, measureMs: number): Promise<Ours> {
  const ids = Array.from({ length: size }, (_, i) => cameraId(`camera-${i + 1}`));
  const began = performance.now();
  const town = await Town.start({
    workers: 0,
    cameras: ids.map((id, i) => ({
      id,
      main: cameras.urls[i]?.main as string,
      permit: { anonymisedMode: "none" },
    })),
  });
  try {
    const recording: Parameters<Town["until"]>[1] = (status) =>
      status.cameras.every(({ original }) => original.recording);
    await town.until("recording", recording, START_LIMIT_MS);
    const startS = (performance.now() - began) / 1_000;
    await pause(settleMs);
    const root = town.recorder.pid as number;
    await eventLoopDelayOf(town);
    const from = instant(Date.now());
    const usage = await usageOf(() => familyOf(root), measureMs);
    const eventLoopDelayP99Ms = await eventLoopDelayOf(town);
    const to = instant(Date.now());
    const writer = familyOf(root).find((pid) => titleOf(pid)?.startsWith("overt-store"));
    const disk = writer === undefined ? null : await diskCallsOf(writer);
    await town.end();
    const sent = await Promise.all(ids.map(async (id, i) => ({ id, sent: await cameras.sentBy(i) })));
    const checked = await checkStored(town, sent, from, to);
    return { ...usage, checked, eventLoopDelayP99Ms, disk, startS };
  } finally {
    await town.end();
    town.forget();
  }
}

async function recordWithFfmpeg(cameras: Cameras, size: number, settleMs: number, measureMs: number): Promise<Usage> {
  const dir = mkdtempSync(join(tmpdir(), "overt-ffmpeg-"));
  const all = await Ffmpegs.start(
    cameras.urls.slice(0, size).map(({ main }) => main),
    dir,
  );
  try {
    await pause(settleMs);
    const usage = await usageOf(() => all.pids, measureMs);
    if (all.failed > 0) throw new Error(`${all.failed} of ${size} ffmpeg processes ended early.`);
    return usage;
  } finally {
    await all.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

function rowsOf(size: number, ours: Ours, theirs: Usage): BenchRow[] {
  const at = `${size} cameras, 1080p15 at 4 Mbit/s, anonymiser off`;
  const judged = (of: Goal["of"], atMost: number): { goal: Goal } | object =>
    size === JUDGED ? { goal: { of, atMost } } : {};
  const { checked } = ours;
  return [
    row(`CPU per camera, ${at}`, "% of a core", rounded((ours.cores / size) * 100, 3), {
      baseline: { name: FFMPEG, value: rounded((theirs.cores / size) * 100, 3) },
      ...judged("ratio", 0.6),
    }),
    row(`memory per camera, ${at}`, "MB", rounded(ours.memoryBytes / size / 1e6, 2), {
      baseline: { name: FFMPEG, value: rounded(theirs.memoryBytes / size / 1e6, 2) },
      ...judged("ratio", 0.2),
    }),
    row(`pictures lost or changed of ${checked.sent} sent, ${at}`, "", checked.lost + checked.strange, {
      goal: { of: "ours", atMost: 0 },
    }),
    row(`event loop delay of the recorder, p99, ${at}`, "ms", rounded(ours.eventLoopDelayP99Ms, 1), {
      goal: { of: "ours", atMost: 50 },
    }),
    row(`from the recorder's start until all record, ${at}`, "s", rounded(ours.startS, 1), {
      goal: { of: "ours", atMost: 30 },
    }),
    ...(ours.disk ? diskRows(ours.disk, at) : []),
  ];
}

function diskRows(disk: DiskCalls, at: string): BenchRow[] {
  return [
    row(`syncs of the writer, ${at}`, "/s", rounded(disk.syncsPerS, 1)),
    row(`bytes per write to a pack, ${at}`, "kB", rounded(disk.bytesPerPackWrite / 1_000, 0)),
    row(`${DISK_NAME}, reckoned: busy with it, ${at}`, "%", rounded(busyShare(disk) * 100, 0)),
    row(
      `${DISK_NAME}, reckoned: an hour of one camera read back, ${at}`,
      "s",
      rounded(hourReadS(FRAGMENT_MS, STREAM.bitrate), 0),
    ),
  ];
}

function noteOf(size: number, { byTitle, mostMemoryBytes, checked }: Ours): string {
  const shares = byTitle.map(([title, cores]) => `${title} ${rounded((cores / size) * 100, 3)} %`).join(", ");
  const bitrate = rounded((checked.bytes * 8 * STREAM.fps) / checked.sent / 1e6, 2);
  return `${size} cameras: ${shares} of a core per camera; at most ${rounded(mostMemoryBytes / 1e6, 0)} MB; ${bitrate} Mbit/s each.`;
}

async function eventLoopDelayOf(town: Town): Promise<number> {
  const { head } = await town.recorder.ask({ status: true });
  return (head as { eventLoopDelayP99Ms: number }).eventLoopDelayP99Ms;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
