import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fc, test as propTest } from "@fast-check/vitest";
import { instant, recorderId } from "@overt/core";
import type { FragmentKind } from "@overt/seal";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { KeeperClient } from "../keystore/client.ts";
import { PeriodKeys } from "../keystore/keys.ts";
import { cameraHash } from "../keystore/slot.ts";
import { checkStore } from "./check.ts";
import { StoreClient, type StoreClientOptions } from "./client.ts";
import { entryAt, nativeCrc32c } from "./entry.ts";
import { PACK_HEADER_BYTES } from "./pack.ts";
import { EIGHT, SampleTrack } from "./sample.ts";

const NINE = instant(EIGHT + 3_600_000);
const clients: StoreClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
const folder = (): string => mkdtempSync(join(tmpdir(), "overt-bad-"));

function clientOn(directory: string, more: Partial<StoreClientOptions> = {}): StoreClient {
  const client = new StoreClient({
    name: "a",
    directory,
    recorder: recorderId("town-hall"),
    run: `${Math.random()}`,
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { commitMs: 5, reserveBytes: 0, packBytes: 30_000 },
    ...more,
  });
  clients.push(client);
  return client;
}

/** A store that was closed, with several packs of one camera. */
async function stored() {
  const directory = folder();
  const client = clientOn(directory);
  const camera = new SampleTrack();
  await client.append([camera.envelope()]);
  for (let i = 0; i < 6; i++) await client.append(camera.whole(10));
  await client.close();
  const packs = readdirSync(join(directory, "packs", "0"))
    .sort()
    .map((name) => join(directory, "packs", "0", name));
  return { directory, camera, packs };
}

/** Every file with what is in it; the lock is empty, and SQLite may touch it. */
function inventory(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("lock.sqlite"))
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
    })
    .sort();
}

/** That it is refused with this code and a hint, and that nothing in the directory has changed. */
async function expectRefused(directory: string, code: string, more: Partial<StoreClientOptions> = {}): Promise<void> {
  const before = inventory(directory);
  const client = clientOn(directory, more);
  await expect(client.ready()).rejects.toMatchObject({
    code,
    message: expect.stringContaining(directory),
    hint: expect.stringMatching(/./),
  });
  await client.close();
  expect(inventory(directory)).toEqual(before);
}

async function playedOf(client: StoreClient, { camera, track }: SampleTrack): Promise<number> {
  const pieces = await Array.fromAsync(client.read(camera, track, EIGHT, NINE));
  return pieces.reduce((count, { fragments }) => count + fragments.length, 0);
}

test("a directory of another installation is refused, also when its recorder has the same name", async () => {
  const { directory } = await stored();
  await expectRefused(directory, "STORE_FOREIGN", { recorder: recorderId("harbour") });
  const rememberAt = join(folder(), "volume.json");
  const other = clientOn(folder(), { rememberAt });
  await other.ready();
  await other.close();
  await expectRefused(directory, "STORE_FOREIGN", { rememberAt });
});

