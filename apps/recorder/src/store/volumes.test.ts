import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { cameraId, instant, recorderId, toHex } from "@overt/core";
import { parseRecord, parseSegmentHeader, type RawRecord } from "@overt/seal";
import { expect, onTestFinished, test } from "vitest";
import type { CameraPeriod } from "./removal.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { canMount, volume } from "./testing/volume.ts";
import { homeFor, Volumes, type VolumesOptions } from "./volumes.ts";

const NINE = instant(EIGHT + 3_600_000);
const GATE = cameraId("north-gate");

function volumesIn(dir: string, home: string, more: Partial<VolumesOptions> = {}) {
  const heard = { evicted: [] as CameraPeriod[], errors: [] as string[] };
  const volumes = new Volumes({
    volumes: ["a", "b"].map((name) => ({ name, path: join(dir, name) })),
    cameras: [{ id: GATE, volume: home }],
    recorder: recorderId("town-hall"),
    run: crypto.randomUUID(),
    trustedNow: () => NINE,
    rememberIn: dir,
    limits: { commitMs: 5, reserveBytes: 0 },
    onEvicted: (periods) => heard.evicted.push(...periods),
    onFinding: () => {},
    onError: ({ code }) => heard.errors.push(code),
    ...more,
  });
  onTestFinished(async () => void (await volumes.close()));
  return { volumes, heard };
}
const folder = (): string => mkdtempSync(join(tmpdir(), "overt-volumes-"));

propertyTest.prop([fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 }), fc.nat()])(
  "a volume that is added takes its share of the cameras, and none moves between the others",
  (names, seed) => {
    const cameras = Array.from({ length: 50 }, (_, i) => cameraId(`c-${seed}-${i}`));
    for (const camera of cameras) {
      const before = homeFor(camera, names);
      expect(names).toContain(before);
      expect([before, "added-one"]).toContain(homeFor(camera, [...names, "added-one"]));
    }
  },
);

test("each of four volumes gets about a quarter of a thousand cameras", () => {
  const homes = Array.from({ length: 1_000 }, (_, i) => homeFor(cameraId(`camera-${i}`), ["a", "b", "c", "d"]));
  for (const name of ["a", "b", "c", "d"]) {
    const share = homes.filter((home) => home === name).length;
    expect(share).toBeGreaterThan(200);
    expect(share).toBeLessThan(300);
  }
});

test("a camera that moved is one timeline and one film, and what it left behind is no gap that lasts", async () => {
  const dir = folder();
  const camera = new SampleTrack();
  const first = volumesIn(dir, "a");
  await first.volumes.ready();
  expect(await first.volumes.homeOf(GATE).append([camera.envelope(), ...camera.whole(4)])).toEqual({ stored: true });
  const moved = camera.at;
  await first.volumes.close();

  const { volumes } = volumesIn(dir, "b");
  await volumes.ready();
  await volumes.homeOf(GATE).append([camera.envelope(), ...camera.whole(4)]);
  const { original, away } = await volumes.timeline(GATE, EIGHT, NINE);
  expect(away).toEqual([]);
  expect(original.segments.map(({ from }) => from)).toEqual([EIGHT, moved]);
  expect(original.gaps).toEqual([]);
  const pieces = await Array.fromAsync(volumes.read(GATE, "original", EIGHT, NINE));
  const starts = pieces.map(({ header }) => {
    const parsed = parseSegmentHeader(parseRecord(header as Uint8Array) as RawRecord);
    return "problem" in parsed ? null : parsed.start;
  });
  expect(starts).toEqual([EIGHT, moved]);
});

