import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { instant, recorderId } from "@overt/core";
import { parseFragmentHead } from "@overt/seal";
import { expect, test } from "vitest";
import { checkStore } from "./check.ts";
import { StoreClient } from "./client.ts";
import { EIGHT, SampleTrack } from "./sample.ts";

const NINE = instant(EIGHT + 3_600_000);
const KILLS = 20;

test("a writer killed 20 times under load loses nothing acknowledged, and nothing that was handed over", async () => {
  const directory = mkdtempSync(join(tmpdir(), "overt-store-"));
  const recorder = recorderId("town-hall");
  const options = { name: "a", directory, recorder, run: "run-1", trustedNow: () => EIGHT, rememberAt: null };
  // Room for all of it: on a busy machine a writer may be away for seconds.
  const client = new StoreClient({
    ...options,
    backlogBytes: 2 ** 30,
    limits: { commitMs: 10, reserveBytes: 0, packBytes: 4 * 2 ** 20 },
  });
  await client.ready();
  const cameras = Array.from({ length: 8 }, (_, i) => new SampleTrack(`camera-${i}`));
  const acknowledged = new Map(cameras.map((camera) => [camera, 0]));
  const handedOver: Promise<unknown>[] = [];
  const hand = (camera: SampleTrack, record: Uint8Array, counts: boolean) => {
    handedOver.push(
      client.append([record]).then((appended) => {
        expect(appended).toEqual({ stored: true });
        if (counts) acknowledged.set(camera, (acknowledged.get(camera) ?? 0) + 1);
      }),
    );
  };
  let killing = true;
  const load = (async () => {
    for (const camera of cameras) hand(camera, camera.envelope(), false);
    for (let round = 0; killing; round++) {
      for (const camera of cameras) {
        if (round % 10 === 0) for (const record of camera.header()) hand(camera, record, false);
        hand(camera, camera.fragment(round % 10 === 0 ? "key" : "media", 20, 4_000), true);
        if (round % 10 === 9) hand(camera, camera.end(), false);
      }
      await wait(10);
    }
  })();
  for (let kill = 1; kill <= KILLS; kill++) {
    await client.ready();
    await wait(20 + kill * 7);
    process.kill(client.pid as number, "SIGKILL");
    await expect.poll(() => client.restarts, { timeout: 10_000 }).toBe(kill);
  }
  killing = false;
  await load;
  await Promise.all(handedOver);

  for (const camera of cameras) {
    const pieces = await Array.fromAsync(client.read(camera.camera, "original", EIGHT, NINE));
    const media = pieces
      .flatMap(({ fragments }) => fragments)
      .map((record) => parseFragmentHead(record))
      .filter((head) => !("problem" in head) && (head.kind === "key" || head.kind === "media"));
    expect(media.length).toBe(acknowledged.get(camera));
    expect(media.length).toBe((camera.at - EIGHT) / 20);
    expect((await client.timeline(camera.camera, "original", EIGHT, NINE)).segments).toEqual([
      { from: EIGHT, to: camera.at, startsOnKeyPicture: true, clockOffsetMs: null },
    ]);
  }
  await client.close();
  expect(await checkStore(directory)).toMatchObject({ problems: [] });
}, 120_000);
