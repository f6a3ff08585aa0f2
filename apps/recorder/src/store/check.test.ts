import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, recorderId } from "@overt/core";
import { expect, test } from "vitest";
import { checkStore } from "./check.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./limits.ts";
import { Store } from "./store.ts";

const NINE = instant(EIGHT + 3_600_000);

const open = (directory: string): Promise<Store> =>
  Store.open(
    {
      directory,
      recorder: recorderId("town-hall"),
      run: `${Math.random()}`,
      now: EIGHT,
      rememberAt: null,
      limits: { ...STORE_LIMITS, commitMs: 1, reserveBytes: 0, packBytes: 50_000 },
    },
    {
      failed: (thrown) => {
        throw thrown;
      },
      evicted: () => {},
      found: () => {},
      listed: () => {},
    },
  );

async function stored() {
  const directory = mkdtempSync(join(tmpdir(), "overt-store-"));
  const store = await open(directory);
  const camera = new SampleTrack();
  await store.append(camera.envelope(), 0);
  for (let i = 0; i < 6; i++) await store.append(Buffer.concat(camera.whole(10)), 0);
  await store.close(true);
  const packs = readdirSync(join(directory, "packs", "0")).sort();
  return { directory, camera, packs: packs.map((name) => join(directory, "packs", "0", name)) };
}

const codesOf = async (directory: string, repair = false) =>
  (await checkStore(directory, { repair })).problems.map(({ code, repaired }) =>
    repaired ? `${code} repaired` : code,
  );

test("a store that was closed is whole, and so is what a check of it left", async () => {
  const { directory, packs } = await stored();
  expect(await checkStore(directory)).toMatchObject({ packs: packs.length, records: 79, problems: [], notes: [] });
  expect(await checkStore(directory, { repair: true })).toMatchObject({ problems: [], notes: [] });
});

test("a flipped byte is found, explained and left as it is", async () => {
  const { directory, packs } = await stored();
  const bytes = readFileSync(packs[0]!);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(packs[0]!, bytes);
  expect(await codesOf(directory)).toEqual(["RECORDS_DAMAGED"]);
  expect(await codesOf(directory, true)).toEqual(["RECORDS_DAMAGED"]);
  expect(readFileSync(packs[0]!)).toEqual(bytes);
});

test("packs without rows are listed by a repair; rows without a pack are kept", async () => {
  const { directory, camera, packs } = await stored();
  const away = readFileSync(packs[1]!);
  rmSync(packs[1]!);
  expect(await codesOf(directory, true)).toEqual(["PACK_MISSING"]);
  writeFileSync(packs[1]!, away);
  expect(await codesOf(directory)).toEqual([]);
  rmSync(join(directory, "index.sqlite"));
  expect(await codesOf(directory, true)).toEqual(packs.map(() => "PACK_UNLISTED repaired"));
  const store = await open(directory);
  expect(store.timeline(camera.camera, "original", EIGHT, NINE).segments).toMatchObject([
    { from: EIGHT, to: camera.at },
  ]);
  await store.close(true);
});

test("sto-07: a flipped page of the index is found, and the index is rebuilt beside the old one", async () => {
  const { directory, packs } = await stored();
  const path = join(directory, "index.sqlite");
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 8_192, 12_288);
  writeFileSync(path, bytes);
  expect(await codesOf(directory)).toEqual(["INDEX_DAMAGED"]);
  expect(await codesOf(directory, true)).toEqual(["INDEX_DAMAGED repaired"]);
  expect(readFileSync(`${path}.damaged-1`)).toEqual(bytes);
  expect(await checkStore(directory)).toMatchObject({ packs: packs.length, records: 79, problems: [] });
});

test("a file that is no pack is named and left", async () => {
  const { directory, packs } = await stored();
  const stranger = join(packs[0]!, "..", "00000999.pack");
  writeFileSync(stranger, "not a pack at all, but longer than the header of one would have to be ......");
  expect(await codesOf(directory, true)).toEqual(["PACK_UNKNOWN"]);
  expect(readFileSync(stranger, "utf8")).toContain("not a pack");
});

test("a store that is open, or none, is not checked", async () => {
  const { directory } = await stored();
  const store = await open(directory);
  await expect(checkStore(directory)).rejects.toMatchObject({ code: "STORE_IN_USE" });
  await store.close(true);
  const empty = mkdtempSync(join(tmpdir(), "overt-empty-"));
  await expect(checkStore(empty)).rejects.toMatchObject({ code: "STORE_ABSENT" });
  expect(readdirSync(empty)).toEqual([]);
});

test("what a power cut leaves is lawful: a check says what it is and calls it no problem", async () => {
  const directory = mkdtempSync(join(tmpdir(), "overt-store-"));
  const store = await open(directory);
  const camera = new SampleTrack();
  await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
  const image = mkdtempSync(join(tmpdir(), "overt-image-"));
  cpSync(directory, image, { recursive: true });
  await store.close(true);
  expect(await checkStore(image)).toMatchObject({ problems: [], notes: [] });
});
