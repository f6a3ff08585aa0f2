import { instant } from "@overt/core";
import { expect, test } from "vitest";
import { wrongClocks } from "./clocks.ts";

const DAY_MS = 86_400_000;
const view = { from: instant(0), lengthMs: 100_000 };
const segment = (from: number, to: number, clockOffsetMs: number | null) => ({
  ...{ from: instant(from), to: instant(to), startsOnKeyPicture: true, clockOffsetMs },
});
const none = { segments: [], gaps: [] };
const of = (...segments: ReturnType<typeof segment>[]) =>
  wrongClocks({ anonymised: { segments, gaps: [] }, original: none, away: [] }, view);

test("a clock that is right, nearly right or unknown is not spoken of", () => {
  expect(of(segment(0, 10_000, 0), segment(10_000, 20_000, -1_900), segment(20_000, 30_000, null))).toEqual([]);
});

test("a wrong clock is told once over gaps, and anew when it was set", () => {
  expect(
    of(segment(0, 10_000, -DAY_MS), segment(15_000, 20_000, -DAY_MS + 40), segment(20_000, 30_000, 5_000)),
  ).toEqual([
    { from: 0, to: 20_000, offsetMs: -DAY_MS },
    { from: 20_000, to: 30_000, offsetMs: 5_000 },
  ]);
});

test("what lies beside the view is not told; of a camera with sealed originals alone they are", () => {
  expect(of(segment(200_000, 300_000, DAY_MS))).toEqual([]);
  expect(
    wrongClocks({ anonymised: none, original: { segments: [segment(0, 9_000, DAY_MS)], gaps: [] }, away: [] }, view),
  ).toMatchObject([{ offsetMs: DAY_MS }]);
});
