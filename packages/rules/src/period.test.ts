import { fc, test } from "@fast-check/vitest";
import { days, hours, instant, minutes } from "@overt/core";
import { expect } from "vitest";
import { periodExpiry, periodMs, periodStart } from "./period.ts";

test("three days are kept in periods of an hour, six hours in periods of a quarter", () => {
  expect(periodMs(days(3))).toBe(hours(1));
  expect(periodMs(hours(6))).toBe(minutes(15));
});

test.prop([fc.integer({ min: 60_000, max: days(3_653) }), fc.integer({ min: 0, max: 4_000_000_000_000 })])(
  "a moment lies in its period and dies when the last of it is as old as the retention, at most a 24th late",
  (retentionMs, at) => {
    const length = periodMs(retentionMs);
    const start = periodStart(instant(at), length);
    expect(start).toBeLessThanOrEqual(at);
    expect(at - start).toBeLessThan(length);
    const age = periodExpiry(start, retentionMs) - at;
    expect(age).toBeGreaterThan(retentionMs);
    expect(age).toBeLessThanOrEqual(retentionMs + retentionMs / 24);
    expect(length).toBeLessThanOrEqual(hours(1));
  },
);
