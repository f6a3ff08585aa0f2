import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { days, instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { KeeperClient } from "./keystore/client.ts";
import { Retention } from "./retention.ts";
import { EIGHT, SampleTrack } from "./store/sample.ts";
import type { CameraPeriod } from "./store/removal.ts";
import { Volumes } from "./store/volumes.ts";

const NINE = instant(EIGHT + 3_600_000);

test("footage whose key is dead, and which an index that is rebuilt lists again, leaves the timeline again", async () => {
  const dir = mkdtempSync(join(tmpdir(), "overt-retention-"));
  const keeper = new KeeperClient({ places: [join(dir, "keys")], onDestroyed: () => {} });
  onTestFinished(() => keeper.close());
  await keeper.ready();
  const camera = new SampleTrack();
  let listed: Promise<readonly CameraPeriod[]> | null = null;
  const open = async () => {
    const volumes: Volumes = new Volumes({
      volumes: [{ name: "a", path: join(dir, "a") }],
      cameras: [{ id: camera.camera }],
      recorder: recorderId("town-hall"),
      run: crypto.randomUUID(),
      trustedNow: () => NINE,
      rememberIn: dir,
      limits: { commitMs: 5, reserveBytes: 0 },
      onEvicted: () => {},
      onFinding: () => {},
      onListed: (store) => {
        listed = store.periods();
        new Retention(volumes, rethrow).settleOne(store, keeper);
      },
      onError: rethrow,
    });
    onTestFinished(async () => void (await volumes.close()));
    await volumes.ready();
    return volumes;
  };
  const before = await open();
  await before.homeOf(camera.camera).append([camera.envelope(), ...camera.whole(4)]);
  const [period] = await before.periods(before.homeOf(camera.camera));
  await keeper.destroy(camera.camera, instant(period?.periodStart ?? 0), instant(EIGHT + days(1)));
  await before.close();
  for (const suffix of ["", "-wal"]) rmSync(join(dir, "a", `index.sqlite${suffix}`), { force: true });

  const after = await open();
  await expect.poll(() => listed).not.toBeNull();
  expect(await listed, "it was listed again").toHaveLength(1);
  const timeline = () => after.timeline(camera.camera, EIGHT, NINE);
  await expect.poll(async () => (await timeline()).original.segments).toEqual([]);
});

function rethrow(error: unknown): never {
  throw error;
}
