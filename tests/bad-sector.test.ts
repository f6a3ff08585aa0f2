import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, recorderId } from "@overt/core";
import { StoreClient } from "@overt/recorder/store/client";
import { EIGHT, SampleTrack } from "@overt/recorder/store/sample";
import { expect, onTestFinished, test } from "vitest";
import { FaultyDisk, fuseMissing } from "./volumes/faulty-disk.ts";

const NINE = instant(EIGHT + 3_600_000);

function clientOn(directory: string) {
  const findings: string[] = [];
  const client = new StoreClient({
    name: "a",
    directory,
    recorder: recorderId("town-hall"),
    run: crypto.randomUUID(),
    trustedNow: () => NINE,
    rememberAt: null,
    limits: { commitMs: 5, reserveBytes: 0 },
    onFinding: ({ code }) => findings.push(code),
  });
  onTestFinished(async () => void (await client.close()));
  return { client, findings };
}

/** A disk with a store on it as a power cut leaves it: its pack has no footer yet. */
async function afterCut(camera: SampleTrack, keepsIndex: boolean): Promise<FaultyDisk> {
  const dir = mkdtempSync(join(tmpdir(), "overt-bad-sector-"));
  const before = clientOn(join(dir, "before")).client;
  await before.append([camera.envelope(), ...camera.whole(4)]);
  const disk = new FaultyDisk(dir);
  cpSync(join(dir, "before"), join(dir, "on-disk"), { recursive: true });
  if (!keepsIndex)
    for (const suffix of ["", "-wal"]) rmSync(join(dir, "on-disk", `index.sqlite${suffix}`), { force: true });
  await disk.mount();
  onTestFinished(() => disk.vanish());
  return disk;
}

test.skipIf(fuseMissing).each([
  { index: "is there", keepsIndex: true },
  { index: "was lost", keepsIndex: false },
])(
  `a pack that its disk does not give costs what is in it, and not the volume, where the index $index${fuseMissing ? ` [skipped: ${fuseMissing}]` : ""}`,
  async ({ keepsIndex }) => {
    const camera = new SampleTrack();
    const disk = await afterCut(camera, keepsIndex);
    await disk.behave("bad 00000001.pack");
    const { client, findings } = clientOn(disk.path);
    expect(await client.append([camera.envelope(), ...camera.whole(4)])).toEqual({ stored: true });
    await expect.poll(() => findings).toContain("PACK_UNREADABLE");
    const pieces = await Array.fromAsync(client.read(camera.camera, "original", EIGHT, NINE));
    expect(pieces.at(-1)?.fragments.filter(({ length }) => length > 0)).toHaveLength(6);
    expect(client.restarts).toBe(0);
    await client.close();

    await disk.behave("well");
    const again = clientOn(disk.path).client;
    await expect
      .poll(async () => (await again.timeline(camera.camera, "original", EIGHT, NINE)).segments)
      .toMatchObject([{ from: EIGHT, to: camera.at }]);
  },
  30_000,
);
