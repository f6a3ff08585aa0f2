import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, recorderId } from "@overt/core";
import { checkStore } from "@overt/recorder/store/check";
import { StoreClient } from "@overt/recorder/store/client";
import { EIGHT, SampleTrack } from "@overt/recorder/store/sample";
import { STORE_LIMITS } from "@overt/recorder/store/limits";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type FileSystem, MountedImage } from "./town/mounted-image.ts";

const FILE_SYSTEMS: readonly FileSystem[] = [
  { name: "ext4" },
  { name: "ext4", mountOptions: "data=writeback,noatime" },
  { name: "xfs" },
  { name: "btrfs" },
];
const IMAGE_BYTES = 400 * 2 ** 20;
const NINE = instant(EIGHT + 3_600_000);
const CUTS = 3;
const CAMERAS = ["one", "two", "three"] as const;

const scratch = mkdtempSync(join(tmpdir(), "overt-file-systems-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const clientIn = (path: string): StoreClient =>
  new StoreClient({
    name: "a",
    directory: `${path}/footage`,
    recorder: recorderId("town-hall"),
    run: crypto.randomUUID(),
    trustedNow: () => NINE,
    rememberAt: null,
    limits: { ...STORE_LIMITS, commitMs: 20, packBytes: 2 ** 20, reserveBytes: 2 ** 20 },
  });

describe.each(
  FILE_SYSTEMS.map((fileSystem) => ({
    fileSystem,
    name: [fileSystem.name, fileSystem.mountOptions].filter(Boolean).join(" "),
    why: refusedBecause(fileSystem),
  })),
)("$name $why", ({ fileSystem, why }) => {
  test.skipIf(why)(
    "after a power cut in the middle of writing, everything that was acknowledged is there and the store is whole",
    async () => {
      const disk = MountedImage.make(join(scratch, "disk"), fileSystem, IMAGE_BYTES);
      onTestFinished(() => disk.forget());
      const tracks = CAMERAS.map((name) => new SampleTrack(name));
      for (let cut = 1; cut <= CUTS; cut++) {
        const client = clientIn(disk.path);
        await client.ready();
        for (const track of tracks) await client.append([track.envelope(), ...track.header()]);
        const acknowledged = new Map(tracks.map(({ camera }) => [camera, EIGHT]));
        const writing = Array.from({ length: 60 }, () =>
          tracks.map(async (track) => {
            const record = track.fragment("media", 500, 20_000);
            const until = track.at;
            const { stored } = await client.append([record]);
            if (stored) acknowledged.set(track.camera, until);
          }),
        ).flat();
        // Some are acknowledged, the others are on their way.
        await writing[cut * 20];
        const writer = client.pid as number;
        process.kill(writer, "SIGSTOP");
        const promised = new Map(acknowledged);
        disk.keepAsAfterPowerCut();
        process.kill(writer, "SIGKILL");
        await client.close();
        disk.returnToPowerCut();

        const again = clientIn(disk.path);
        await again.ready();
        for (const [camera, until] of promised) {
          const { segments } = await again.timeline(camera, "original", EIGHT, NINE);
          expect(segments.at(-1)?.to ?? 0, `cut ${cut}: ${camera}`).toBeGreaterThanOrEqual(until);
        }
        await again.close();
        const { problems } = await checkStore(`${disk.path}/footage`, { repair: false, onProgress: () => {} });
        expect(problems, `cut ${cut}`).toEqual([]);
      }
    },
    120_000,
  );
});

/** Why there can be no such file system here; empty when there can. */
function refusedBecause(fileSystem: FileSystem): string {
  try {
    MountedImage.make(join(scratch, "probe"), fileSystem, IMAGE_BYTES).forget();
    return "";
  } catch (thrown) {
    return `[skipped: ${(thrown as Error).message}]`;
  }
}
