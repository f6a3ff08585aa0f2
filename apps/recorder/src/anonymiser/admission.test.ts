import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { type Asking, admit } from "./admission.ts";

const asking = (camera: string, more: Partial<Asking> = {}): Asking => ({
  camera,
  asked: "full",
  allowed: ["full", "slow", "none"],
  priority: 0,
  fps: 10,
  slowEveryMs: 10_000,
  costMs: 6,
  ...more,
});
const modes = (all: readonly Asking[], budget: number) =>
  [...admit(all, budget)].map(([camera, { mode, fps }]) => `${camera} ${mode} ${fps}`);

describe("with room for all", () => {
  test("each camera gets what it asks, and no more", () => {
    const all = [asking("a"), asking("b", { asked: "slow" }), asking("c", { asked: "none" })];
    expect(modes(all, 1_000)).toEqual(["a full 10", "b slow 0.1", "c none 0"]);
  });
});

describe("without room for all", () => {
  const all = [asking("late", { priority: 2 }), asking("first", { priority: 1 })];

  test("the last in priority first loses pictures, then gets stills, then nothing", () => {
    expect(modes(all, 120)).toEqual(["first full 10", "late full 10"]);
    expect(modes(all, 100)).toEqual(["first full 10", "late full 5"]);
    expect(modes(all, 70)).toEqual(["first full 5", "late full 5"]);
    expect(modes(all, 40)).toEqual(["first full 5", "late slow 0.1"]);
    expect(modes(all, 10)).toEqual(["first slow 0.1", "late slow 0.1"]);
    expect(modes(all, 0.7)).toEqual(["first slow 0.1", "late none 0"]);
    expect(modes(all, 0)).toEqual(["first none 0", "late none 0"]);
  });

  test("a camera that may not show stills stays as it is while others become stills, and then goes without", () => {
    const strict = [asking("a"), asking("b", { allowed: ["full"] })];
    expect(modes(strict, 45)).toEqual(["a slow 0.1", "b full 5"]);
    expect(modes(strict, 20)).toEqual(["a slow 0.1", "b none 0"]);
  });
});

const anyAsking = fc.array(
  fc.record({
    asked: fc.constantFrom("full", "slow", "none"),
    allowed: fc.subarray(["full", "slow", "none"] as const),
    priority: fc.nat(3),
    fps: fc.integer({ min: 1, max: 30 }),
    slowEveryMs: fc.integer({ min: 1_000, max: 60_000 }),
    costMs: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 12 },
);

test.prop([anyAsking, fc.nat(1_000)])(
  "never promises more than the budget, nor a mode that was not asked or allowed",
  (some, budget) => {
    const all = some.map((one, i): Asking => ({ ...one, camera: `c${i}` }) as Asking);
    const admitted = admit(all, budget);
    let used = 0;
    for (const one of all) {
      const got = admitted.get(one.camera) ?? expect.fail("left out");
      used += got.costMsPerS;
      expect(got.mode === "none" || got.mode === one.asked || one.allowed.includes(got.mode)).toBe(true);
      if (one.asked === "slow") expect(got.mode).not.toBe("full");
    }
    expect(used).toBeLessThanOrEqual(budget + 1e-6);
  },
);
