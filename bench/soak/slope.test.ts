import { expect, test } from "vitest";
import { meansOf, slopeOf } from "./slope.ts";

const MINUTE_MS = 60_000;

test("what grows by six a minute grows by 360 an hour, for sure", () => {
  const samples = Array.from({ length: 30 }, (_, i) => [i * MINUTE_MS, 1_000 + i * 6] as const);
  const { level, perHour, standardErrorPerHour } = slopeOf(samples);
  expect(level).toBeCloseTo(1_087);
  expect(perHour).toBeCloseTo(360);
  expect(standardErrorPerHour).toBeCloseTo(0);
});

test("what only swings has a slope within its error", () => {
  const samples = Array.from({ length: 60 }, (_, i) => [i * MINUTE_MS, 100 + (i % 2)] as const);
  const { perHour, standardErrorPerHour } = slopeOf(samples);
  expect(standardErrorPerHour).toBeGreaterThan(0);
  expect(Math.abs(perHour)).toBeLessThan(2 * standardErrorPerHour);
});

test("a stretch is its mean, in its middle", () => {
  expect(
    meansOf(
      [
        [0, 1],
        [50_000, 3],
        [70_000, 10],
      ],
      MINUTE_MS,
    ),
  ).toEqual([
    [30_000, 2],
    [90_000, 10],
  ]);
});
