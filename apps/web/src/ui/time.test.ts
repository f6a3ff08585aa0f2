import { type Instant, instant } from "@overt/core";
import { expect, test } from "vitest";
import { clockText, dateTimeText, lengthText, parseTime, zoneText } from "./time.ts";

const at = (text: string): Instant => instant(Date.parse(text));

test("a time is shown in the zone that is asked for, never in the browser's", () => {
  expect(dateTimeText(at("2026-11-25T23:30:00Z"), "Asia/Kolkata")).toBe("2026-11-26 05:00:00");
  expect(clockText(at("2026-11-25T23:30:00Z"), "UTC")).toBe("23:30:00");
  expect(zoneText(at("2026-11-25T23:30:00Z"), "UTC")).toBe("UTC");
});

test("a typed time is read in that zone, on the day that is looked at", () => {
  const near = at("2026-11-25T12:00:00Z");
  expect(parseTime("2026-07-01 10:00", "Europe/Berlin", near)).toBe(at("2026-07-01T08:00:00Z"));
  expect(parseTime("10:00:30", "Europe/Berlin", near)).toBe(at("2026-11-25T09:00:30Z"));
  expect(parseTime("2026-11-25T10:00:00+05:30", "UTC", near)).toBe(at("2026-11-25T04:30:00Z"));
});

test("the hour after a change of summer time is read right", () => {
  const near = at("2026-10-25T12:00:00Z");
  expect(parseTime("2026-10-25 03:30", "Europe/Berlin", near)).toBe(at("2026-10-25T02:30:00Z"));
  expect(parseTime("2026-10-25 01:30", "Europe/Berlin", near)).toBe(at("2026-10-24T23:30:00Z"));
});

test("what is no time is said to be none", () => {
  for (const text of ["", "yesterday", "25:99:99", "2026-13-45 10:00"])
    expect(parseTime(text, "UTC", instant(0))).toBeNull();
});

test("an age is one number and one unit", () => {
  expect([2_000, 89_000, 120_000, 7_200_000, 172_800_000].map(lengthText)).toEqual([
    "2 s",
    "89 s",
    "2 min",
    "2 h",
    "2 d",
  ]);
});
