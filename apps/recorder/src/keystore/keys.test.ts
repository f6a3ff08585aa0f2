import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, hours, type Instant, instant, toHex } from "@overt/core";
import { afterEach, expect, test } from "vitest";
import { PeriodKeys } from "./keys.ts";
import { cameraHash, SLOT_BYTES } from "./slot.ts";

const EIGHT = instant(Date.UTC(2026, 10, 25, 8));
const camera = cameraHash(cameraId("north-gate"));
const period = (n: number): Instant => instant(EIGHT + hours(n));
const expiry = (n: number): Instant => instant(period(n) + hours(1) + hours(72));

const opened: PeriodKeys[] = [];
afterEach(async () => {
  for (const keys of opened.splice(0)) await keys.close();
});
async function open(...places: string[]): Promise<PeriodKeys> {
  const keys = await PeriodKeys.open(places);
  opened.push(keys);
  return keys;
}
async function close(keys: PeriodKeys): Promise<void> {
  opened.splice(opened.indexOf(keys), 1);
  await keys.close();
}
const place = (): string => join(mkdtempSync(join(tmpdir(), "overt-keys-")), "keys");
const slotsOf = (directory: string): Buffer => readFileSync(join(directory, "overt-keys.slots"));

test("a key is in both places before it is handed out, and is the same after a restart", async () => {
  const [a, b] = [place(), place()];
  const keys = await open(a, b);
  const key = Buffer.from(await keys.ensure(camera, period(0), expiry(0)));
  expect(slotsOf(a).includes(key) && slotsOf(b).includes(key)).toBe(true);
  await close(keys);
  const again = await open(a, b);
  expect(Buffer.from(await again.ensure(camera, period(0), expiry(0)))).toEqual(key);
});

test("an expired key is overwritten in both places; a week later its slot is used again", async () => {
  const [a, b] = [place(), place()];
  const keys = await open(a, b);
  const key = Buffer.from(await keys.ensure(camera, period(0), expiry(0)));
  await keys.ensure(camera, period(1), expiry(1));
  const before = slotsOf(a).length;
  expect(await keys.destroyExpired(instant(expiry(0) - 1))).toEqual([]);
  expect(await keys.destroyExpired(expiry(0))).toEqual([{ camera, periodStart: period(0) }]);
  expect(slotsOf(a).includes(key) || slotsOf(b).includes(key)).toBe(false);
  expect(keys.get(camera, period(0))).toEqual({ state: "destroyed" });
  expect(await keys.destroyExpired(instant(expiry(0) + hours(24 * 7)))).toEqual([{ camera, periodStart: period(1) }]);
  expect(keys.get(camera, period(0))).toEqual({ state: "absent" });
  await keys.ensure(camera, period(200), expiry(200));
  expect(slotsOf(a).length).toBe(before);
});

test("last week's copy of one place does not bring an expired key back", async () => {
  const [a, b] = [place(), place()];
  const keys = await open(a, b);
  const key = Buffer.from(await keys.ensure(camera, period(0), expiry(0)));
  const copy = place();
  cpSync(b, copy, { recursive: true });
  await keys.destroyExpired(expiry(0));
  await close(keys);
  rmSync(b, { recursive: true });
  renameSync(copy, b);
  const again = await open(a, b);
  expect(again.get(camera, period(0))).toEqual({ state: "destroyed" });
  expect(slotsOf(b).includes(key)).toBe(false);
  await expect(again.ensure(camera, period(0), expiry(0))).rejects.toMatchObject({ code: "KEY_DESTROYED" });
});

test("a key that is destroyed early while one place is away dies there too when it is back", async () => {
  const [a, b] = [place(), place()];
  const both = await open(a, b);
  const key = Buffer.from(await both.ensure(camera, period(0), expiry(0)));
  await close(both);
  renameSync(b, `${b}.away`);
  writeFileSync(b, "not a directory");
  const alone = await open(a, b);
  expect(alone.places().map(({ problem }) => problem?.code ?? null)).toEqual([null, "KEYS_PLACE_AWAY"]);
  await alone.destroy(camera, period(0), expiry(0));
  const later = Buffer.from(await alone.ensure(camera, period(1), expiry(1)));
  rmSync(b);
  renameSync(`${b}.away`, b);
  await alone.rejoin();
  expect(alone.get(camera, period(0))).toEqual({ state: "destroyed" });
  expect(slotsOf(b).includes(key)).toBe(false);
  expect(slotsOf(b).includes(later)).toBe(true);
});

