import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant } from "@overt/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TrustedClock } from "./clock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "overt-clock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("time that cannot be saved goes on, says so, and is saved when it can be again", () => {
  const folder = join(directory, "away");
  const clock = new TrustedClock(join(folder, "time.json"), instant(0));
  expect(clock.problem).toMatchObject({ code: "TIME_NOT_SAVED" });
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  mkdirSync(folder);
  clock.heardSigned(instant(0));
  expect(clock.problem).toBeNull();
  clock.close();
});

test("what was saved is gone on from, whatever the last signed time", () => {
  const file = join(directory, "time.json");
  const first = new TrustedClock(file, instant(0));
  first.heardSigned(instant(Date.now() + 86_400_000));
  first.close();
  const second = new TrustedClock(file, instant(0));
  expect(Math.abs(second.now() - Date.now() - 86_400_000)).toBeLessThan(1_000);
  second.close();
});
