import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hours, type Instant, instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { KeeperClient } from "../keystore/client.ts";
import { cameraHash } from "../keystore/slot.ts";
import { StoreClient } from "./client.ts";
import { EIGHT, SampleTrack } from "./sample.ts";

const RETENTION_MS = hours(72);
const END = instant(EIGHT + hours(24));
const expiryOf = (periodStart: Instant): Instant => instant(periodStart + hours(1) + RETENTION_MS);

/** A recorder's two clients, wired as a recorder wires them. */
function recorder(root: string) {
  const store = new StoreClient({
    name: "a",
    directory: join(root, "footage"),
    recorder: recorderId("town-hall"),
    run: `${Math.random()}`,
    trustedNow: () => EIGHT,
    rememberAt: join(root, "volume.json"),
    limits: { commitMs: 5, reserveBytes: 0, packBytes: 20_000 },
  });
  const expiring: Promise<void>[] = [];
  const keeper = new KeeperClient({
    places: [join(root, "keys-1"), join(root, "keys-2")],
    onDestroyed: (periods) => expiring.push(store.expire(periods)),
  });
  const close = async () => {
    keeper.close();
    await store.close();
  };
  onTestFinished(close);
  return { store, keeper, close, expired: () => Promise.all(expiring.splice(0)) };
}

async function record(camera: SampleTrack, { store, keeper }: ReturnType<typeof recorder>, segments: number) {
  const periodStart = instant(Math.floor(camera.at / hours(1)) * hours(1));
  const key = await keeper.ensure(camera.camera, periodStart, expiryOf(periodStart));
  await store.append([camera.envelope()]);
  for (let i = 0; i < segments; i++) await store.append(camera.whole(10));
  return { periodStart, key };
}

const filesIn = (directory: string): string[] => readdirSync(join(directory, "packs", "0")).sort();

test("retention: first the key, then the rows, then the packs of which nothing lives", async () => {
  const root = mkdtempSync(join(tmpdir(), "overt-retention-"));
  const all = recorder(root);
  const camera = new SampleTrack();
  const neighbour = new SampleTrack("south-gate");
  const old = await record(camera, all, 4);
  camera.at = instant(EIGHT + hours(2));
  neighbour.at = camera.at;
  const young = await record(camera, all, 4);
  await record(neighbour, all, 1);
  const before = filesIn(join(root, "footage"));

  await all.keeper.time(expiryOf(old.periodStart));
  await all.expired();
  expect(await all.keeper.get(camera.camera, old.periodStart)).toEqual({ state: "destroyed" });
  expect(await all.keeper.get(camera.camera, young.periodStart)).toMatchObject({ state: "live" });
  expect((await all.store.timeline(camera.camera, "original", EIGHT, END)).segments).toMatchObject([
    { from: EIGHT + hours(2) },
  ]);
  const after = filesIn(join(root, "footage"));
  expect(after.length).toBeLessThan(before.length);
  expect(before.slice(-after.length)).toEqual(after);
  expect(await all.store.periods()).toEqual([
    { camera: camera.camera, periodStart: young.periodStart },
    { camera: neighbour.camera, periodStart: young.periodStart },
  ]);
});

test("last week's copy of the footage, the index and one key place does not bring an expired hour back", async () => {
  const root = mkdtempSync(join(tmpdir(), "overt-retention-"));
  const backup = mkdtempSync(join(tmpdir(), "overt-backup-"));
  const first = recorder(root);
  const camera = new SampleTrack();
  const { periodStart } = await record(camera, first, 3);
  await first.close();
  cpSync(root, backup, { recursive: true });

  const second = recorder(root);
  await second.keeper.time(expiryOf(periodStart));
  await second.expired();
  await second.close();

  for (const name of ["footage", "keys-2", "volume.json"]) {
    rmSync(join(root, name), { recursive: true });
    cpSync(join(backup, name), join(root, name), { recursive: true });
  }
  const third = recorder(root);
  await third.store.ready();
  const back = { camera: camera.camera, periodStart };
  expect(await third.store.periods()).toEqual([back]);
  expect(await third.keeper.get(camera.camera, periodStart)).toEqual({ state: "destroyed" });
  await expect(third.keeper.ensure(camera.camera, periodStart, expiryOf(periodStart))).rejects.toMatchObject({
    code: "KEY_DESTROYED",
  });
  await third.store.expire([{ camera: cameraHash(camera.camera), periodStart }]);
  expect(await third.store.periods()).toEqual([]);
});

test("sto-13: footage of a camera that is in no configuration any more goes all the same", async () => {
  const root = mkdtempSync(join(tmpdir(), "overt-retention-"));
  const first = recorder(root);
  const camera = new SampleTrack("taken-down");
  const { periodStart } = await record(camera, first, 3);
  await first.close();
  const second = recorder(root);
  await second.store.ready();
  await second.keeper.time(expiryOf(periodStart));
  await second.expired();
  expect(await second.store.periods()).toEqual([]);
  expect(filesIn(join(root, "footage"))).toEqual([]);
  expect(existsSync(join(root, "footage", "overt-store.json"))).toBe(true);
});

test("what goes on under an envelope that is gone is refused, though its epoch was known a moment ago", async () => {
  const root = mkdtempSync(join(tmpdir(), "overt-retention-"));
  const all = recorder(root);
  const camera = new SampleTrack();
  const { periodStart } = await record(camera, all, 2);
  await all.store.expire([{ camera: cameraHash(camera.camera), periodStart }]);
  expect(await all.store.append(camera.whole(2))).toMatchObject({ stored: false });
  expect(await all.store.append([camera.envelope(), ...camera.whole(2)])).toEqual({ stored: true });
});