test("a store, an index or a key store of a newer version is refused", async () => {
  const { directory } = await stored();
  const index = new DatabaseSync(join(directory, "index.sqlite"));
  index.exec("PRAGMA user_version=99");
  index.close();
  await expectRefused(directory, "STORE_NEWER");
  const path = join(directory, "overt-store.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), version: 2 }));
  await expectRefused(directory, "STORE_NEWER");

  const keys = join(folder(), "keys");
  await (await PeriodKeys.open([keys])).close();
  const slots = readFileSync(join(keys, "overt-keys.slots"));
  for (const at of [0, 128]) slots.writeUInt32BE(2, at + 8);
  for (const at of [0, 128]) slots.writeUInt32BE(nativeCrc32c(slots.subarray(at, at + 124)), at + 124);
  writeFileSync(join(keys, "overt-keys.slots"), slots);
  await expect(PeriodKeys.open([keys])).rejects.toMatchObject({ code: "KEYS_NEWER" });
  expect(readFileSync(join(keys, "overt-keys.slots"))).toEqual(slots);
});

const canMount = process.getuid?.() === 0;
test.skipIf(!canMount)(
  `a volume that is mounted read-only is refused, and used again when it can be written${canMount ? "" : " [skipped: nothing can be mounted here]"}`,
  async (context) => {
    const { directory, camera } = await stored();
    try {
      execFileSync("mount", ["--bind", directory, directory], { stdio: "ignore" });
      onTestFinished(() => {
        execFileSync("umount", ["-l", directory]);
      });
      execFileSync("mount", ["-o", "remount,bind,ro", directory], { stdio: "ignore" });
    } catch {
      return context.skip("nothing can be mounted here");
    }
    await expectRefused(directory, "STORE_READ_ONLY");
    await expect(checkStore(directory)).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
    const client = clientOn(directory);
    await expect(client.ready()).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
    const waiting = client.append([camera.envelope(), ...camera.whole(2)]);
    execFileSync("mount", ["-o", "remount,bind,rw", directory]);
    expect(await waiting).toEqual({ stored: true });
  },
);

test("a corrupt index is kept aside and rebuilt, and all of it plays", async () => {
  const { directory, camera } = await stored();
  const path = join(directory, "index.sqlite");
  const bytes = readFileSync(path).fill(0x5a, 0, 6_000);
  writeFileSync(path, bytes);
  const findings: string[] = [];
  const client = clientOn(directory, { onFinding: ({ code }) => findings.push(code) });
  await expect.poll(() => playedOf(client, camera), { timeout: 10_000 }).toBe(72);
  expect(findings).toContain("INDEX_DAMAGED");
  expect(readFileSync(`${path}.damaged-1`)).toEqual(bytes);
});

test("a row without bytes is a gap and stays a row; bytes without a row are listed", async () => {
  const { directory, camera, packs } = await stored();
  const [first, second] = packs as [string, string];
  const away = join(folder(), "away.pack");
  copyFileSync(first, away);
  rmSync(first);
  const index = new DatabaseSync(join(directory, "index.sqlite"));
  index.exec("DELETE FROM packs WHERE number = 2; DELETE FROM segments WHERE pack = 2");
  index.close();
  expect((await checkStore(directory)).problems.map(({ code }) => code)).toEqual(["PACK_MISSING", "PACK_UNLISTED"]);
  const { problems } = await checkStore(directory, { repair: true });
  expect(problems).toMatchObject([
    { code: "PACK_UNLISTED", repaired: true },
    { code: "PACK_MISSING", repaired: false },
  ]);
  const client = clientOn(directory);
  const gapsOf = async () => (await client.timeline(camera.camera, "original", EIGHT, camera.at)).gaps;
  expect(await gapsOf()).toMatchObject([{ from: EIGHT, cause: "unknown" }]);
  copyFileSync(away, first);
  await expect.poll(gapsOf, { timeout: 10_000 }).toEqual([]);
  expect(await playedOf(client, camera)).toBe(72);
  expect(statSync(second).size).toBeGreaterThan(0);
});

const whole = await stored();
const packNames = readdirSync(join(whole.directory, "packs", "0")).sort();
const packBytes = packNames.map((name) => readFileSync(join(whole.directory, "packs", "0", name)));

propTest.prop([fc.nat(100), fc.nat(1_000_000), fc.boolean()], { numRuns: 20 })(
  "a pack cut at any byte, with the index or without: what is whole before the cut plays, and no other pack is touched",
  async (which, at, keepsIndex) => {
    const directory = folder();
    try {
      const cut = which % packNames.length;
      const end = at % (packBytes[cut] as Buffer).length;
      mkdirSync(join(directory, "packs", "0"), { recursive: true });
      for (const [i, name] of packNames.entries())
        writeFileSync(
          join(directory, "packs", "0", name),
          (packBytes[i] as Buffer).subarray(0, i === cut ? end : undefined),
        );
      for (const name of ["overt-store.json", ...(keepsIndex ? ["index.sqlite"] : [])])
        copyFileSync(join(whole.directory, name), join(directory, name));
      const client = clientOn(directory);
      await expect.poll(() => playedOf(client, whole.camera), { timeout: 10_000 }).toBe(leftOf(cut, end, keepsIndex));
      await client.close();
      for (const [i, name] of packNames.entries())
        if (i !== cut) expect(readFileSync(join(directory, "packs", "0", name))).toEqual(packBytes[i]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  120_000,
);

/** Fragments that are whole when pack `cut` ends at `end`. */
function leftOf(cut: number, end: number, keepsIndex: boolean): number {
  const left = new Map<string, FragmentKind[]>();
  for (const [i, bytes] of packBytes.entries())
    for (const [segment, kinds] of fragmentsIn(bytes, i === cut ? end : bytes.length))
      left.set(segment, [...(left.get(segment) ?? []), ...kinds]);
  // An index that is rebuilt does not know of pictures that are gone: a segment without any is none.
  const shown = [...left.values()].filter(
    (kinds) => keepsIndex || kinds.some((kind) => kind === "key" || kind === "media"),
  );
  return shown.flat().length;
}

test("two recorders on one directory: the second is refused and says so, and takes over when the first has ended", async () => {
  const directory = folder();
  const first = clientOn(directory);
  await first.ready();
  const second = clientOn(directory);
  await expect(second.ready()).rejects.toMatchObject({ code: "STORE_IN_USE", hint: expect.stringContaining("Two") });
  const camera = new SampleTrack();
  expect(await first.append([camera.envelope(), ...camera.whole(2)])).toEqual({ stored: true });
  await first.close();
  await expect.poll(() => second.state.state, { timeout: 10_000 }).toBe("ok");
  expect(await playedOf(second, camera)).toBe(4);
});

test("a key store that is lost in both places is begun anew: nothing is deleted, and recording goes on under new keys", async () => {
  const { directory, camera } = await stored();
  const places = [1, 2].map(() => join(folder(), "keys"));
  const open = (): KeeperClient => {
    const keeper = new KeeperClient({ places, onDestroyed: () => {} });
    onTestFinished(() => keeper.close());
    return keeper;
  };
  const before = open();
  const expiry = instant(NINE + 72 * 3_600_000);
  const lost = Buffer.from(await before.ensure(camera.camera, EIGHT, expiry));
  before.close();
  for (const place of places) rmSync(place, { recursive: true });
  const files = inventory(join(directory, "packs"));
  const keeper = open();
  // It may still turn up: only what is known to be destroyed is removed.
  await expect.poll(async () => (await keeper.get(camera.camera, EIGHT)).state, { timeout: 10_000 }).toBe("absent");
  const store = clientOn(directory);
  expect(await store.periods()).toEqual([{ camera: camera.camera, periodStart: EIGHT }]);
  expect(inventory(join(directory, "packs"))).toEqual(files);
  expect(Buffer.from(await keeper.ensure(camera.camera, NINE, expiry))).not.toEqual(lost);
  await store.expire([{ camera: cameraHash(camera.camera), periodStart: NINE }]);
  expect(await playedOf(store, camera)).toBe(72);
});

test("a check with repair leaves what it does not understand, and says what it is", async () => {
  const { directory, packs } = await stored();
  const strangers = {
    [join(directory, "notes.txt")]: "buy a disk",
    [join(directory, "packs", "0", "copy of 00000001.pack")]: readFileSync(packs[0] as string),
    [join(directory, "packs", "7")]: "not a class",
  };
  for (const [path, content] of Object.entries(strangers)) writeFileSync(path, content);
  const newer = join(directory, "packs", "0", "00000500.pack");
  const bytes = readFileSync(packs[0] as string);
  bytes.writeUInt32BE(9, 8);
  bytes.writeBigUInt64BE(500n, 16);
  writeFileSync(newer, bytes);
  const path = join(directory, "index.sqlite");
  const index = new DatabaseSync(path);
  index.exec("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
  index.close();
  const findings: string[] = [];
  const client = clientOn(directory, { onFinding: ({ code, detail }) => findings.push(`${code} ${detail}`) });
  await client.ready();
  await client.close();
  expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^PACK_UNKNOWN ${newer}`)));
  expect(readFileSync(newer)).toEqual(bytes);

  // Something to repair, so that it repairs.
  const unlisted = new DatabaseSync(path);
  unlisted.exec("DELETE FROM packs WHERE number = 2; DELETE FROM segments WHERE pack = 2");
  unlisted.close();
  const { problems, notes } = await checkStore(directory, { repair: true });
  expect(problems).toContainEqual(expect.objectContaining({ code: "PACK_UNLISTED", repaired: true }));
  expect(problems.filter(({ repaired }) => !repaired)).toMatchObject([
    { code: "PACK_UNKNOWN", what: expect.stringContaining(newer), remedy: expect.stringMatching(/./) },
  ]);
  for (const stranger of Object.keys(strangers))
    expect(notes).toContainEqual(expect.stringContaining(`${stranger} is none of ours`));
  expect(notes).toContainEqual(expect.stringContaining('"theirs"'));
  for (const [stranger, content] of Object.entries(strangers))
    expect(readFileSync(stranger)).toEqual(Buffer.from(content));
  expect(readFileSync(newer)).toEqual(bytes);
  const after = new DatabaseSync(path);
  expect(after.prepare("SELECT a FROM theirs").get()).toEqual({ a: 1 });
  after.close();
});

/** What a pack whose file ends at `end` still has of fragments, by segment. */
function fragmentsIn(pack: Buffer, end: number): Map<string, FragmentKind[]> {
  const found = new Map<string, FragmentKind[]>();
  for (let at = PACK_HEADER_BYTES; ; ) {
    const record = entryAt(pack.subarray(0, end), at);
    if ("problem" in record) return found;
    const { entry } = record;
    if (entry.type === "fragment") found.set(entry.segment, [...(found.get(entry.segment) ?? []), entry.kind]);
    at += record.record.bytes.length;
  }
}
