import { expect, test } from "vitest";
import { lowPercentOf, readingOf } from "./variables.ts";

const told = (variables: Record<string, string>) => new Map(Object.entries(variables));

test("what a UPS tells comes in our units, and what it does not tell is not known", () => {
  expect(readingOf(told({ "ups.status": "OB", "battery.runtime": "95.5", "battery.charge": "55.0" }))).toEqual({
    status: "OB",
    chargePercent: 55,
    runtimeMs: 95_500,
    loadPercent: null,
    inputVolts: null,
  });
  expect(lowPercentOf(told({}))).toBeNull();
});

test.each(["-1", "NaN", "", "101", "1e9", "12 V", "Infinity"])("a charge of '%s' is not known", (charge) => {
  expect(readingOf(told({ "ups.status": "OL", "battery.charge": charge })).chargePercent).toBeNull();
});

test("no status, or one of waiting, is no answer", () => {
  expect(() => readingOf(told({ "battery.charge": "50" }))).toThrow(
    expect.objectContaining({ code: "UPS_ANSWER_INVALID" }),
  );
  expect(() => readingOf(told({ "ups.status": "WAIT" }))).toThrow(expect.objectContaining({ code: "UPS_DATA_STALE" }));
});
