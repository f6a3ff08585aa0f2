import { fc, test as propertyTest } from "@fast-check/vitest";
import { instant } from "@overt/core";
import { expect, test } from "vitest";
import { endOf, LONGEST_MS, scrolled, SHORTEST_MS, shareOf, ticks, timeAt, zoomed } from "./view.ts";

const anyView = fc.record({
  from: fc.integer({ min: 0, max: 2_000_000_000_000 }).map(instant),
  lengthMs: fc.integer({ min: SHORTEST_MS, max: LONGEST_MS }),
});

propertyTest.prop([anyView, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.2, max: 5, noNaN: true })])(
  "zooming keeps the moment under the pointer",
  (view, share, factor) => {
    const around = timeAt(view, share);
    const after = zoomed(view, factor, around);
    expect(Math.abs(shareOf(after, around) - shareOf(view, around))).toBeLessThan(1e-3);
    expect(after.lengthMs).toBeGreaterThanOrEqual(SHORTEST_MS);
    expect(after.lengthMs).toBeLessThanOrEqual(LONGEST_MS);
  },
);

propertyTest.prop([anyView, fc.integer({ min: 2, max: 12 })])(
  "ticks stand inside the view and are not too many",
  (view, most) => {
    const marks = ticks(view, most, 3_600_000);
    expect(marks.length).toBeLessThanOrEqual(most + 1);
    for (const mark of marks) {
      expect(mark).toBeGreaterThanOrEqual(view.from);
      expect(mark).toBeLessThanOrEqual(endOf(view));
    }
  },
);

test("ticks are round in the zone that is shown, half-hour zones too", () => {
  const view = { from: instant(Date.parse("2026-11-25T00:10:00Z")), lengthMs: 4 * 3_600_000 };
  const [first] = ticks(view, 4, 5.5 * 3_600_000);
  expect(new Date((first as number) + 5.5 * 3_600_000).toISOString()).toContain("T06:00:00");
});

test("scrolling moves the view and nothing else", () => {
  expect(scrolled({ from: instant(1000), lengthMs: 60_000 }, -500)).toEqual({ from: 500, lengthMs: 60_000 });
});
