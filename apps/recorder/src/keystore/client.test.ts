import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, hours, instant } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { KeeperClient } from "./client.ts";
import type { DestroyedPeriod } from "./keys.ts";
import { cameraHash } from "./slot.ts";

const EIGHT = instant(Date.UTC(2026, 10, 25, 8));
const camera = cameraId("north-gate");
const expiry = instant(EIGHT + hours(73));

function keeper() {
  const places = [1, 2].map(() => join(mkdtempSync(join(tmpdir(), "overt-keeper-")), "keys"));
  const destroyed: DestroyedPeriod[] = [];
  const client = new KeeperClient({ places, onDestroyed: (periods) => destroyed.push(...periods) });
  onTestFinished(() => client.close());
  return { client, places, destroyed };
}

test("a key outlives the keeper that is killed", async () => {
  const { client } = keeper();
  const key = await client.ensure(camera, EIGHT, expiry);
  process.kill(client.pid as number, "SIGKILL");
  await expect.poll(() => client.restarts).toBe(1);
  expect(await client.get(camera, EIGHT)).toEqual({ state: "live", keys: [key], expiry });
});

test("the keeper destroys keys by trusted time and says which; in doubt it destroys nothing", async () => {
  const { client, places, destroyed } = keeper();
  const key = Buffer.from(await client.ensure(camera, EIGHT, expiry));
  await client.time(null);
  expect(await client.get(camera, EIGHT)).toMatchObject({ state: "live" });
  await client.time(expiry);
  expect(await client.get(camera, EIGHT)).toEqual({ state: "destroyed" });
  expect(destroyed).toEqual([{ camera: cameraHash(camera), periodStart: EIGHT }]);
  for (const place of places) expect(readFileSync(join(place, "overt-keys.slots")).includes(key)).toBe(false);
});
