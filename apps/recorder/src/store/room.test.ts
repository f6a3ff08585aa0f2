import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { StoreClient } from "./client.ts";
import type { CameraPeriod } from "./removal.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./store.ts";

const MIB = 2 ** 20;
const END = instant(EIGHT + 10 * 3_600_000);

/** A small file system of its own, for which one must be root. */
function volume(bytes: number): string | null {
  const directory = mkdtempSync(join(tmpdir(), "overt-volume-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", directory]);
    rmSync(directory, { recursive: true });
  });
  return directory;
}

const canMount = process.getuid?.() === 0;

function clientOn(directory: string, evicted: CameraPeriod[] = []): StoreClient {
  const client = new StoreClient({
    name: "small",
    directory,
    recorder: recorderId("town-hall"),
    run: "run-1",
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { ...STORE_LIMITS, commitMs: 10, reserveBytes: 32 * MIB, packBytes: 4 * MIB },
    onEvicted: (periods) => evicted.push(...periods),
  });
  onTestFinished(() => client.close());
  return client;
}

test.skipIf(!canMount)(
  `sto-04: the oldest footage goes before the disk is full, and recording never stops${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(64 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const evicted: CameraPeriod[] = [];
    const client = clientOn(directory, evicted);
    const camera = new SampleTrack();
    for (let epoch = 0; epoch < 60; epoch++) {
      const records = [camera.envelope(), ...camera.whole(120, 1_000, 16_000)];
      expect(await client.append(records)).toEqual({ stored: true });
      // No faster than room is made: the reserve of a real volume is many seconds of footage.
      await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(16 * MIB);
    }
    await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(31 * MIB);
    const { segments, gaps } = await client.timeline(camera.camera, "original", EIGHT, END);
    expect(segments.at(-1)?.to).toBe(camera.at);
    expect(gaps).toEqual([{ from: EIGHT, to: segments[0]?.from, cause: "disk_full" }]);
    expect(evicted).toContainEqual({ camera: camera.camera, periodStart: EIGHT });
  },
  60_000,
);

test.skipIf(!canMount)(
  `sto-04: what goes on under a header or an envelope that made room is refused, not stored unopenable${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(64 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const client = clientOn(directory);
    const [silent, running, other] = [new SampleTrack("silent"), new SampleTrack("running"), new SampleTrack("other")];
    expect(await client.append([silent.envelope(), ...silent.whole(2)])).toEqual({ stored: true });
    expect(await client.append([running.envelope(), ...running.header(), running.fragment()])).toEqual({
      stored: true,
    });
    expect(await client.append([other.envelope()])).toEqual({ stored: true });
    for (let i = 0; i < 24; i++) {
      expect(await client.append(other.whole(120, 1_000, 16_000))).toEqual({ stored: true });
      await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(16 * MIB);
    }
    await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(31 * MIB);
    // Also of a segment that had not ended.
    expect((await client.timeline(running.camera, "original", EIGHT, END)).gaps).toEqual([
      { from: EIGHT, to: running.at, cause: "disk_full" },
    ]);
    // A writer that is replaced meanwhile knows it too.
    process.kill(client.pid as number, "SIGKILL");
    await expect.poll(() => client.restarts, { timeout: 10_000 }).toBe(1);
    await client.ready();
    expect(await client.append([running.fragment()])).toEqual({ stored: false, cause: "disk_full" });
    expect(await client.append(silent.whole(2))).toEqual({ stored: false, cause: "disk_full" });
    for (const camera of [running, silent])
      expect(await client.append([camera.envelope(), ...camera.whole(2)])).toEqual({ stored: true });
  },
  60_000,
);

test.skipIf(!canMount)(
  `sto-04: filled by another file it refuses with its cause, and goes on when there is room${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(64 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const client = clientOn(directory);
    const camera = new SampleTrack();
    expect(await client.append([camera.envelope(), ...camera.whole(10)])).toEqual({ stored: true });
    await expect.poll(() => readdirSync(directory)).toContain("ballast");
    fill(join(directory, "other"));
    let refused = { stored: true } as Awaited<ReturnType<StoreClient["append"]>>;
    for (let i = 0; refused.stored && i < 400; i++) refused = await client.append(camera.whole(10, 500, 50_000));
    expect(refused).toEqual({ stored: false, cause: "disk_full" });
    await client.gapOpen(camera.camera, "original", camera.at, "disk_full");
    rmSync(join(directory, "other"));
    await expect
      .poll(async () => (await client.append([camera.envelope(), ...camera.whole(10)])).stored, { timeout: 10_000 })
      .toBe(true);
    const { segments } = await client.timeline(camera.camera, "original", EIGHT, END);
    expect(segments.at(-1)?.to).toBe(camera.at);
  },
  60_000,
);

function freeOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let size = MIB; size >= 1_024; size /= 2)
      for (let room = true; room; ) {
        try {
          room = writeSync(file, new Uint8Array(size)) === size;
        } catch (thrown) {
          if ((thrown as NodeJS.ErrnoException).code !== "ENOSPC") throw thrown;
          room = false;
        }
      }
  } finally {
    closeSync(file);
  }
}
