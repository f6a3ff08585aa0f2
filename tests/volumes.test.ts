import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, type GapCause, type Instant, instant } from "@overt/core";
import type { CameraStatus, RecorderStatus } from "@overt/link";
import { OPERATOR, startLoggedIn } from "@overt/control/test-centre";
import { checkStore } from "@overt/recorder/store/check";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { holes } from "./town/timelines.ts";
import { Town, type TownOptions } from "./town/town.ts";
import { type Behaviour, FaultyDisk, fuseMissing } from "./volumes/faulty-disk.ts";

/** Four cameras, two at home on each volume; of each pair one is shown, too. */
const CAMERAS = [
  { id: "east-1", volume: "east", mode: "full" },
  { id: "east-2", volume: "east", mode: "none" },
  { id: "west-1", volume: "west", mode: "full" },
  { id: "west-2", volume: "west", mode: "none" },
] as const;
const LATE: readonly GapCause[] = ["process_down", "relearning", "no_room"];
/** A volume that is well is never further behind than a commit and a fragment; a busy machine gets some more. */
const BEHIND_MS = 6_000;
const STATUS_MS = 2_000;
/** Mostly its password. */
const LOG_IN_MS = 5_000;

const FAULTS: readonly { what: string; begin: Behaviour | "away"; causes: readonly GapCause[] }[] = [
  { what: "needs 5 s for a write", begin: "slow 5", causes: ["disk_slow"] },
  { what: "does not answer, as a share whose server is gone", begin: "hung", causes: ["disk_slow"] },
  // As when all inodes are used, or a quota. One that has room for its index only: store/room.test.ts.
  { what: "takes nothing more, not even of its index,", begin: "full", causes: ["disk_full"] },
  { what: "gives errors", begin: "fail", causes: ["disk_failed", "process_down"] },
  { what: "is pulled out", begin: "away", causes: ["disk_failed"] },
];

