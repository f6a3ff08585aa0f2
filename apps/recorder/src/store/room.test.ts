import { closeSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { instant, recorderId, type Track } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { checkStore } from "./check.ts";
import { StoreClient, type StoreClientOptions } from "./client.ts";
import { cameraHash } from "../keystore/slot.ts";
import type { CameraPeriod } from "./removal.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./limits.ts";
import { canMount, freeOf, volume } from "./testing/volume.ts";

const MIB = 2 ** 20;
const END = instant(EIGHT + 10 * 3_600_000);

function clientOn(
  directory: string,
  evicted: CameraPeriod[] = [],
  { limits, ...more }: Partial<StoreClientOptions> = {},
): StoreClient {
  const client = new StoreClient({
    name: "small",
    directory,
    recorder: recorderId("town-hall"),
    run: "run-1",
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { ...STORE_LIMITS, commitMs: 10, reserveBytes: 32 * MIB, packBytes: 4 * MIB, ...limits },
    onEvicted: (periods) => evicted.push(...periods),
    ...more,
  });
  onTestFinished(async () => void (await client.close()));
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
  `sto-04: where whole packs make room, what goes on under a header or an envelope that went is refused, not stored unopenable${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(64 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const client = clientOn(directory, [], { limits: { makesHoles: false } });
    const [silent, running, other] = [new SampleTrack("silent"), new SampleTrack("running"), new SampleTrack("other")];
    expect(await client.append([silent.envelope(), ...silent.whole(2)])).toEqual({ stored: true });
    expect(await client.append([running.envelope(), ...running.header(), running.fragment()])).toEqual({
      stored: true,
    });
    for (let i = 0; i < 24; i++) {
      expect(await client.append([other.envelope(), ...other.whole(120, 1_000, 16_000)])).toEqual({ stored: true });
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
    const { segments, gaps } = await client.timeline(running.camera, "original", EIGHT, END);
    expect(segments).toEqual([]);
    expect(gaps).toEqual([{ from: EIGHT, to: running.at, cause: "disk_full" }]);
    expect(await client.append([running.fragment()])).toEqual({ stored: false, cause: "disk_full" });
    expect(await client.append(silent.whole(2))).toEqual({ stored: false, cause: "disk_full" });
    for (const camera of [running, silent])
      expect(await client.append([camera.envelope(), ...camera.whole(2)])).toEqual({ stored: true });
  },
  60_000,
);

test.skipIf(!canMount)(
  `sto-04: a track of which all made room is down like any other when its recorder dies${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(64 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const client = clientOn(directory, [], { limits: { makesHoles: false } });
    const camera = new SampleTrack();
    expect(await client.append([camera.envelope(), ...camera.header(), camera.fragment()])).toEqual({ stored: true });
    writeFileSync(join(directory, "other"), new Uint8Array(40 * MIB));
    const timeline = (of: StoreClient) => of.timeline(camera.camera, "original", EIGHT, END);
    await expect.poll(async () => (await timeline(client)).segments, { timeout: 10_000 }).toEqual([]);
    await client.close();
    const next = clientOn(directory, [], { run: "run-2", limits: { makesHoles: false } });
    await next.ready();
    expect((await timeline(next)).gaps).toEqual([
      { from: EIGHT, to: camera.at, cause: "disk_full" },
      { from: camera.at, to: null, cause: "recorder_down" },
    ]);
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

for (const type of ["tmpfs", "ext4"] as const)
  test.skipIf(!canMount)(
    `a camera that sends too much loses its own oldest, and the others in the same packs lose nothing (${type})${canMount ? "" : " [skipped: nothing can be mounted here]"}`,
    async (context) => {
      const directory = volume(96 * MIB, type);
      if (!directory) return context.skip(`no ${type} can be mounted here`);
      const cameras = [new SampleTrack("noisy"), ...[1, 2, 3].map((i) => new SampleTrack(`quiet-${i}`))];
      const [noisy, ...quiet] = cameras as [SampleTrack, ...SampleTrack[]];
      const evicted: CameraPeriod[] = [];
      const client = clientOn(directory, evicted, {
        keepRules: () => cameras.map(({ camera }) => ({ camera, retentionMs: 86_400_000, whenFull: "oldest" })),
      });
      for (let minute = 0; minute < 120; minute++) {
        for (const camera of cameras) {
          const envelope = minute % 2 === 0 ? [camera.envelope()] : [];
          const bytes = camera === noisy ? 16_000 : 400;
          expect(await client.append([...envelope, ...camera.whole(60, 1_000, bytes)])).toEqual({ stored: true });
        }
        await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(16 * MIB);
      }
      // Until there is room nothing more goes.
      await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThanOrEqual(32 * MIB);
      const timelines = (of: StoreClient) =>
        Promise.all(cameras.map(({ camera }) => of.timeline(camera, "original", EIGHT, END)));
      const before = await timelines(client);
      for (const { segments, gaps } of before.slice(1)) {
        expect(segments).toMatchObject([{ from: EIGHT, to: quiet[0]?.at }]);
        expect(gaps).toEqual([]);
      }
      expect(before[0]?.gaps).toEqual([{ from: EIGHT, to: before[0]?.segments[0]?.from, cause: "disk_full" }]);
      expect(before[0]?.segments.at(-1)?.to).toBe(noisy.at);
      expect(new Set(evicted.map(({ camera }) => camera))).toEqual(new Set([noisy.camera]));
      expect(await playedOf(client, quiet[0] as SampleTrack)).toBe(120 * 62);
      await client.close();

      expect((await checkStore(directory)).problems).toEqual([]);
      for (const suffix of ["", "-wal"]) rmSync(join(directory, `index.sqlite${suffix}`), { force: true });
      const again = clientOn(directory, evicted, { limits: { reserveBytes: 0 } });
      // What went is in no footer: an index that is rebuilt lists what was there, and plays it.
      const segmentsOf = (all: typeof before) => all.map(({ segments }) => segments);
      await expect
        .poll(async () => segmentsOf(await timelines(again)), { timeout: 10_000 })
        .toEqual(segmentsOf(before));
      expect(await playedOf(again, quiet[0] as SampleTrack)).toBe(120 * 62);
    },
    120_000,
  );

test.skipIf(!canMount)(
  `a camera whose footage stays keeps all of it, begins nothing new while the volume is full, and goes on after${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(160 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const [staying, going] = [new SampleTrack("staying"), new SampleTrack("going")];
    const client = clientOn(directory, [], {
      keepRules: () => [
        { camera: staying.camera, retentionMs: 86_400_000, whenFull: "stop" },
        { camera: going.camera, retentionMs: 86_400_000, whenFull: "oldest" },
      ],
    });
    const minute = (camera: SampleTrack, bytes: number, store = client) =>
      store.append([camera.envelope(), ...camera.whole(60, 1_000, bytes)]);
    let stayed = staying.at;
    for (let stored = true; stored; ) {
      stayed = staying.at;
      ({ stored } = await minute(staying, 4_000));
      expect(await minute(going, 2_000)).toEqual({ stored: true });
    }
    for (let i = 0; i < 150; i++) expect(await minute(going, 4_000)).toEqual({ stored: true });
    await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThan(31 * MIB);
    expect(await minute(staying, 4_000)).toEqual({ stored: false, cause: "disk_full" });
    const [kept, gone] = await Promise.all(
      [staying, going].map(({ camera }) => client.timeline(camera, "original", EIGHT, END)),
    );
    expect(kept).toMatchObject({ segments: [{ from: EIGHT, to: Math.min(stayed, END) }], gaps: [] });
    expect(gone).toMatchObject({ gaps: [{ from: EIGHT, cause: "disk_full" }] });

    // A recorder that has read no permit yet takes nothing of what stays either.
    await client.close();
    const next = clientOn(directory, [], { run: "run-2" });
    for (let i = 0; i < 100; i++) expect(await minute(going, 4_000, next)).toEqual({ stored: true });
    expect(await next.timeline(staying.camera, "original", EIGHT, END)).toMatchObject({
      segments: [{ from: EIGHT, to: Math.min(stayed, END) }],
    });

    // Its retention frees it: only that does.
    const dead = (await next.periods()).filter(({ camera }) => camera === staying.camera);
    await next.expire(dead.map(({ periodStart }) => ({ camera: cameraHash(staying.camera), periodStart })));
    await expect.poll(async () => (await minute(staying, 4_000, next)).stored, { timeout: 10_000 }).toBe(true);
  },
  60_000,
);

/** Whole records of a track that come back when all of it is read. */
async function playedOf(client: StoreClient, { camera, track }: { camera: SampleTrack["camera"]; track: Track }) {
  let count = 0;
  for await (const { fragments } of client.read(camera, track, EIGHT, END)) count += fragments.length;
  return count;
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

test.skipIf(!canMount)(
  `an index that is lost on a full volume costs the oldest footage, as ever, and no key that is still needed${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(96 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const limits = { ...STORE_LIMITS, commitMs: 10, packBytes: MIB, reserveBytes: 8 * MIB };
    const camera = new SampleTrack();
    const first = clientOn(directory, [], { limits });
    for (let epoch = 0; epoch < 60; epoch++)
      expect(await first.append([camera.envelope(), ...camera.whole(120, 1_000, 10_000)])).toEqual({ stored: true });
    await first.close();
    for (const suffix of ["", "-wal"]) rmSync(join(directory, `index.sqlite${suffix}`), { force: true });

    const evicted: CameraPeriod[] = [];
    // Looked for again and again while packs are listed, newest first, as for minutes on a large volume.
    const reserveBytes = freeOf(directory) + 4 * MIB;
    const client = clientOn(directory, evicted, { run: "run-2", limits: { ...limits, reserveBytes, lookMs: 1 } });
    await expect.poll(() => freeOf(directory), { timeout: 10_000 }).toBeGreaterThanOrEqual(reserveBytes);
    const { segments } = await client.timeline(camera.camera, "original", EIGHT, END);
    expect(segments).toHaveLength(1);
    expect(segments[0]?.to).toBe(camera.at);
    expect(segments[0]?.from).toBeGreaterThan(EIGHT);
    const periodMs = 3_600_000;
    expect(evicted.filter(({ periodStart }) => periodStart + periodMs > (segments[0]?.from ?? 0))).toEqual([]);
  },
  60_000,
);

test.skipIf(!canMount)(
  `why nothing is recorded is known though what came with it found no room${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(16 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const client = clientOn(directory, [], { limits: { reserveBytes: 0, commitMs: 200 } });
    const [camera, silent] = [new SampleTrack("north-gate"), new SampleTrack("south-gate")];
    await client.append([camera.envelope(), ...camera.whole(2), silent.envelope(), ...silent.whole(2)]);
    writeFileSync(join(directory, "of-somebody-else"), new Uint8Array(freeOf(directory) - MIB));
    const [appended] = await Promise.all([
      client.append(camera.whole(2, 1_000, MIB)),
      client.gapOpen(silent.camera, "original", silent.at, "camera_silent"),
    ]);
    expect(appended).toEqual({ stored: false, cause: "disk_full" });
    expect(client.restarts, "in one commit").toBe(0);
    expect(await client.lastingGaps()).toMatchObject([{ camera: silent.camera, cause: "camera_silent" }]);
  },
);

test.skipIf(!canMount)(
  `a volume with no room at all is left, not waited for, by who closes${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async (context) => {
    const directory = volume(16 * MIB);
    if (!directory) return context.skip("no tmpfs can be mounted here");
    const findings: string[] = [];
    const client = clientOn(directory, [], {
      limits: { reserveBytes: 0 },
      onFinding: ({ code, detail }) => findings.push(`${code} ${detail}`),
    });
    const camera = new SampleTrack();
    await client.append([camera.envelope(), ...camera.whole(2)]);
    const filler = openSync(join(directory, "of-somebody-else"), "w");
    const page = new Uint8Array(4_096);
    expect(() => {
      for (;;) writeSync(filler, page);
    }).toThrow("ENOSPC");
    closeSync(filler);
    expect(await client.close(5_000)).toBe(false);
    expect(findings.at(-1)).toContain("not closed");
  },
);
