import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printJson } from "@overt/cli/key-files";
import { signPermit } from "@overt/cli/permit";
import { instant } from "@overt/core";
import type { CameraStatus } from "@overt/link";
import { type SimCamera, startCamera } from "@overt/sim";
import { packRecords } from "@overt/sim/opener/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Town } from "./town/town.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "overt-sim-"));
const DAY_MS = 86_400_000;
let camera: SimCamera;
let town: Town;

beforeAll(async () => {
  camera = await startCamera({
    name: "gate",
    source: { scene: "market" },
    cacheDir,
    seconds: 8,
    main: { width: 640, height: 480, fps: 5, bitrate: 300_000 },
  });
  town = await Town.start({
    workers: 0,
    cameras: [
      { id: "gate", main: camera.url("main"), permit: { anonymisedMode: "none" } },
      {
        id: "yard",
        main: camera.url("main"),
        permit: {
          anonymisedMode: "none",
          privateSpaces: [
            [
              [0, 0],
              [0.5, 0],
              [0, 0.5],
            ],
          ],
          drawnOn: { width: 640, height: 480 },
        },
      },
      {
        id: "shape",
        main: camera.url("main"),
        permit: {
          privateSpaces: [
            [
              [0, 0],
              [0.5, 0],
              [0, 0.5],
            ],
          ],
          drawnOn: { width: 640, height: 360 },
        },
      },
      { id: "small", main: camera.url("main"), permit: { anonymisedMode: "none", maxWidth: 320, maxHeight: 240 } },
      {
        id: "ended",
        main: camera.url("main"),
        permit: { anonymisedMode: "none", until: new Date(Date.now() - 1_000).toISOString() },
      },
    ],
  });
}, 120_000);

afterAll(async () => {
  await town?.end();
  await camera?.stop();
  town?.forget();
  rmSync(cacheDir, { recursive: true, force: true });
});

const of = (id: string, { cameras }: { cameras: readonly CameraStatus[] }): CameraStatus =>
  cameras.find((each) => each.id === id) as CameraStatus;

/** As an overseer would write it, with `change`. */
const payloadOfGate = (change: object = {}): object => ({
  v: 1,
  camera: "gate",
  number: 1,
  name: "gate",
  place: { lat: 0, lon: 0, text: "" },
  purpose: "A test",
  legalBasis: "A test",
  retentionMs: DAY_MS,
  from: new Date(Date.now() - DAY_MS).toISOString(),
  until: new Date(Date.now() + DAY_MS).toISOString(),
  anonymisedMode: "none",
  look: "blocks",
  privateSpaces: [],
  original: true,
  ...change,
});

async function replacePermit(change: object): Promise<void> {
  const { signed } = await signPermit(payloadOfGate(change), town.keys.overseer);
  put(printJson(signed));
}

/** Another file under the same name, in one step. */
function put(text: string): void {
  const file = town.keys.permitFiles.get("gate") as string;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

async function recordsOf(id: string): Promise<number> {
  let count = 0;
  for await (const { prefix, body } of packRecords(`${town.dir}/footage`))
    if (prefix.type === "fragment" && Buffer.from(body.subarray(0, 32)).toString("latin1").replaceAll("\0", "") === id)
      count++;
  return count;
}

test("a camera with a permit records", async () => {
  await town.until("recording", (status) => of("gate", status).original.recording);
}, 60_000);

test("a camera whose permit has ended never connects, and says why", async () => {
  const status = await town.until("its word", (now) => of("ended", now).problem !== null);
  expect(of("ended", status)).toMatchObject({
    original: { recording: false, cause: "no_permit" },
    permit: { valid: false },
    problem: { code: "PERMIT_ENDED" },
  });
  expect(await recordsOf("ended")).toBe(0);
}, 60_000);

test("a picture wider than the register says stops the camera, and it is not let in again to be looked at", async () => {
  const status = await town.until("its word", (now) => of("small", now).problem?.code === "PERMIT_TOO_WIDE");
  expect(of("small", status).original).toMatchObject({ recording: false, cause: "no_permit" });
  const before = camera.stats().accepted;
  await town.until("three looks at the permit", (now) => now.at > status.at + 3_500);
  expect(camera.stats().accepted).toBe(before);
}, 60_000);

test("no original is kept of a camera whose private space cannot be masked in it", async () => {
  const status = await town.until("its word", (now) => of("yard", now).original.cause === "masked_no_original");
  expect(of("yard", status).original.recording).toBe(false);
  expect(await recordsOf("yard")).toBe(0);
}, 60_000);

test("a picture of another shape than its private spaces were drawn on is neither recorded nor shown", async () => {
  const status = await town.until("its word", (now) => of("shape", now).problem?.code === "MASK_FAILED");
  expect(of("shape", status).anonymised).toMatchObject({ recording: false, cause: "mask_failed" });
  expect(of("shape", status).anonymiser.lastPictureAt).toBeNull();
  expect(await recordsOf("shape")).toBe(0);
}, 60_000);

test("a permit that is withdrawn stops the camera within seconds, and one that is forged does not start it", async () => {
  const began = Date.now();
  await replacePermit({ until: new Date(Date.now() - 1_000).toISOString() });
  await town.until("stopped", (status) => of("gate", status).original.cause === "no_permit");
  expect(Date.now() - began).toBeLessThan(5_000);

  const { signed } = await signPermit(payloadOfGate(), town.keys.overseer);
  put(printJson({ ...signed, payload: { ...(signed.payload as object), name: "another name" } }));
  const status = await town.until("refused", (now) => of("gate", now).problem?.code === "PERMIT_SIGNATURE");
  expect(of("gate", status).original.recording).toBe(false);
  put("{ not json");
  await town.until("unreadable", (now) => of("gate", now).problem?.code === "PERMIT_UNREADABLE");
}, 60_000);

test("a new permit starts it again, and the time between is a gap of its own cause", async () => {
  await replacePermit({});
  await town.until("recording again", (status) => of("gate", status).original.recording, 60_000);
  const { original } = await town.timeline("gate", instant(Date.now() - 120_000), instant(Date.now()));
  expect(original.gaps.map(({ cause }) => cause)).toContain("no_permit");
}, 90_000);
