import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoKeys } from "@overt/cli/demo-keys";
import { makeSigningKey } from "@overt/cli/key-files";
import { startControl } from "@overt/control";
import { cameraId, instant } from "@overt/core";
import type { CameraStatus } from "@overt/link";
import { StoreClient } from "@overt/recorder/store/client";
import { recorderId } from "@overt/core";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Town, type TownCamera } from "./town/town.ts";

const scratch = mkdtempSync(join(tmpdir(), "overt-bad-"));
const cacheDir = join(scratch, "prepared");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const small = {
  source: { scene: "market" },
  cacheDir,
  seconds: 8,
  main: { width: 320, height: 240, fps: 5, bitrate: 200_000 },
} as const;
const NO_PICTURES = { permit: { anonymisedMode: "none" as const } };

/** Each camera that is wrong, with what is said of it. */
const WRONG: readonly {
  id: string;
  faults: readonly string[];
  code: RegExp;
  cause: RegExp;
  camera?: Partial<TownCamera>;
}[] = [
  { id: "wrong-path", faults: ["wrong-path"], code: /^STREAM_NOT_FOUND$/, cause: /^camera_unreachable$/ },
  { id: "audio-only", faults: ["audio-only"], code: /^STREAM_AUDIO_ONLY$/, cause: /^camera_silent$/ },
  { id: "codec", faults: ["unsupported-codec"], code: /^CODEC_UNSUPPORTED$/, cause: /^camera_silent$/ },
  {
    id: "silent",
    faults: ["silent-after-accept"],
    code: /^CAMERA_(NO_ANSWER|SILENT|NO_MEDIA)$/,
    cause: /^camera_(silent|unreachable)$/,
  },
  { id: "garbage", faults: ["garbage"], code: /^RTSP_NOT_SPOKEN$/, cause: /^camera_unreachable$/ },
  { id: "password", faults: [], code: /^AUTH_FAILED$/, cause: /^auth_failed$/, camera: { password: "wrong" } },
];

describe("one camera that is wrong is named, with what to do, and the others go on", () => {
  const cameras: SimCamera[] = [];
  let town: Town;

  beforeAll(async () => {
    const good = await startCamera({ ...small, name: "good" });
    cameras.push(good);
    for (const { id, faults } of WRONG)
      cameras.push(await startCamera({ ...small, name: id, faults, user: "admin", password: "right" }));
    town = await Town.start({
      workers: 0,
      cameras: [
        { id: "good", main: good.url("main"), ...NO_PICTURES },
        { id: "nobody", main: "rtsp://127.0.0.1:9/main", ...NO_PICTURES },
        ...WRONG.map(({ id, camera }, i) => ({
          id,
          main: cameras[i + 1]?.url("main") ?? "",
          username: "admin",
          password: "right",
          ...NO_PICTURES,
          ...camera,
        })),
      ],
    });
  }, 120_000);

  afterAll(async () => {
    await town?.end();
    await Promise.all(cameras.map((camera) => camera.stop()));
    town?.forget();
  });

  const named = async (id: string): Promise<CameraStatus> => {
    const of = (status: { cameras: readonly CameraStatus[] }): CameraStatus | undefined =>
      status.cameras.find((camera) => camera.id === id);
    return of(await town.until(`a problem of ${id}`, (status) => of(status)?.problem != null, 40_000)) as CameraStatus;
  };

  test.each(WRONG)(
    "$id",
    async ({ id, code, cause }) => {
      const { problem, original } = await named(id);
      expect(problem?.code).toMatch(code);
      expect(original.cause).toMatch(cause);
      expect(problem?.message).toContain(id);
      expect(problem?.hint ?? "").not.toBe("");
      expect(JSON.stringify(problem)).not.toMatch(/right|wrong-password/);
    },
    60_000,
  );

  test("unreachable", async () => {
    const { problem, original } = await named("nobody");
    expect(problem?.code).toBe("CAMERA_REFUSED");
    expect(original.cause).toBe("camera_unreachable");
  }, 60_000);

  test("the good one records all the time", async () => {
    const status = await town.until("the good one records", ({ cameras: all }) => all[0]?.original.recording === true);
    expect(status.cameras[0]?.problem).toBeNull();
  }, 60_000);
});

