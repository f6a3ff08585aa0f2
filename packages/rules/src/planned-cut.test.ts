import { fc, test } from "@fast-check/vitest";
import { type Instant, parseIso } from "@overt/core";
import { describe, expect } from "vitest";
import { isPlannedCut, type PlannedCut, WEEKDAYS } from "./planned-cut.ts";

/** 2026-11-25 is a Wednesday. */
const at = (day: string, time: string): Instant => parseIso(`2026-11-${day}T${time}:00Z`);
const evening: PlannedCut = { days: ["wed"], fromMinute: 18 * 60, toMinute: 20 * 60, zone: "UTC" };
const night: PlannedCut = { days: ["wed"], fromMinute: 23 * 60, toMinute: 60, zone: "UTC" };

describe("a cut that returns every week", () => {
  test.each([
    ["25", "17:49", false],
    ["25", "17:50", true],
    ["25", "18:00", true],
    ["25", "19:59", true],
    ["25", "20:09", true],
    ["25", "20:10", false],
    ["26", "18:30", false],
  ])("on the %s at %s: %s", (day, time, planned) => {
    expect(isPlannedCut([evening], at(day, time))).toBe(planned);
  });

  test.each([
    ["25", "00:30", false],
    ["25", "23:30", true],
    ["26", "00:59", true],
    ["26", "01:10", false],
  ])("over midnight it belongs to the day on which it begins: the %s at %s: %s", (day, time, planned) => {
    expect(isPlannedCut([night], at(day, time))).toBe(planned);
  });

  test("over the end of the week too", () => {
    expect(isPlannedCut([{ ...night, days: ["sun"] }], at("23", "00:30"))).toBe(true);
  });

  test("it goes by the clocks of its place, in summer too", () => {
    const lagos: PlannedCut = { ...evening, zone: "Africa/Lagos" };
    expect(isPlannedCut([lagos], at("25", "17:30"))).toBe(true);
    expect(isPlannedCut([lagos], at("25", "19:30"))).toBe(false);
    const berlin: PlannedCut = { ...evening, days: ["wed"], zone: "Europe/Berlin" };
    expect(isPlannedCut([berlin], parseIso("2026-07-01T16:30:00Z"))).toBe(true);
    expect(isPlannedCut([berlin], parseIso("2026-11-25T16:30:00Z"))).toBe(false);
  });

  test("a window that ends when it begins lasts a day", () => {
    const whole: PlannedCut = { ...evening, fromMinute: 360, toMinute: 360 };
    expect(isPlannedCut([whole], at("26", "05:00"))).toBe(true);
    expect(isPlannedCut([whole], at("26", "07:00"))).toBe(false);
  });
});

test("a cut that was announced once, and no calendar at all", () => {
  const once = { from: at("25", "08:00"), to: at("25", "12:00") };
  expect(isPlannedCut([once], at("25", "11:00"))).toBe(true);
  expect(isPlannedCut([once], at("26", "11:00"))).toBe(false);
  expect(isPlannedCut([], at("25", "11:00"))).toBe(false);
});

test.prop([
  fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
  fc.integer({ min: 0, max: 1439 }),
  fc.integer({ min: 0, max: 1439 }),
  fc.integer({ min: 0, max: 7 * 1440 - 1 }),
])("what is planned this week is planned next week", (days, fromMinute, toMinute, minute) => {
  const cut: PlannedCut = { days, fromMinute, toMinute, zone: "UTC" };
  const now = (at("23", "00:00") + minute * 60_000) as Instant;
  const next = (now + 7 * 86_400_000) as Instant;
  expect(isPlannedCut([cut], next)).toBe(isPlannedCut([cut], now));
});
