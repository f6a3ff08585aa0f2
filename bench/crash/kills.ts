import { cameraId, type Instant, instant } from "@overt/core";
import type { Timeline } from "@overt/link";
import { DEFAULT_CACHE_DIR } from "@overt/sim";
import { lost } from "../../tests/town/timelines.ts";
import { Town } from "../../tests/town/town.ts";
import { Cameras } from "../ingest/cameras.ts";

export interface Kills {
  readonly times: number;
  /** Stretches that were on the timeline and are not. */
  readonly lost: number;
  /** What a camera had sent before the kill and the timeline does not have, at worst. */
  readonly secondsLost: number;
  /** From the kill until all record again, at worst. */
  readonly backS: number;
}

const CAMERAS = 20;
const STREAM = { width: 1280, height: 720, fps: 15, bitrate: 2_000_000 };
const START_LIMIT_MS = 120_000;

/** `kill -9` of a recorder and all its processes under load, again and again. */
export async function killEverything(times: number): Promise<Kills> {
  const cameras = await Cameras.start({
    count: CAMERAS,
    sources: [{ scene: "market" }],
    codec: "h264",
    audio: false,
    seconds: 12,
    cacheDir: DEFAULT_CACHE_DIR,
    main: STREAM,
    sub: STREAM,
  });
  const ids = Array.from({ length: CAMERAS }, (_, i) => cameraId(`camera-${i + 1}`));
  const permit = { anonymisedMode: "none" } as const;
  const town = await Town.start({
    workers: 0,
    cameras: ids.map((id, i) => ({ id, main: cameras.urls[i]?.main as string, permit })),
  });
  const timelines = (from: Instant, to: Instant) => Promise.all(ids.map((id) => town.timeline(id, from, to)));
  const recording = (since: number) => (status: Awaited<ReturnType<Town["until"]>>) =>
    status.at > since && status.cameras.every(({ original }) => original.recording);
  const worst = { lost: 0, secondsLost: 0, backS: 0 };
  try {
    await town.until("recording", recording(0), START_LIMIT_MS);
    for (let time = 0; time < times; time++) {
      const from = instant(Date.now());
      await pause(2_000 + (time % 7) * 300);
      const before = await timelines(from, instant(Date.now()));
      const killedAt = Date.now();
      town.killAll();
      await town.until("recording again", recording(killedAt + 1_000), START_LIMIT_MS);
      worst.backS = Math.max(worst.backS, (Date.now() - killedAt) / 1_000);
      const after = await timelines(from, instant(Date.now()));
      for (const [i, { original }] of before.entries()) {
        const now = (after[i] as Timeline).original.segments;
        worst.lost += lost(original.segments, now).length;
        const end = Math.max(...now.filter((stretch) => stretch.from < killedAt).map(({ to }) => to));
        worst.secondsLost = Math.max(worst.secondsLost, (killedAt - end) / 1_000);
      }
    }
    return { times, ...worst };
  } finally {
    await town.end();
    town.forget();
    cameras.end();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