describe("what is wrong on the machine is one clear refusal", () => {
  test("the control room's port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const dataDir = join(scratch, "centre");
    await expect(startControl({ dataDir, host: "127.0.0.1", port, logLevel: "silent" })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(String(port)),
      hint: expect.stringMatching(/./),
    });
    other.close();
  });

  test("the footage directory belongs to another recorder", async () => {
    const directory = join(scratch, "footage");
    const open = (recorder: string): StoreClient =>
      new StoreClient({
        name: "footage",
        directory,
        recorder: recorderId(recorder),
        run: recorder,
        trustedNow: () => instant(Date.now()),
        rememberAt: null,
      });
    const mine = open("mine");
    await mine.ready();
    await mine.close();
    const theirs = open("theirs");
    await expect(theirs.ready()).rejects.toMatchObject({ code: "STORE_FOREIGN", hint: expect.stringMatching(/./) });
    await theirs.close();
  });

  test("a video file is corrupt", async () => {
    const file = join(scratch, "corrupt.mp4");
    writeFileSync(file, Buffer.from("ftyp is not enough ".repeat(500)));
    await expect(startCamera({ source: { video: file }, cacheDir })).rejects.toMatchObject({
      code: "SIM_VIDEO_UNREADABLE",
      message: expect.stringContaining("corrupt.mp4"),
      hint: expect.stringMatching(/./),
    });
  });
});

describe("custodians", () => {
  let camera: SimCamera;
  beforeAll(async () => {
    camera = await startCamera({ ...small, name: "gate" });
  }, 60_000);
  afterAll(() => camera.stop());

  test("without a roster no original is kept, and the health page says so", async () => {
    const town = await Town.start({
      workers: 0,
      roster: null,
      cameras: [{ id: "gate", main: camera.url("main"), ...NO_PICTURES }],
    });
    const status = await town.until("its word", ({ cameras }) => cameras[0]?.original.asked === false);
    expect(status.roster.custodians).toBe(0);
    expect(status.roster.problem).toMatch(/No custodians/);
    expect(status.cameras[0]?.original.recording).toBe(false);
    await town.end();
    town.forget();
  }, 60_000);

  test("a roster that somebody else signed is not believed", async () => {
    const dir = join(scratch, "other-keys");
    mkdirSync(dir, { recursive: true });
    const other = await makeDemoKeys(dir, [], instant(Date.now()));
    const town = await Town.start({
      workers: 0,
      roster: other.rosterFile,
      cameras: [{ id: "gate", main: camera.url("main"), ...NO_PICTURES }],
    });
    const status = await town.until("its word", ({ cameras }) => cameras[0]?.original.asked === false);
    expect(status.roster.problem).toMatch(/not signed by the overseer/);
    await town.end();
    town.forget();
  }, 60_000);

  test("a custodian's wrong key opens nothing and says which share it was", async () => {
    const town = await Town.start({ workers: 0, cameras: [{ id: "gate", main: camera.url("main"), ...NO_PICTURES }] });
    const began = instant(Date.now());
    await town.until("recording", ({ cameras }) => cameras[0]?.original.recording === true);
    await town.until("some seconds", () => Date.now() > began + 4_000);
    await town.end();
    const stranger = await makeDemoKeys(join(scratch, "strangers"), [], instant(Date.now()));
    const opened = await town.open(cameraId("gate"), began, instant(Date.now()), {
      identities: stranger.identityFiles,
    });
    expect(opened.pictures).toEqual([]);
    expect(opened.closed.length).toBeGreaterThan(0);
    expect(opened.closed[0]?.why).toMatch(/operations|oversight/);
    // One group alone is as good as nobody.
    const half = { operations: town.keys.identityFiles.operations, oversight: [] };
    expect((await town.open(cameraId("gate"), began, instant(Date.now()), { identities: half })).pictures).toEqual([]);
    town.forget();
  }, 60_000);

  test("a key file is never overwritten", async () => {
    const file = join(scratch, "overseer.signkey");
    await makeSigningKey(file);
    await expect(makeSigningKey(file)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  });
});
