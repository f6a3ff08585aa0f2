import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { BITS, kbpsIn, meanKbps, peakKbps, SCENE_HOURS, SCENES, type Stream } from "./bitrate.ts";
import { disksFor } from "./layout.ts";
import {
  type KeptTrack,
  SEALING,
  sealingBytesPerDay,
  STORAGE_DEFAULTS,
  storageBySite,
  storageOf,
  usableTbByCamera,
} from "./storage.ts";

const failsWith = (code: string) => expect.objectContaining({ code });
const stream = (more: Partial<Stream> = {}): Stream => ({
  widthPx: 1_920, heightPx: 1_080, fps: 15, codec: "h264", groupSeconds: 2, rate: { kind: "variable" }, ...more,
}); // biome-ignore format: one line
const track = (more: Partial<KeptTrack> = {}): KeptTrack => ({
  camera: "market-1", site: "hall", track: "original", kbps: 4_000, hoursPerDay: 24, retentionDays: 3, fps: 15, ...more,
}); // biome-ignore format: one line
const policy = { holdsShare: 0.1, marginShare: 0.15, layout: { kind: "single" }, diskTb: 4 } as const;

describe("P38: bitrate by stream, scene, codec, frame rate and group length", () => {
  test("a busy street at 1080p, 15 a second, is near the usual 4 Mbit/s", () => {
    expect(kbpsIn("busy", stream())).toBeGreaterThan(3_000);
    expect(kbpsIn("busy", stream())).toBeLessThan(4_500);
    expect(kbpsIn("quiet", stream())).toBeLessThan(kbpsIn("busy", stream()) / 2);
  });

  test("longer groups and H.265 save, MJPEG costs, more pictures cost less than they are", () => {
    expect(kbpsIn("quiet", stream({ groupSeconds: 10 }))).toBeLessThan(kbpsIn("quiet", stream()));
    expect(kbpsIn("busy", stream({ codec: "h265" }))).toBeCloseTo(kbpsIn("busy", stream()) * 0.6);
    expect(kbpsIn("quiet", stream({ codec: "mjpeg" }))).toBeCloseTo((1_920 * 1_080 * 15 * 1.2) / 1_000);
    const ratio = kbpsIn("busy", stream({ fps: 30 })) / kbpsIn("busy", stream());
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThan(2);
  });

  test("a cap cuts the peak, a constant rate is what it says", () => {
    expect(peakKbps(stream({ rate: { kind: "capped", kbps: 2_000 } }))).toBe(2_000);
    expect(meanKbps(stream({ rate: { kind: "constant", kbps: 512 } }))).toBe(512);
    expect(meanKbps(stream())).toBeLessThan(peakKbps(stream()));
  });

  test("every default says where it comes from; a day has 24 hours", () => {
    for (const { source } of [...Object.values(BITS), ...Object.values(SEALING), ...Object.values(STORAGE_DEFAULTS), SCENE_HOURS]) expect(source).toMatch(/\w{4}/); // biome-ignore format: one line
    expect(() => meanKbps(stream(), { quiet: 6, busy: 6, night: 6 })).toThrow(failsWith("NETWORK_FIGURE_INVALID"));
    expect(() => kbpsIn("busy", stream({ fps: 0 }))).toThrow(failsWith("NETWORK_FIGURE_INVALID"));
  });

  test.prop([fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.constantFrom(...SCENES)])(
    "more pictures a second never take fewer bits",
    (a, b, scene) => {
      const [few, many] = [Math.min(a, b), Math.max(a, b)];
      expect(kbpsIn(scene, stream({ fps: few, groupSeconds: 4 }))).toBeLessThanOrEqual(
        kbpsIn(scene, stream({ fps: many, groupSeconds: 4 })) + 1e-9,
      );
    },
  );
});