describe.skipIf(fuseMissing)(`of two volumes one fails${fuseMissing && ` [skipped: ${fuseMissing}]`}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "overt-volumes-"));
  const disk = new FaultyDisk(dir);
  const cameras: SimCamera[] = [];
  let town: Town;
  let began: Instant;
  const options = (moved?: string): TownOptions => ({
    volumes: [
      { name: "east", path: `${disk.path}/footage`, backlogBytes: 2 ** 20 },
      { name: "west", path: join(dir, "west") },
    ],
    cameras: CAMERAS.map(({ id, volume, mode }, i) => ({
      id,
      volume: id === moved ? "west" : volume,
      main: cameras[i]?.url("main") as string,
      ...(mode === "full" ? { sub: cameras[i]?.url("sub") as string } : {}),
      permit: { anonymisedMode: mode },
    })),
  });

  beforeAll(async () => {
    await disk.mount();
    for (const { id } of CAMERAS)
      cameras.push(
        await startCamera({
          name: id,
          source: { scene: "market" },
          cacheDir: join(dir, "prepared"),
          seconds: 8,
          main: { width: 640, height: 480, fps: 10, bitrate: 4_000_000 },
          sub: { width: 320, height: 240, fps: 5, bitrate: 200_000 },
        }),
      );
    town = await Town.start(options());
    await town.until("all four record", allRecord, 120_000);
    began = instant(Date.now());
  }, 200_000);

  afterAll(async () => {
    await town?.end();
    await disk.vanish();
    await Promise.all(cameras.map((camera) => camera.stop()));
    town?.forget();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(FAULTS)(
    "one that $what costs its own cameras their recording, with its cause, and nobody else anything",
    async ({ begin, causes }) => {
      const live = town.watch(["east-1", "west-1"]);
      if (begin === "away") await disk.vanish();
      else await disk.behave(begin);
      await town.until(
        `a gap of ${begin}`,
        (status) => east(status).every(({ original: { cause } }) => cause !== null && causes.includes(cause)),
        90_000,
      );
      await eachSecond(8, async () => {
        const asked = performance.now();
        const status = (await town.status()) as RecorderStatus;
        expect(performance.now() - asked, "the recorder answers").toBeLessThan(STATUS_MS);
        for (const { id, original } of west(status)) {
          expect(original.recording, id).toBe(true);
          expect(status.at - (original.recordedTo ?? 0), `${id} is behind`).toBeLessThan(BEHIND_MS);
        }
        expect(status.volumes.find(({ name }) => name === "west")?.state).toBe("ok");
      });
      const shown = new Map(live.seen);
      await town.until("live goes on", () => [...live.seen].every(([id, n]) => n > (shown.get(id) ?? 0) + 5));
      live.end();
      const faulty = (await town.status())?.volumes.find(({ name }) => name === "east");
      expect(faulty).toMatchObject({
        state: expect.stringMatching(/^(degraded|failed|starting)$/),
        message: expect.any(String),
      });

      const timeline = await town.timeline("west-1", began, instant(Date.now()));
      expect(timeline.original.gaps).toEqual([]);

      if (begin === "away") await disk.mount();
      else await disk.behave("well");
      await town.until("all four record again", allRecord, 60_000);
    },
    240_000,
  );

  test("while one does not answer, a centre lets people in and shows the cameras of both", async () => {
    const centre = await startLoggedIn({ recorders: [{ name: "town", socketPath: `${town.dir}/recorder.sock` }] });
    const client = centre.client.fresh();
    try {
      await disk.behave("hung");
      await town.until(
        "a gap",
        (status) => east(status).every(({ original }) => original.cause === "disk_slow"),
        90_000,
      );
      const asked = performance.now();
      expect((await client.send("POST", "/api/login", OPERATOR)).status).toBe(200);
      expect(performance.now() - asked, "a log-in").toBeLessThan(LOG_IN_MS);
      const page = client.page();
      onTestFinished(() => page.socket.terminate());
      const stateOf = (status: RecorderStatus | undefined, name: string) =>
        status?.volumes.find((volume) => volume.name === name)?.state;
      const { recorders } = await page.reply("status", ({ recorders: [first] }) => {
        const state = stateOf(first?.status, "east");
        return state !== undefined && state !== "ok";
      });
      expect(recorders[0]).toMatchObject({ connected: true });
      expect(stateOf(recorders[0]?.status, "west")).toBe("ok");
      const shown = ["east-1", "west-1"].map(cameraId);
      page.say({ op: "watch", cameras: shown });
      for (const camera of shown)
        await page.until(({ pictures }) => pictures.some((picture) => picture.camera === camera) || undefined);
      await eachSecond(8, async () => {
        for (const camera of shown) {
          const last = page.pictures.findLast((picture) => picture.camera === camera);
          expect(Date.now() - (last?.at ?? 0), `${camera} is behind`).toBeLessThan(BEHIND_MS);
        }
      });
    } finally {
      await disk.behave("well");
      await centre.close();
    }
    await town.until("all four record again", allRecord, 60_000);
  }, 180_000);

  test("afterwards each second of the faulty volume is recorded or a gap with a cause, and both stores are whole", async () => {
    const until = instant(Date.now() - 4_000);
    await town.until("the last seconds are durable", ({ cameras: all }) =>
      all.every(({ original }) => (original.recordedTo ?? 0) > until + 2_000),
    );
    for (const { id, volume } of CAMERAS) {
      const { original, away } = await town.timeline(id, began, until);
      expect(away).toEqual([]);
      expect(holes(original, began, until), `${id}: neither recorded nor a gap`).toEqual([]);
      const causes = new Set(original.gaps.map(({ cause }) => cause));
      if (volume === "west") expect(causes, id).toEqual(new Set());
      else expect([...causes].filter((cause) => !FAULTS.some((fault) => fault.causes.includes(cause)))).toEqual([]);
    }
    await town.end();
    for (const path of [`${disk.path}/footage`, join(dir, "west")])
      expect((await checkStore(path, { repair: false, onProgress: () => {} })).problems, path).toEqual([]);
  }, 120_000);

  test("a recorder starts without a volume that is missing; a camera that was moved off it is one film when it is back", async () => {
    await disk.vanish();
    town = await Town.start({ ...options("east-1"), dir: town.dir });
    const records = (id: string) => (status: RecorderStatus) =>
      status.cameras.some((camera) => camera.id === id && camera.original.recording);
    for (const id of ["east-1", "west-1", "west-2"]) await town.until(`${id} records`, records(id), 60_000);
    await town.until("what is at home there has its cause", ({ cameras: all }) =>
      all.some(({ id, original }) => id === "east-2" && original.cause === "disk_failed"),
    );
    const moved = instant(Date.now());
    expect((await town.timeline("east-1", began, moved)).away).toEqual(["east"]);

    await disk.mount();
    await town.until("all four record", allRecord, 60_000);
    const { original, away } = await town.timeline("east-1", began, moved);
    expect(away).toEqual([]);
    expect(holes(original, began, moved)).toEqual([]);
    const doubled = original.gaps.filter(({ from, to }) =>
      original.segments.some((segment) => segment.from < (to ?? moved) && from < segment.to),
    );
    expect(doubled).toEqual([]);
    expect(original.segments.some(({ from }) => from < moved - 60_000)).toBe(true);
  }, 180_000);
});

const allRecord = ({ cameras }: RecorderStatus): boolean =>
  cameras.every(
    ({ original, anonymised }) =>
      original.recording &&
      (!anonymised.asked || anonymised.recording || (anonymised.cause !== null && LATE.includes(anonymised.cause))),
  );
const east = ({ cameras }: RecorderStatus): CameraStatus[] => cameras.filter(({ id }) => id.startsWith("east"));
const west = ({ cameras }: RecorderStatus): CameraStatus[] => cameras.filter(({ id }) => id.startsWith("west"));

async function eachSecond(times: number, look: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
