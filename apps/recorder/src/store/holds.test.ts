import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { cameraHash } from "../keystore/slot.ts";
import { StoreClient, type StoreClientOptions } from "./client.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { canMount, freeOf, volume } from "./testing/volume.ts";

const MIB = 2 ** 20;
const END = instant(EIGHT + 10 * 3_600_000);
const at = (minute: number): Instant => instant(EIGHT + minute * 60_000);

function clientOn(directory: string, more: Partial<StoreClientOptions> = {}): StoreClient {
  const client = new StoreClient({
    name: "a",
    directory,
    recorder: recorderId("town-hall"),
    run: `${Math.random()}`,
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { commitMs: 5, reserveBytes: 0, packBytes: 4 * MIB },
    ...more,
  });
  onTestFinished(async () => void (await client.close()));
  return client;
}

const folder = (): string => mkdtempSync(join(tmpdir(), "overt-holds-"));
const minuteOf = (camera: SampleTrack, bytes = 16_000): Uint8Array[] => [
  camera.envelope(),
  ...camera.whole(60, 1_000, bytes),
];
const spansOf = async (client: StoreClient, { camera, track }: SampleTrack): Promise<number[][]> =>
  (await client.timeline(camera, track, EIGHT, END)).segments.map(({ from, to }) => [
    (from - EIGHT) / 60_000,
    (to - EIGHT) / 60_000,
  ]);

for (const makesHoles of [true, false])
  test.skipIf(!canMount)(
    `a held window stays while all around it makes room, and goes like the rest once it is released (${makesHoles ? "holes" : "whole packs"})${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
    async (context) => {
      const directory = volume(64 * MIB);
      if (!directory) return context.skip("no tmpfs can be mounted here");
      const client = clientOn(directory, {
        trustedNow: () => at(200),
        limits: { commitMs: 5, reserveBytes: 24 * MIB, packBytes: 2 * MIB, makesHoles },
      });
      const camera = new SampleTrack();
      const record = async (minutes: number) => {
        for (let i = 0; i < minutes; i++) {
          expect(await client.append(minuteOf(camera))).toEqual({ stored: true });
          await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(8 * MIB);
        }
      };
      await record(10);
      const hold = { id: "case-1", camera: camera.camera, from: at(2), to: at(4) };
      expect((await client.hold(hold)).bytes).toBeGreaterThan(2 * 60 * 16_000);
      await record(80);
      const [held, rest] = await spansOf(client, camera);
      expect(held?.[0]).toBeLessThanOrEqual(2);
      expect(held?.[1]).toBeGreaterThanOrEqual(4);
      expect(rest?.[0]).toBeGreaterThan(10);
      const pieces = await Array.fromAsync(client.read(camera.camera, "original", at(2), at(4)));
      expect(pieces.map(({ fragments }) => fragments.length)).toEqual([62, 62]);

      await client.release("case-1");
      await record(40);
      await expect.poll(async () => (await spansOf(client, camera))[0]?.[0], { timeout: 10_000 }).toBeGreaterThan(4);
    },
    60_000,
  );

test("what is held is not expired with its period, and is once it is released", async () => {
  const client = clientOn(folder());
  const camera = new SampleTrack();
  for (let i = 0; i < 6; i++) await client.append(minuteOf(camera, 1_000));
  await client.hold({ id: "case-1", camera: camera.camera, from: at(2), to: at(4) });
  const dead = [{ camera: cameraHash(camera.camera), periodStart: EIGHT }];
  await client.expire(dead);
  expect(await spansOf(client, camera)).toEqual([[2, 4]]);
  const pieces = await Array.fromAsync(client.read(camera.camera, "original", at(2), at(4)));
  expect(pieces.map(({ envelope }) => envelope !== null)).toEqual([true, true]);
  // Whoever looks after what has lost its key finds it.
  expect(await client.periods()).toEqual([{ camera: camera.camera, periodStart: EIGHT }]);
  await client.release("case-1");
  await client.expire(dead);
  expect(await client.periods()).toEqual([]);
});

test("a hold outlives the writer, the recorder and the index", async () => {
  const directory = folder();
  const first = clientOn(directory);
  const camera = new SampleTrack();
  for (let i = 0; i < 6; i++) await first.append(minuteOf(camera, 1_000));
  const hold = await first.hold({ id: "case-1", camera: camera.camera, from: at(2), to: at(4) });
  await first.close();
  for (const suffix of ["", "-wal"]) rmSync(join(directory, `index.sqlite${suffix}`), { force: true });
  const second = clientOn(directory);
  expect(await second.holds()).toEqual([hold]);
  await expect.poll(() => spansOf(second, camera), { timeout: 10_000 }).toEqual([[0, 6]]);
  await second.expire([{ camera: cameraHash(camera.camera), periodStart: EIGHT }]);
  expect(await spansOf(second, camera)).toEqual([[2, 4]]);
});

test("the same hold again changes nothing; another window under its name, or more than half a volume, is refused", async (context) => {
  const directory = canMount ? volume(64 * MIB) : null;
  if (!directory) return context.skip("no tmpfs can be mounted here");
  const client = clientOn(directory, { trustedNow: () => at(10) });
  const camera = new SampleTrack();
  for (let i = 0; i < 10; i++) await client.append(minuteOf(camera));
  const hold = { id: "case-1", camera: camera.camera, from: at(0), to: at(4) };
  const kept = await client.hold(hold);
  expect(await client.hold(hold)).toEqual(kept);
  await expect(client.hold({ ...hold, to: at(5) })).rejects.toMatchObject({ code: "HOLD_EXISTS" });
  await expect(client.release("case-2")).rejects.toMatchObject({ code: "HOLD_ABSENT" });
  // A minute is about 1 MB; what is still to come of a window is reserved with the rest of it.
  const ahead = { id: "case-2", camera: camera.camera, from: at(8), to: at(60) };
  await expect(client.hold(ahead)).rejects.toMatchObject({ code: "HOLD_NO_ROOM", hint: expect.stringMatching(/./) });
  expect(await client.holds()).toEqual([kept]);
  const soon = await client.hold({ ...ahead, to: at(20) });
  expect(soon.bytes).toBeGreaterThan(10 * 60 * 16_000);
  await expect(client.hold({ ...ahead, id: "case-3", to: at(30) })).rejects.toMatchObject({ code: "HOLD_NO_ROOM" });
});

test("a file of holds that cannot be read keeps the store shut: nobody knows what may go", async () => {
  const directory = folder();
  await clientOn(directory).close();
  const client = clientOn(directory);
  await client.ready();
  await client.close();
  writeFileSync(join(directory, "holds.json"), "{");
  await expect(clientOn(directory).ready()).rejects.toMatchObject({ code: "HOLDS_UNREADABLE" });
});