test("what a camera left behind is found again though the index of that volume was lost", async () => {
  const dir = folder();
  const camera = new SampleTrack();
  const first = volumesIn(dir, "a");
  await first.volumes.ready();
  await first.volumes.homeOf(GATE).append([camera.envelope(), ...camera.whole(4)]);
  await first.volumes.close();
  for (const suffix of ["", "-wal"]) rmSync(join(dir, "a", `index.sqlite${suffix}`), { force: true });

  const { volumes } = volumesIn(dir, "b");
  await volumes.ready();
  await expect
    .poll(async () => (await volumes.timeline(GATE, EIGHT, NINE)).original.segments, { timeout: 5_000 })
    .toMatchObject([{ from: EIGHT, to: camera.at }]);
});

test("a volume that is away is named, and the rest is told", async () => {
  const dir = folder();
  const before = volumesIn(dir, "a");
  await before.volumes.ready();
  await before.volumes.close();
  const { volumes, heard } = volumesIn(dir, "b", {
    volumes: [
      { name: "a", path: join(dir, "not-mounted", "a") },
      { name: "b", path: join(dir, "b") },
    ],
  });
  await volumes.ready();
  expect(heard.errors).toContain("STORE_ABSENT");
  const camera = new SampleTrack();
  expect(await volumes.homeOf(GATE).append([camera.envelope(), ...camera.whole(2)])).toEqual({ stored: true });
  const { original, away } = await volumes.timeline(GATE, EIGHT, NINE);
  expect(original.segments).toHaveLength(1);
  expect(away).toEqual(["a"]);
});

test.skipIf(!canMount).for([
  { since: "records on the other since", before: "a", home: "b" },
  { since: "is back from the other", before: "b", home: "a" },
  { since: "is back, and the other is away", before: "b", home: "a", away: "b" },
])(
  `what made room is told so that its key dies, but not of a camera that $since${canMount ? "" : " [skipped: no tmpfs can be mounted here]"}`,
  async ({ before, home, away }, context) => {
    const small = volume(64 * 2 ** 20);
    if (!small) return context.skip("no tmpfs can be mounted here");
    const dir = folder();
    const [moving, staying] = [new SampleTrack(GATE), new SampleTrack("south-gate")];
    const on = (where: string, isThere = true) =>
      volumesIn(dir, where, {
        volumes: [
          { name: "a", path: small },
          { name: "b", path: isThere ? join(dir, "b") : join(dir, "not-mounted", "b") },
        ],
        cameras: [
          { id: GATE, volume: where },
          { id: staying.camera, volume: "a" },
        ],
        limits: { commitMs: 5, reserveBytes: 32 * 2 ** 20 },
      });
    const record = async ({ volumes }: ReturnType<typeof on>, camera: SampleTrack) =>
      expect(await volumes.homeOf(camera.camera).append([camera.envelope(), ...camera.whole(4)])).toEqual({
        stored: true,
      });
    const first = on(before);
    await first.volumes.ready();
    await record(first, moving);
    await first.volumes.close();

    const then = on(home, away !== "b");
    await then.volumes.ready();
    for (const camera of [moving, staying]) await record(then, camera);
    // What each holds is known then.
    await expect
      .poll(async () => (await then.volumes.timeline(GATE, EIGHT, NINE)).away, { timeout: 5_000 })
      .toEqual(away ? [away] : []);
    writeFileSync(join(small, "of-somebody-else"), new Uint8Array(40 * 2 ** 20));
    const left = async ({ camera }: SampleTrack) =>
      (await then.volumes.all[0]?.timeline(camera, "original", EIGHT, NINE))?.segments;
    for (const camera of [moving, staying]) await expect.poll(() => left(camera), { timeout: 10_000 }).toEqual([]);
    expect(then.heard.evicted).toEqual(away ? [] : [{ camera: staying.camera, periodStart: EIGHT }]);
  },
);

test("volumes that all belong to somebody else are refused: nobody but a person can put that right", async () => {
  const dir = folder();
  for (const name of ["a", "b"]) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, "holiday.jpg"), toHex(new Uint8Array(8)));
  }
  const { volumes } = volumesIn(dir, "a");
  await expect(volumes.ready()).rejects.toThrow(expect.objectContaining({ code: "STORE_FOREIGN" }));
});
