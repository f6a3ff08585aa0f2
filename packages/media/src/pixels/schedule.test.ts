import { expect, test } from "vitest";
import { DetectionSchedule } from "./schedule.ts";

function runs(seconds: number, unknownShare: (at: number) => number, stepMs = 100): { at: number; scales: string }[] {
  const schedule = new DetectionSchedule();
  const out: { at: number; scales: string }[] = [];
  for (let at = 0; at < seconds * 1_000; at += stepMs) {
    const scales = schedule.due(at, stepMs, unknownShare(at)).join("+");
    if (scales) out.push({ at, scales });
  }
  return out;
}

test("looks once a second at first, at both scales in turn", () => {
  const first = runs(10, () => 0.2);
  expect(first).toHaveLength(10);
  expect(first.slice(0, 4).map(({ scales }) => scales)).toEqual(["whole", "tiles", "whole", "tiles"]);
});

test("looks ever less often at what stays in doubt, but never less than every ten seconds", () => {
  const late = runs(900, () => 0.2).filter(({ at }) => at > 600_000);
  const gaps = late.slice(1).map(({ at }, i) => at - (late[i]?.at ?? 0));
  expect(new Set(gaps)).toEqual(new Set([10_000]));
  expect(late.filter(({ scales }) => scales === "tiles").length).toBeGreaterThan(late.length / 3);
});

test("rests when all ground is known, and looks at once when it no longer is", () => {
  const calm = runs(120, (at) => (at < 20_000 || at >= 65_000 ? 0.2 : 0));
  expect(calm.filter(({ at }) => at >= 20_000 && at < 65_000).length).toBeLessThanOrEqual(5);
  expect(calm.find(({ at }) => at >= 65_000)?.at).toBeLessThanOrEqual(67_500);
});

test("looks seldom for the sake of one last spot, but at both scales", () => {
  const late = runs(200, () => 0.005).filter(({ at }) => at > 61_000);
  expect(late.length).toBeLessThanOrEqual(15);
  expect(new Set(late.map(({ scales }) => scales))).toEqual(new Set(["whole", "tiles"]));
});

test("looks at both scales in each still", () => {
  expect(
    new Set(
      runs(60, () => 0.2, 5_000)
        .map(({ scales }) => scales)
        .slice(1),
    ),
  ).toEqual(new Set(["whole+tiles"]));
});