test("an empty place where keys were kept is a medium that is not mounted, until somebody says that it is a new one", async () => {
  const [a, b] = [place(), place()];
  const keys = await open(a, b);
  const key = Buffer.from(await keys.ensure(camera, period(0), expiry(0)));
  await close(keys);
  for (const [turn, lost] of [b, a].entries()) {
    rmSync(lost, { recursive: true });
    mkdirSync(lost);
    const again = await open(a, b);
    expect(again.places().map(({ problem }) => problem?.code ?? null)).toEqual(
      [a, b].map((each) => (each === lost ? "KEYS_PLACE_EMPTY" : null)),
    );
    expect(again.places().find(({ problem }) => problem)?.problem?.hint, "what to do").toContain("overt-keys.new");
    await again.ensure(camera, period(turn + 1), expiry(turn + 1));
    expect(slotsOf(lost), "nothing is written below a mount point").toHaveLength(0);
    writeFileSync(join(lost, "overt-keys.new"), "");
    await again.rejoin();
    expect(again.places().map(({ problem }) => problem)).toEqual([null, null]);
    expect(again.get(camera, period(0))).toMatchObject({ state: "live", keys: [new Uint8Array(key)] });
    expect(slotsOf(lost).includes(key)).toBe(true);
    expect(existsSync(join(lost, "overt-keys.new")), "it was said once").toBe(false);
    await close(again);
  }
});

test("where the places were away in turn, what was made in each of them opens", async () => {
  const [a, b] = [place(), place()];
  await close(await open(a, b));
  const made: Uint8Array[] = [];
  for (const away of [a, b]) {
    renameSync(away, `${away}.away`);
    writeFileSync(away, "not a directory");
    const alone = await open(a, b);
    made.push(await alone.ensure(camera, period(0), expiry(0)));
    await close(alone);
    rmSync(away);
    renameSync(`${away}.away`, away);
  }
  for (const _ of [1, 2]) {
    const both = await open(a, b);
    const found = both.get(camera, period(0));
    expect(new Set("keys" in found ? found.keys.map((each) => toHex(each)) : [])).toEqual(new Set(made.map(toHex)));
    await close(both);
  }
  const both = await open(a, b);
  await both.destroyExpired(expiry(0));
  expect(both.get(camera, period(0))).toEqual({ state: "destroyed" });
  for (const each of [a, b]) for (const key of made) expect(slotsOf(each).includes(Buffer.from(key))).toBe(false);
});

test("keys of another recorder are left alone, and this place counts as away", async () => {
  const [a, b, other] = [place(), place(), place()];
  const foreign = await open(other);
  await foreign.ensure(camera, period(0), expiry(0));
  await close(foreign);
  const keys = await open(a, b);
  await close(keys);
  const before = slotsOf(other);
  const mixed = await open(a, other);
  expect(mixed.places()[1]?.problem?.code).toBe("KEYS_FOREIGN");
  await mixed.ensure(camera, period(0), expiry(0));
  expect(slotsOf(other)).toEqual(before);
});

test("two keepers never run on one key store", async () => {
  const a = place();
  await open(a);
  await expect(open(a)).rejects.toMatchObject({ code: "STORE_IN_USE" });
});

test("a slot torn by a power cut is wiped and comes back from the other place", async () => {
  const [a, b] = [place(), place()];
  const keys = await open(a, b);
  const key = Buffer.from(await keys.ensure(camera, period(0), expiry(0)));
  await close(keys);
  const torn = slotsOf(a);
  torn.fill(0, torn.length - SLOT_BYTES / 2);
  writeFileSync(join(a, "overt-keys.slots"), torn);
  const again = await open(a, b);
  expect(again.get(camera, period(0))).toMatchObject({ state: "live", keys: [new Uint8Array(key)] });
  expect(slotsOf(a).includes(key)).toBe(true);
});

test("a key that dies at another time than is asked for is not handed out, and stays as it is", async () => {
  const keys = await open(place(), place());
  const key = await keys.ensure(camera, period(0), expiry(0));
  for (const other of [expiry(-1), expiry(1)])
    await expect(keys.ensure(camera, period(0), other)).rejects.toMatchObject({ code: "KEY_OTHER_EXPIRY" });
  expect(keys.get(camera, period(0))).toEqual({ state: "live", keys: [key], expiry: expiry(0) });
});
