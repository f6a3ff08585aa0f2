import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, days, hours, type Instant, instant } from "@overt/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { KeeperClient } from "./client.ts";
import { PeriodKeys } from "./keys.ts";
import { KeyPlace } from "./place.ts";
import { cameraHash } from "./slot.ts";

const EIGHT = instant(Date.UTC(2026, 10, 25, 8));
const camera = cameraHash(cameraId("north-gate"));
const after = (ms: number): Instant => instant(EIGHT + ms);
const ensureAt = (keys: PeriodKeys, at: Instant) => keys.ensure(camera, at, instant(at + hours(1) + days(30)));
const TOO_LONG = { code: "KEY_PLACE_AWAY_TOO_LONG", hint: expect.stringMatching(/./) };

function places() {
  const [here, stick] = [1, 2].map(() => join(mkdtempSync(join(tmpdir(), "overt-keys-")), "keys")) as [string, string];
  const pull = (): void => {
    renameSync(stick, `${stick}.pulled`);
    writeFileSync(stick, "no directory");
  };
  const plug = (): void => {
    rmSync(stick, { recursive: true });
    renameSync(`${stick}.pulled`, stick);
  };
  return { here, stick, pull, plug };
}

async function open(...directories: string[]): Promise<PeriodKeys> {
  const keys = await PeriodKeys.open(directories);
  onTestFinished(() => keys.close());
  return keys;
}

/** Both places once, then the second pulled while nobody ran. */
async function withoutStick() {
  const all = places();
  await (await PeriodKeys.open([all.here, all.stick])).close();
  all.pull();
  return all;
}

test("with one key place away keys are made for seven days of trusted time, and then for no new period", async () => {
  const { here, stick } = await withoutStick();
  const keys = await open(here, stick);
  expect(keys.awaySince).toBeNull();
  await keys.time(EIGHT);
  expect(keys.awaySince).toBe(EIGHT);
  await keys.time(after(days(6)));
  expect(keys.awaySince).toBe(EIGHT);
  const last = after(days(7) - 1);
  const key = await ensureAt(keys, last);
  await expect(ensureAt(keys, after(days(7)))).rejects.toMatchObject(TOO_LONG);
  expect(await ensureAt(keys, last), "a period that was begun goes on").toEqual(key);
});

test("the seven days are counted over restarts, from the first question on", async () => {
  const { here, stick } = await withoutStick();
  const first = await PeriodKeys.open([here, stick]);
  await first.time(EIGHT);
  await first.close();
  const second = await open(here, stick);
  expect(second.awaySince).toBe(EIGHT);
  await expect(ensureAt(second, after(days(7)))).rejects.toMatchObject(TOO_LONG);
  await second.time(after(days(3)));
  expect(second.awaySince).toBe(EIGHT);
});

test("a place that comes back is made equal, recording goes on, and the next absence has its own seven days", async () => {
  const { here, stick, plug, pull } = await withoutStick();
  const keys = await PeriodKeys.open([here, stick]);
  await keys.time(EIGHT);
  const alone = await ensureAt(keys, after(hours(1)));
  await expect(ensureAt(keys, after(days(8)))).rejects.toMatchObject(TOO_LONG);
  plug();
  await keys.rejoin();
  expect(keys.awaySince).toBeNull();
  await ensureAt(keys, after(days(8)));
  await keys.close();
  const other = await PeriodKeys.open([stick]);
  expect(other.get(camera, after(hours(1)))).toMatchObject({ state: "live", keys: [alone] });
  await other.close();

  pull();
  const again = await open(here, stick);
  await again.time(after(days(9)));
  expect(again.awaySince).toBe(after(days(9)));
  await ensureAt(again, after(days(15)));
  await expect(ensureAt(again, after(days(16)))).rejects.toMatchObject(TOO_LONG);
});

