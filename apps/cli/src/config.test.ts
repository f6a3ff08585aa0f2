import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecorderConfig } from "@overt/recorder/config";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { readInstallation } from "./config.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "overt-config-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const ups = { name: "Gate UPS", host: "127.0.0.1", upsName: "gate", username: "overt" };
function read(power: object) {
  const path = join(dir, "overt.yaml");
  const recorder = { id: "hall", site: "hall", keyStores: ["a", "b"], overseer: "x", cameras: [], power };
  writeFileSync(path, stringify({ data: ".", recorder }));
  return readInstallation(path);
}

test("a UPS's password comes from its file, and the calendar reaches the recorder as it was written", () => {
  writeFileSync(join(dir, "ups.password"), "se cret\n");
  const planned = [{ days: ["mon"], from: "18:00", to: "20:00", zone: "Africa/Lagos" }];
  const { recorder } = read({ ups: [{ ...ups, passwordFile: "ups.password" }], planned, batteryMinutes: 45 });
  expect(RecorderConfig.parse(recorder).power).toMatchObject({
    ups: [{ name: "Gate UPS", password: "se cret", port: 3493 }],
    planned: [{ fromMinute: 1080, toMinute: 1200, zone: "Africa/Lagos" }],
    batteryMinutes: 45,
  });
});

test.each([
  [{ ups: [{ ...ups, passwordFile: "none" }] }, "PASSWORD_MISSING", /Gate UPS/],
  [{ ups: [{ ...ups, passwordEnv: "OVERT_TEST_NO_SUCH" }] }, "PASSWORD_MISSING", /Gate UPS/],
  [{ ups: [ups], planned: [{ days: ["mon"], from: "8", to: "9" }] }, "CONFIG_INVALID", /power\.planned/],
  [{ ups: [ups], thresholds: { original: 60 } }, "CONFIG_INVALID", /power\.thresholds/],
  [{ ups: [{ ...ups, upsname: "gate" }] }, "CONFIG_INVALID", /upsname/],
])("%j is refused before anything starts", (power, code, message) => {
  expect(() => read(power)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});
