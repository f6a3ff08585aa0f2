import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type BenchFigures, benchFigures } from "./bench-figures.ts";
import { type Machine, type RecordedCamera, sizeMachine } from "./machines.ts";

const file = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../../../bench/results/${name}.json`, import.meta.url)), "utf8"));

const FIGURES: BenchFigures = {
  anonymiseMsPerS: 20,
  learningMsPerS: 50,
  ingest: [
    { cameras: 10, corePercent: 0.5, memoryMb: 16, diskBusyPercent: 12 },
    { cameras: 100, corePercent: 0.3, memoryMb: 3, diskBusyPercent: 42 },
  ],
  measuredOn: ["ingest: a machine"],
};
const machine: Machine = { cores: 2, coreSpeed: 1, memoryMb: 24_000, networkMbps: 1_000, disks: 1 };
const cameras = (count: number, more: Partial<RecordedCamera> = {}): RecordedCamera[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `c${i}`,
    mode: "full",
    kbps: 4_000,
    anonymised: { widthPx: 640, heightPx: 480, fps: 10 },
    ...more,
  }));

describe("P39: machines from this release's own benches", () => {
  test("the committed results are read by the names of their rows", () => {
    const figures = benchFigures(["anonymise", "ingest", "seek"].map(file));
    expect(figures.anonymiseMsPerS).toBeGreaterThan(0);
    expect(figures.learningMsPerS).toBeGreaterThan(figures.anonymiseMsPerS!);
    expect(figures.ingest.map(({ cameras: n }) => n)).toEqual(
      [...figures.ingest.map(({ cameras: n }) => n)].sort((a, b) => a - b),
    );
    for (const each of figures.ingest) expect(each).toEqual({ cameras: expect.any(Number), corePercent: expect.any(Number), memoryMb: expect.any(Number), diskBusyPercent: expect.any(Number) }); // biome-ignore format: one line
    expect(figures.measuredOn).toHaveLength(2);
  });

  test("the limit that bites first is named: cores while anonymising, the disk when not", () => {
    const full = sizeMachine(cameras(100), machine, FIGURES);
    expect(full).toMatchObject({ bites: "cores", fits: false });
    expect(full.anonymiserCores).toBeCloseTo(2);
    expect(full.ingestCores).toBeCloseTo(0.3);
    expect(full.machines).toBe(2);
    expect(full.camerasEach).toBe(60);
    const sealed = sizeMachine(cameras(100, { mode: "none" }), machine, FIGURES);
    expect(sealed).toMatchObject({ bites: "disks", fits: true, machines: 1 });
    expect(sealed.limits.map(({ limit }) => limit)).toEqual(["disks", "network", "cores", "memory"]);
    expect(
      sizeMachine(cameras(100, { mode: "none" }), { ...machine, networkMbps: 10_000, memoryMb: 1_500 }, FIGURES).bites,
    ).toBe("memory");
  });

  test("larger pictures and more of them cost in proportion, a faster core less", () => {
    const large = cameras(10, { anonymised: { widthPx: 1_280, heightPx: 960, fps: 15 } });
    expect(sizeMachine(large, machine, FIGURES).anonymiserCores).toBeCloseTo(10 * 0.02 * 4 * 1.5);
    expect(sizeMachine(large, { ...machine, coreSpeed: 2 }, FIGURES).anonymiserCores).toBeCloseTo(10 * 0.01 * 4 * 1.5);
    const slow = cameras(10, { mode: "slow", anonymised: { widthPx: 640, heightPx: 480, fps: 0.2 } });
    expect(sizeMachine(slow, machine, FIGURES).anonymiserCores).toBeCloseTo(0.004);
  });

  test("what no bench measured stays unknown, and no number of machines is made of it", () => {
    const figures = benchFigures([file("ingest")]);
    const size = sizeMachine(cameras(40), machine, figures);
    expect(size.anonymiserCores).toBeNull();
    expect(size.machines).toBeNull();
    expect(size.limits.at(-1)).toEqual({ limit: "cores", use: null });
    expect(sizeMachine(cameras(400), machine, FIGURES).beyondMeasured).toBe(true);
    expect(sizeMachine([], machine, FIGURES)).toMatchObject({ bites: null, fits: true });
  });

  test("a file that is none of the bench's is refused", () => {
    for (const each of [null, {}, { name: "x", commit: "y", machine: "z", rows: [{}] }])
      expect(() => benchFigures([each])).toThrow(expect.objectContaining({ code: "BENCH_RESULT_INVALID" }));
    expect(() => sizeMachine(cameras(1), { ...machine, cores: 0 }, FIGURES)).toThrow(expect.objectContaining({ code: "NETWORK_FIGURE_INVALID" })); // biome-ignore format: one line
  });
});