test("a place that blinks has been there each time it was made equal, and one that never is has not", async () => {
  const { here, stick, plug, pull } = await withoutStick();
  const keys = await PeriodKeys.open([here, stick]);
  await keys.time(EIGHT);
  for (const day of [2, 4]) {
    // It opens, and nothing that is written there stays.
    rmSync(stick, { recursive: true });
    mkdirSync(stick);
    symlinkSync("/dev/full", join(stick, "overt-keys.slots"));
    await keys.rejoin();
    await keys.time(after(days(day)));
    expect(keys.awaySince).toBe(EIGHT);
  }
  await keys.close();
  plug();
  await (await PeriodKeys.open([here, stick])).close();
  pull();
  const later = await open(here, stick);
  await later.time(after(days(6)));
  expect(later.awaySince).toBe(after(days(6)));
  await ensureAt(later, after(days(12)));
});

test("while trusted time is in doubt nothing is counted and no key is refused; set back, it lengthens nothing", async () => {
  const { here, stick } = await withoutStick();
  const keys = await open(here, stick);
  await keys.time(null);
  expect(keys.awaySince).toBeNull();
  await keys.time(after(days(2)));
  await keys.time(EIGHT);
  expect(keys.awaySince).toBe(EIGHT);
  await keys.time(null);
  await ensureAt(keys, after(days(9)));
  await keys.time(after(days(9)));
  await expect(ensureAt(keys, after(days(10)))).rejects.toMatchObject(TOO_LONG);
});

test("a recorder is told since when a key place is away, and why no key is made", async () => {
  const { here, stick } = await withoutStick();
  const client = new KeeperClient({ places: [here, stick], onDestroyed: () => {} });
  onTestFinished(() => client.close());
  await client.time(EIGHT);
  expect(client.state).toMatchObject({ state: "degraded", awaySince: EIGHT });
  const gate = cameraId("north-gate");
  await client.ensure(gate, EIGHT, after(hours(73)));
  process.kill(client.pid as number, "SIGKILL");
  await expect.poll(() => client.restarts).toBe(1);
  const late = after(days(8));
  await expect(client.ensure(gate, late, instant(late + hours(73)))).rejects.toMatchObject(TOO_LONG);
});

test("a place that opens when nobody waits for it any more is let go of, and opened again", async () => {
  const { here, stick } = places();
  const { promise: asked, resolve: answer } = Promise.withResolvers<void>();
  const openPlace = KeyPlace.open.bind(KeyPlace);
  const slow = vi.spyOn(KeyPlace, "open").mockImplementation(async (directory, lock) => {
    if (directory === here) await asked;
    return openPlace(directory, lock);
  });
  onTestFinished(() => slow.mockRestore());
  const keys = await open(here, stick);
  expect(keys.places()[0]?.problem).toMatchObject({ code: "KEYS_PLACE_AWAY" });
  answer();
  await bothThere(keys);
});

test("a place that takes too long to write is let go of when it has, and is there again", async () => {
  const { here, stick } = places();
  const keys = await open(here, stick);
  const { promise: asked, resolve: answer } = Promise.withResolvers<void>();
  const put = KeyPlace.prototype.put;
  const slow = vi.spyOn(KeyPlace.prototype, "put").mockImplementation(async function (this: KeyPlace, slots) {
    if (this.directory === here) await asked;
    return put.call(this, slots);
  });
  onTestFinished(() => slow.mockRestore());
  const key = await ensureAt(keys, EIGHT);
  expect(keys.places()[0]?.problem).toMatchObject({ code: "KEYS_PLACE_AWAY" });
  answer();
  await bothThere(keys);
  expect(keys.get(camera, EIGHT)).toMatchObject({ keys: [key] });
});

test("a first start says that there are two places only when each of them is one", async () => {
  const { here, stick } = places();
  const heads: string[] = [];
  const setHead = KeyPlace.prototype.setHead;
  const spy = vi.spyOn(KeyPlace.prototype, "setHead").mockImplementation(async function (this: KeyPlace, next) {
    await setHead.call(this, next);
    heads.push(`${this.directory === here ? "here" : "stick"} ${next.places}`);
  });
  onTestFinished(() => spy.mockRestore());
  await open(here, stick);
  expect(new Set(heads.slice(0, 2))).toEqual(new Set(["here 0", "stick 0"]));
  expect(new Set(heads.slice(2))).toEqual(new Set(["here 2", "stick 2"]));
});

async function bothThere(keys: PeriodKeys): Promise<void> {
  await expect
    .poll(async () => {
      await keys.rejoin();
      return keys.places().map(({ problem }) => problem);
    })
    .toEqual([null, null]);
}
