import { expect, test } from "vitest";
import { DetectionSchedule } from "./schedule.ts";

function runs(seconds: number, doubt: (at: number) => boolean, stepMs = 100): { at: number; scales: string }[] {
  const schedule = new DetectionSchedule();
  const out: { at: number; scales: string }[] = [];
  for (let at = 0; at < seconds * 1_000; at += stepMs) {
    const scales = schedule.due(at, stepMs, doubt(at)).join("+");
    if (scales) out.push({ at, scales });
  }
  return out;
}

test("looks once a second at first, at both scales in turn", () => {
  const first = runs(10, () => true);
  expect(first).toHaveLength(10);
  expect(first.slice(0, 4).map(({ scales }) => scales)).toEqual(["whole", "tiles", "whole", "tiles"]);
});

test("looks ever less often at what stays in doubt, but never less than every ten seconds", () => {
  const late = runs(900, () => true).filter(({ at }) => at > 600_000);
  const gaps = late.slice(1).map(({ at }, i) => at - (late[i]?.at ?? 0));
  expect(new Set(gaps)).toEqual(new Set([10_000]));
  expect(late.filter(({ scales }) => scales === "tiles").length).toBeGreaterThan(late.length / 3);
});

test("rests when all ground is known, and looks at once when it no longer is", () => {
  const calm = runs(120, (at) => at < 20_000 || at >= 65_000);
  expect(calm.filter(({ at }) => at >= 20_000 && at < 65_000).length).toBeLessThanOrEqual(5);
  expect(calm.find(({ at }) => at >= 65_000)?.at).toBeLessThanOrEqual(67_500);
});

test("looks at both scales in each still", () => {
  expect(
    new Set(
      runs(60, () => true, 5_000)
        .map(({ scales }) => scales)
        .slice(1),
    ),
  ).toEqual(new Set(["whole+tiles"]));
});
