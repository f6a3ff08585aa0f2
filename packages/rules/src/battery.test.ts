import { minutes } from "@overt/core";
import { expect, test } from "vitest";
import { fullBatteryMs, safeStopInMs } from "./battery.ts";

const charging = { chargePercent: 13, fromPercent: 5, forMs: minutes(40), lowPercent: 20 };

test("minutes until a stop can be carried again go by how fast the battery was seen to charge", () => {
  expect(safeStopInMs(charging)).toBe(minutes(60));
});

test("before enough was seen the usual rate of a lead battery has to do", () => {
  expect(safeStopInMs({ ...charging, fromPercent: 13, forMs: 0 })).toBe(minutes(72));
  expect(safeStopInMs({ ...charging, fromPercent: 12, forMs: minutes(1) })).toBe(minutes(72));
});

test("a battery that could carry one now needs no time, and one that tells no charge is not guessed", () => {
  expect(safeStopInMs({ ...charging, chargePercent: 25 })).toBe(0);
  expect(safeStopInMs({ ...charging, chargePercent: 100, lowPercent: 99 })).toBe(0);
  expect(safeStopInMs({ ...charging, chargePercent: null })).toBeNull();
});

test("a run on battery tells how long a full one lasts, unless hardly any of it was used", () => {
  expect(fullBatteryMs({ fromPercent: 100, toPercent: 60, lastedMs: minutes(12) })).toBe(minutes(30));
  expect(fullBatteryMs({ fromPercent: 100, toPercent: 96, lastedMs: minutes(12) })).toBeNull();
});
