import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GapCause, type Instant, instant, type Track } from "@overt/core";
import type { Timeline } from "@overt/link";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holes, lost } from "./town/timelines.ts";
import { recordsBoth, Town } from "./town/town.ts";

const SCENES = ["market", "station", "bridge"] as const;
const NAMES = ["one", "two", "three", "four", "five", "six"] as const;
const TRACKS: readonly Track[] = ["original", "anonymised"];
const BACK_MS = 90_000;

const cacheDir = mkdtempSync(join(tmpdir(), "overt-sim-"));
const cameras: SimCamera[] = [];
let town: Town;
let began: Instant;

beforeAll(async () => {
  for (const [i, name] of NAMES.entries())
    cameras.push(
      await startCamera({
        name,
        source: { scene: SCENES[i % SCENES.length] as string },
        codec: i % 2 === 0 ? "h264" : "h265",
        cacheDir,
        seconds: 8,
        main: { width: 640, height: 480, fps: 5, bitrate: 400_000 },
        sub: { width: 320, height: 240, fps: 5, bitrate: 200_000 },
      }),
    );
  town = await Town.start({
    epochMs: 20_000,
    cameras: cameras.map((camera, i) => ({
      id: NAMES[i] as string,
      main: camera.url("main"),
      sub: camera.url("sub"),
    })),
  });
  await town.until("all six record", recordsBoth, 120_000);
  began = instant(Date.now());
}, 240_000);

afterAll(async () => {
  await town?.end();
  await Promise.all(cameras.map((camera) => camera.stop()));
  town?.forget();
  rmSync(cacheDir, { recursive: true, force: true });
});

/** On a busy machine an anonymiser may be late, and then it is blank: lawful, and never a matter of the original. */
const LATE: readonly GapCause[] = ["process_down", "relearning"];

const VICTIMS: readonly { part: string; causes: Readonly<Record<Track, readonly GapCause[]>> }[] = [
  { part: "store-footage", causes: { original: [], anonymised: LATE } },
  { part: "keeper", causes: { original: [], anonymised: LATE } },
  { part: "keys", causes: { original: [], anonymised: LATE } },
  { part: "anonymiser-1", causes: { original: [], anonymised: LATE } },
  { part: "recorder", causes: { original: ["recorder_down"], anonymised: ["recorder_down", ...LATE] } },
  ...Array.from({ length: 5 }, (_, i) => ({
    part: i === 0 ? "everything" : `everything, time ${i + 1}`,
    causes: { original: ["recorder_down"], anonymised: ["recorder_down", ...LATE] } as const,
  })),
];

test.each(VICTIMS)(
  "kill -9 of $part while six cameras record: all come back alone, and only with the right gaps",
  async ({ part, causes }) => {
    const killedAt = instant(Date.now());
    const before = await timelines(began, killedAt);
    await kill(part);
    await town.until(
      `recording again after ${part}`,
      (status) => recordsBoth(status) && status.at > killedAt + 6_000,
      BACK_MS,
    );
    const back = instant(Date.now());
    // What was recorded since must itself be durable before it can be judged.
    await town.until("the next seconds", () => Date.now() > back + 4_000);

    const after = await timelines(began, back);
    for (const name of NAMES)
      for (const track of TRACKS) {
        expect(
          lost(before[name]![track].segments, after[name]![track].segments),
          `${name} ${track}: acknowledged and gone`,
        ).toEqual([]);
        const seen = after[name]![track].gaps.filter((gap) => (gap.to ?? back) > killedAt).map(({ cause }) => cause);
        expect(
          [...new Set(seen)].filter((cause) => !causes[track].includes(cause)),
          `${name} ${track}`,
        ).toEqual([]);
        expect(holes(after[name]![track], killedAt, back), `${name} ${track}: neither recorded nor a gap`).toEqual([]);
      }
  },
  BACK_MS + 60_000,
);

async function kill(part: string): Promise<void> {
  if (part.startsWith("everything")) return town.killAll();
  if (part === "recorder") {
    process.kill(town.recorder.pid as number, "SIGKILL");
    return;
  }
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const victim = town.processes().find(({ title }) => title.startsWith(`overt-${part}`));
    if (victim) {
      process.kill(victim.pid, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`No process overt-${part} was seen.`);
}

async function timelines(from: Instant, to: Instant): Promise<Record<string, Timeline>> {
  return Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await town.timeline(name, from, to)])));
}
