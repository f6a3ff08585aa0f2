import { minutes } from "@overt/core";
import { POWER_THRESHOLDS } from "@overt/rules";
import { expect, test } from "vitest";
import { PowerConfig } from "./config.ts";

const ups = [{ name: "Gate", host: "127.0.0.1", upsName: "gate" }];
const read = (more: object) => PowerConfig.safeParse({ ups, ...more });
const faultOf = (more: object) =>
  read(more)
    .error?.issues.map(({ message }) => message)
    .join();

test("a UPS needs a name, a host and the name it has there; the rest is usual", () => {
  expect(read({}).data).toMatchObject({
    ups: [{ port: 3493, feeds: "recorder" }],
    planned: [],
    thresholds: POWER_THRESHOLDS,
    pollSeconds: 5,
  });
});

test("cuts are written as on a calendar", () => {
  const planned = [
    { days: ["mon", "fri"], from: "22:30", to: "01:00", zone: "Africa/Lagos" },
    { from: "2026-12-01T08:00:00+01:00", to: "2026-12-01T12:00:00+01:00" },
  ];
  expect(read({ planned }).data?.planned).toEqual([
    { days: ["mon", "fri"], fromMinute: 1350, toMinute: 60, zone: "Africa/Lagos" },
    { from: Date.UTC(2026, 11, 1, 7), to: Date.UTC(2026, 11, 1, 11) },
  ]);
});

test("one threshold may be changed, but not the order", () => {
  expect(read({ thresholds: { displays: 45 } }).data?.thresholds).toEqual({
    ...POWER_THRESHOLDS,
    displays: minutes(45),
  });
  expect(faultOf({ thresholds: { original: 20 } })).toContain("no more minutes left than the one before");
});

test.each([
  [{ planned: [{ days: ["mon"], from: "25:00", to: "26:00" }] }, "time of day"],
  [{ planned: [{ days: ["mon"], from: "08:00", to: "09:00", zone: "Mars/Base" }] }, "time zone"],
  [{ planned: [{ from: "tomorrow", to: "2026-12-01T12:00:00Z" }] }, "ISO 8601"],
])("%j is refused in words", (more, word) => {
  expect(JSON.stringify(read(more).error?.issues)).toContain(word);
});
