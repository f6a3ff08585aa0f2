import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { DEAD_MS, type UpsReading, upsView } from "./ups.ts";

const saying = (status: string): UpsReading => ({
  status,
  chargePercent: 80,
  runtimeMs: 600_000,
  loadPercent: 20,
  inputVolts: 230,
});

test.each([
  ["OL", "on_line", ["on_line"]],
  ["OL CHRG", "on_line", ["on_line"]],
  ["OL CHRG LB", "on_line", ["on_line", "low"]],
  ["OL RB", "on_line", ["on_line", "replace_battery"]],
  ["OL OVER BYPASS", "on_line", ["on_line", "overload", "bypass"]],
  ["BYPASS", "on_line", ["bypass"]],
  ["OB DISCHRG", "on_battery", ["on_battery"]],
  ["OB LB", "low", ["on_battery", "low"]],
  ["LB", "low", ["low"]],
  ["OL OB", "on_battery", ["on_line", "on_battery"]],
  ["OB LB CAL", "on_battery", ["on_battery", "low", "calibrating"]],
  ["FSD OL", "forced_shutdown", ["on_line", "forced_shutdown"]],
  ["FSD OB LB", "forced_shutdown", ["on_battery", "low", "forced_shutdown"]],
  ["OFF", "unknown", ["off"]],
  ["ol  trim", "on_line", ["on_line"]],
  ["WAIT", "unknown", []],
  ["", "unknown", []],
])("a UPS that says '%s' is %s", (status, supply, states) => {
  expect(upsView(saying(status), 0)).toEqual({ supply, states });
});

test("a UPS that was on battery and has been silent for longer than 15 s counts as low", () => {
  expect(upsView(saying("OB"), DEAD_MS).supply).toBe("on_battery");
  expect(upsView(saying("OB"), DEAD_MS + 1)).toEqual({ supply: "low", states: ["on_battery", "low", "lost_contact"] });
});

test("a silent UPS that was on line, or was never heard, is no reason to stop", () => {
  expect(upsView(saying("OL RB"), DEAD_MS + 1)).toEqual({ supply: "unknown", states: ["lost_contact"] });
  expect(upsView(null, 0)).toEqual({ supply: "unknown", states: ["lost_contact"] });
});

test("a forced shutdown stays one when the machine that said it has gone", () => {
  expect(upsView(saying("FSD OL"), DEAD_MS + 1).supply).toBe("forced_shutdown");
});

test.prop([
  fc.shuffledSubarray(["OL", "OB", "LB", "FSD", "RB", "OVER", "BYPASS", "CAL", "OFF", "CHRG", "X-1"]),
  fc.string(),
])("neither the order of tokens nor one that nobody knows changes what is meant", (tokens, odd) => {
  const view = upsView(saying(tokens.join(" ")), 0);
  expect(upsView(saying([...tokens].sort().join(" ")), 0)).toEqual(view);
  const unknown = odd.replaceAll(/\s/g, "_");
  expect(upsView(saying([...tokens, `V-${unknown}`].join(" ")), 0)).toEqual(view);
});
