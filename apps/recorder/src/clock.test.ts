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

test("time is not before what was recorded, though power cut it off before that was saved", () => {
  const file = join(directory, "time.json");
  const clock = new TrustedClock(file, instant(0));
  const last = instant(Date.now() + 60_000);
  clock.notBefore(last);
  expect(clock.now() - last).toBeGreaterThanOrEqual(0);
  expect(clock.now() - last).toBeLessThan(1_000);
  clock.close();
  const again = new TrustedClock(file, instant(0));
  expect(again.now()).toBeGreaterThanOrEqual(last);
  again.close();
});

test("where no time was saved, footage says when the recorder ran: a clock far beyond it is in doubt", () => {
  const [day, hour] = [86_400_000, 3_600_000];
  const started = (name: string, ranMsAgo: number): TrustedClock => {
    const clock = new TrustedClock(join(directory, name), instant(0));
    clock.ranAt(instant(Date.now() - ranMsAgo));
    return clock;
  };
  const [near, off, far] = [started("near", 60_000), started("off", hour), started("far", 3_650 * day)];
  expect(near.doubts).toEqual([]);
  expect(off.doubts).toEqual(["was_off"]);
  expect(far.doubts).toEqual(["clock_ahead"]);
  expect(Math.abs(far.now() - Date.now() + 3_650 * day)).toBeLessThan(1_000);
  for (const clock of [near, off, far]) clock.close();

  const again = new TrustedClock(join(directory, "near"), instant(0));
  again.ranAt(instant(Date.now() - 3_650 * day));
  expect(again.doubts).toEqual([]);
  again.close();
});
