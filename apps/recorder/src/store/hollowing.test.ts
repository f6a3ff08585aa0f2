import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { recorderId } from "@overt/core";
import { afterEach, expect, test } from "vitest";
import { checkStore } from "./check.ts";
import { FOOTER_TAIL_BYTES } from "./footer.ts";
import { hollowPack } from "./hollowing.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./limits.ts";
import { Store } from "./store.ts";

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close(true);
});

async function open(directory: string): Promise<Store> {
  const limits = { ...STORE_LIMITS, commitMs: 1, reserveBytes: 0 };
  const store = await Store.open(
    { directory, recorder: recorderId("town-hall"), run: `${Math.random()}`, now: EIGHT, rememberAt: null, limits },
    {
      failed: (thrown) => {
        throw thrown;
      },
      evicted: () => {},
      found: () => {},
      listed: () => {},
    },
  );
  stores.push(store);
  return store;
}

/** A pack in which two cameras lie in turn, and the second of them has been given back. */
async function hollowed() {
  const directory = mkdtempSync(join(tmpdir(), "overt-hollow-"));
  const store = await open(directory);
  const [staying, going] = [new SampleTrack("staying"), new SampleTrack("going")];
  for (const camera of [staying, going]) await store.append(camera.envelope(), 0);
  for (let i = 0; i < 8; i++)
    for (const camera of [staying, going]) await store.append(Buffer.concat(camera.whole(4, 500, 20_000)), 0);
  stores.splice(0);
  await store.close(true);
  const pack = join(directory, "packs", "0", readdirSync(join(directory, "packs", "0"))[0] as string);
  const before = { bytes: readFileSync(pack), blocks: statSync(pack).blocks };
  const name = { number: 1, retentionClass: 0 };
  expect(await hollowPack(directory, name, (rows) => rows.filter(({ entry }) => entry.camera === staying.camera))).toBe(
    true,
  );
  return { directory, pack, before, staying, going };
}

const timelineOf = (store: Store, { camera, track, at }: SampleTrack) =>
  store.timeline(camera, track, EIGHT, at).segments.map(({ from, to }) => [from, to]);

test("what is dead is given back to the file system, and what lives has not moved by a byte", async () => {
  const { pack, before, staying } = await hollowed();
  expect(statSync(pack).blocks).toBeLessThan(before.blocks * 0.6);
  const after = readFileSync(pack);
  const name = Buffer.from(staying.camera);
  for (let at = before.bytes.indexOf(name); at >= 0; at = before.bytes.indexOf(name, at + 1))
    if (at < after.length - 5_000)
      expect(after.subarray(at - 16, at + 100)).toEqual(before.bytes.subarray(at - 16, at + 100));
});

test("power that fails while the footer is written again costs nothing: the records say what is left", async () => {
  const { directory, pack, staying, going } = await hollowed();
  const { size } = statSync(pack);
  for (const cut of [size - 1, size - FOOTER_TAIL_BYTES, size - 1_000]) {
    const image = mkdtempSync(join(tmpdir(), "overt-hollow-"));
    cpSync(directory, image, { recursive: true });
    truncateSync(pack.replace(directory, image), cut);
    for (const suffix of ["", "-wal"]) rmSync(join(image, `index.sqlite${suffix}`), { force: true });
    const again = await open(image);
    await again.settled();
    expect(timelineOf(again, staying)).toEqual([[EIGHT, staying.at]]);
    expect(timelineOf(again, going)).toEqual([]);
    stores.splice(0);
    await again.close(true);
    expect((await checkStore(image)).problems).toEqual([]);
    rmSync(image, { recursive: true });
  }
});

test("a pack whose dead parts were being given back when power failed has its footer again after the next start", async () => {
  const { directory, pack, staying } = await hollowed();
  truncateSync(pack, statSync(pack).size - FOOTER_TAIL_BYTES);
  const index = new DatabaseSync(join(directory, "index.sqlite"));
  index.exec("INSERT INTO meta VALUES ('hollowing 1', 1)");
  index.close();
  for (let start = 0; start < 2; start++) {
    const again = await open(directory);
    await again.settled();
    expect(timelineOf(again, staying)).toEqual([[EIGHT, staying.at]]);
    stores.splice(0);
    await again.close(true);
    expect((await checkStore(directory)).notes.filter((note) => note.includes("footer"))).toEqual([]);
  }
});

test("a pack that was away then is mended when it is back, whatever became of others", async () => {
  const { directory, pack } = await hollowed();
  truncateSync(pack, statSync(pack).size - FOOTER_TAIL_BYTES);
  const onIndex = <T>(act: (index: DatabaseSync) => T): T => {
    const index = new DatabaseSync(join(directory, "index.sqlite"));
    try {
      return act(index);
    } finally {
      index.close();
    }
  };
  onIndex((index) => index.exec("INSERT INTO meta VALUES ('hollowing 1', 1), ('hollowing 7', 7)"));
  const start = async () => {
    const store = await open(directory);
    await store.settled();
    stores.splice(0);
    await store.close(true);
    return onIndex((index) => index.prepare("SELECT value FROM meta WHERE key LIKE 'hollowing%'").all());
  };
  renameSync(pack, `${pack}.away`);
  expect(await start()).toEqual([{ value: 1 }]);
  renameSync(`${pack}.away`, pack);
  expect(await start()).toEqual([]);
  expect((await checkStore(directory)).notes.filter((note) => note.includes("footer"))).toEqual([]);
});