describe("P38: storage", () => {
  test("4 Mbit/s for three days is 0.13 TB; sealing, holds and margin come on top, and all adds up", () => {
    const s = storageOf([track(), track({ track: "anonymised", kbps: 400, retentionDays: 7 })], policy);
    expect(s.originalsTb).toBeCloseTo(((4e6 / 8) * 86_400 * 3) / 1e12);
    expect(s.anonymisedTb).toBeCloseTo(((4e5 / 8) * 86_400 * 7) / 1e12);
    expect(s.holdsTb).toBeCloseTo((s.originalsTb + s.anonymisedTb + s.sealingTb + s.lingeringTb) * 0.1);
    expect(s.marginTb).toBeCloseTo(s.usableTb * 0.15);
    expect(s.originalsTb + s.anonymisedTb + s.sealingTb + s.lingeringTb + s.holdsTb + s.marginTb).toBeCloseTo(
      s.usableTb,
      9,
    );
    expect(s.disks).toBe(1);
    expect(s.writeMbytesPerS).toBeCloseTo(0.55, 1);
  });

  test("sealing costs 185 bytes a second of an original and the index; a still every ten seconds is a fragment every ten", () => {
    const perS = (of: KeptTrack) => sealingBytesPerDay(of) / 86_400;
    expect(perS(track({ kbps: 0 }))).toBeCloseTo(132 + 272 / 60 + (5_599 + 284) / 120);
    expect(perS(track({ kbps: 0, fps: 0.1 }))).toBeCloseTo(13.2 + 272 / 60 + (5_599 + 284) / 120);
    expect(sealingBytesPerDay(track()) / ((4e6 / 8) * 86_400)).toBeLessThan(0.001);
  });

  test("bytes outlive their keys by the period and the pack, up to two hours", () => {
    expect(storageOf([track({ retentionDays: 0.5 })], policy).lingeringTb).toBeCloseTo(storageOf([track({ retentionDays: 0.5 })], policy).originalsTb * (1.5 / 12), 2); // biome-ignore format: one line
  });

  test("what a layout takes: mirror, RAID 5 and 6, copies, parts that may be lost", () => {
    expect(disksFor({ kind: "single" }, 9, 4)).toEqual({ rawTb: 12, disks: 3 });
    expect(disksFor({ kind: "mirror" }, 9, 4).disks).toBe(6);
    expect(disksFor({ kind: "raid5", disksPerGroup: 4 }, 9, 4).disks).toBe(4);
    expect(disksFor({ kind: "raid6", disksPerGroup: 8 }, 25, 4).disks).toBe(16);
    expect(disksFor({ kind: "copies", copies: 3 }, 9, 4).disks).toBe(9);
    expect(disksFor({ kind: "erasure", data: 8, parity: 3 }, 30, 4).disks).toBe(11);
    expect(() => disksFor({ kind: "raid6", disksPerGroup: 3 }, 9, 4)).toThrow(failsWith("NETWORK_FIGURE_INVALID"));
  });

  test("by site with its own disks, by camera without", () => {
    const tracks = [track(), track({ camera: "gate", site: "gate" }), track({ camera: "market-2" })];
    const sites = storageBySite(tracks, policy);
    expect([...sites.keys()]).toEqual(["hall", "gate"]);
    const cameras = [...usableTbByCamera(tracks, policy).values()];
    expect(cameras[0]! + cameras[2]!).toBeCloseTo(sites.get("hall")!.usableTb, 9);
  });

  const anyTrack = fc.record({ camera: fc.constantFrom("a", "b"), site: fc.constant("s"), track: fc.constantFrom("original" as const, "anonymised" as const), kbps: fc.integer({ min: 0, max: 20_000 }), hoursPerDay: fc.integer({ min: 1, max: 24 }), retentionDays: fc.integer({ min: 0, max: 90 }), fps: fc.integer({ min: 1, max: 30 }) }); // biome-ignore format: one line
  test.prop([fc.array(anyTrack), anyTrack])("the parts add up, and a track more never takes less", (tracks, more) => {
    const s = storageOf(tracks, policy);
    expect(s.originalsTb + s.anonymisedTb + s.sealingTb + s.lingeringTb + s.holdsTb + s.marginTb).toBeCloseTo(
      s.usableTb,
      9,
    );
    expect(s.rawTb).toBeGreaterThanOrEqual(s.usableTb - 1e-6);
    expect(storageOf([...tracks, more], policy).usableTb).toBeGreaterThanOrEqual(s.usableTb);
  });
});
