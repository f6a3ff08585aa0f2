import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { recorderId } from "@overt/core";
import { expect, test } from "vitest";
import { EIGHT, SampleTrack } from "./sample.ts";
import { openIndex } from "./schema.ts";
import { STORE_LIMITS } from "./limits.ts";
import { Store } from "./store.ts";

/** A store with two periods of a camera, one of them half gone. */
async function stored() {
  const directory = mkdtempSync(join(tmpdir(), "overt-store-"));
  const limits = { ...STORE_LIMITS, commitMs: 1, reserveBytes: 0 };
  const store = await Store.open(
    { directory, recorder: recorderId("town-hall"), run: "run-1", now: EIGHT, rememberAt: null, limits },
    {
      failed: (thrown) => {
        throw thrown;
      },
      evicted: () => {},
      found: () => {},
      listed: () => {},
    },
  );
  const camera = new SampleTrack();
  for (let period = 0; period < 2; period++) {
    await store.append(camera.envelope(900, 4_000), 0);
    for (let i = 0; i < 2; i++) await store.append(Buffer.concat(camera.whole(4, 500)), 0);
  }
  await store.close(true);
  return { path: join(directory, "index.sqlite"), store: store.identity.store };
}

const usageOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT camera, period, bytes FROM usage ORDER BY period")
    .all()
    .map((row) => ({ ...row }));
const sizesOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT camera, period, sum(size) AS bytes FROM segments GROUP BY camera, period ORDER BY period")
    .all()
    .map((row) => ({ ...row }));

test("what each camera has of each period is what its segments say, whatever becomes of them", async () => {
  const { path, store } = await stored();
  const database = openIndex(path, store);
  expect(usageOf(database)).toHaveLength(2);
  expect(usageOf(database)).toEqual(sizesOf(database));
  database.exec("UPDATE segments SET size = size + 5, period = NULL WHERE id = 1; DELETE FROM segments WHERE id = 2");
  database.exec("UPDATE segments SET period = 4000 WHERE period IS NULL; DELETE FROM segments WHERE id = 3");
  expect(usageOf(database)).toEqual(sizesOf(database));
  database.exec("DELETE FROM segments");
  expect(usageOf(database)).toEqual([]);
  database.close();
});

test("an index of version 1 is taken over: its segments are counted, and nothing is lost", async () => {
  const { path, store } = await stored();
  const now = openIndex(path, store);
  const rows = (index: DatabaseSync) => index.prepare("SELECT * FROM segments").all();
  const [usage, segments] = [usageOf(now), rows(now)];
  now.close();
  const old = new DatabaseSync(path);
  old.exec(`DROP TRIGGER usage_changes; DROP TRIGGER usage_ends; DROP TABLE usage; DROP TABLE rules;
    ALTER TABLE segments DROP COLUMN size; ALTER TABLE segments DROP COLUMN clock_offset; PRAGMA user_version=1`);
  old.close();
  const migrated = openIndex(path, store);
  expect(usageOf(migrated)).toEqual(usage);
  // How wrong the cameras' clocks were is not in it.
  expect(rows(migrated)).toEqual(segments.map((row) => ({ ...row, clock_offset: null })));
  migrated.close();
});
