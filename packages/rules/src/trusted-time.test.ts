import { fc, test } from "@fast-check/vitest";
import { days, hours, type Instant, instant, minutes, parseIso, seconds } from "@overt/core";
import { expect } from "vitest";
import {
  FOLLOW_LIMIT_MS,
  heardNetwork,
  heardSigned,
  notBefore,
  SLEW_RATE,
  type SavedTime,
  saveTime,
  startTime,
  timeAt,
} from "./trusted-time.ts";

const noon = parseIso("2026-11-25T12:00:00Z");
const y2036 = parseIso("2036-02-07T06:28:16Z");
const y1970 = instant(0);
const signedTime = parseIso("2026-11-01T00:00:00Z");
const after = (ms: number): Instant => instant(noon + ms);

/** A recorder that started at noon with a good clock, on a machine that had run for a minute. */
const uptimeMs = minutes(1);
const running = startTime({ saved: null, bootId: "a", uptimeMs, systemTime: noon, signedTime });
const saved: SavedTime = saveTime(running, uptimeMs, "a");

test("a first start with a plausible clock is believed", () => {
  expect(running).toMatchObject({ at: noon, doubts: [] });
  expect(timeAt(running, uptimeMs + hours(5))).toBe(after(hours(5)));
});

test("network time that says 2036 once is not followed; the doubt ends when it agrees again", () => {
  const once = heardNetwork(running, y2036, uptimeMs + seconds(10));
  expect(once.doubts).toEqual(["clock_ahead"]);
  expect(timeAt(once, uptimeMs + days(30))).toBe(after(days(30)));
  const again = heardNetwork(once, after(seconds(20)), uptimeMs + seconds(20));
  expect(again.doubts).toEqual([]);
  expect(timeAt(again, uptimeMs + seconds(20))).toBe(after(seconds(20)));
});

test("a clock that shows 1970 at each start goes on from what was saved, in doubt", () => {
  let last = saved;
  for (const bootId of ["b", "c", "d"]) {
    const started = startTime({ saved: last, bootId, uptimeMs: seconds(20), systemTime: y1970, signedTime });
    expect(started.doubts).toEqual(["clock_behind"]);
    expect(started.at).toBe(last.at);
    last = saveTime(started, seconds(20) + hours(1), bootId);
  }
  expect(last.at).toBe(after(hours(3)));
});

test("a start takes up where something was dated last, not where time was saved last, and no doubt ends by it", () => {
  const started = startTime({ saved, bootId: "b", uptimeMs: seconds(20), systemTime: y1970, signedTime });
  const recorded = after(seconds(50));
  const past = notBefore(started, recorded, seconds(21));
  expect(timeAt(past, seconds(22))).toBe(after(seconds(51)));
  expect(past.doubts).toEqual(["clock_behind"]);
  expect(notBefore(past, noon, seconds(22))).toBe(past);
  expect(notBefore(past, y2036, seconds(22))).toBe(past);
});

test("a clock that shows 1970 at the first start begins at the last signed time, in doubt, until the network helps", () => {
  const started = startTime({ saved: null, bootId: "a", uptimeMs, systemTime: y1970, signedTime });
  expect(started).toMatchObject({ at: signedTime, doubts: ["no_clock"] });
  const helped = heardNetwork(started, noon, uptimeMs + seconds(40));
  expect(helped.at).toBe(noon);
  expect(helped.doubts).toEqual(["no_clock", "was_off"]);
  expect(heardSigned(helped, noon, uptimeMs + seconds(41)).doubts).toEqual([]);
});

test("a clock that shows 2036 at the first start begins at the last signed time, in doubt, until a plausible one is signed", () => {
  const started = startTime({ saved: null, bootId: "a", uptimeMs, systemTime: y2036, signedTime });
  expect(started).toMatchObject({ at: signedTime, doubts: ["clock_ahead"] });
  expect(heardNetwork(started, y2036, uptimeMs + minutes(1)).doubts).toEqual(["clock_ahead"]);
  const helped = heardNetwork(started, noon, uptimeMs + seconds(40));
  expect(helped).toMatchObject({ at: noon, doubts: ["was_off"] });
  expect(heardSigned(helped, noon, uptimeMs + seconds(41)).doubts).toEqual([]);
  expect(startTime({ saved: null, bootId: "a", uptimeMs, systemTime: noon, signedTime: y1970 }).doubts).toEqual([]);
});

test("a clock that goes a day back is not followed, while running and at a start", () => {
  const back = heardNetwork(running, after(-days(1)), uptimeMs + seconds(1));
  expect(back.doubts).toEqual(["clock_behind"]);
  expect(timeAt(back, uptimeMs + seconds(1))).toBe(after(seconds(1)));
  const started = startTime({ saved, bootId: "b", uptimeMs: 0, systemTime: after(-days(1)), signedTime });
  expect(started).toMatchObject({ at: noon, doubts: ["clock_behind"] });
});

test("a recorder that starts again on a running machine loses no time and needs no clock", () => {
  const started = startTime({ saved, bootId: "a", uptimeMs: uptimeMs + hours(2), systemTime: y2036, signedTime });
  expect(started).toMatchObject({ at: after(hours(2)), doubts: [] });
});

test("a power cut of 8 hours is taken from the clock, in doubt until a signed time agrees", () => {
  const started = startTime({ saved, bootId: "b", uptimeMs: seconds(20), systemTime: after(hours(8)), signedTime });
  expect(started).toMatchObject({ at: after(hours(8)), doubts: ["was_off"] });
  expect(heardNetwork(started, after(hours(8)), seconds(20)).doubts).toEqual(["was_off"]);
  expect(heardSigned(started, after(hours(8)), seconds(20)).doubts).toEqual([]);
});

test("a cut of some minutes is taken from the clock at once, and from the network by a machine without one of its own", () => {
  const back = after(minutes(5));
  const started = startTime({ saved, bootId: "b", uptimeMs: seconds(20), systemTime: back, signedTime });
  expect(started).toMatchObject({ at: back, doubts: [] });
  const woke = startTime({ saved, bootId: "b", uptimeMs: seconds(20), systemTime: after(seconds(2)), signedTime });
  const told = heardNetwork(woke, back, minutes(2));
  expect(told).toMatchObject({ at: back, doubts: [] });
  // What a start has moved, the network cannot move once more.
  const lied = heardNetwork(heardNetwork(started, after(minutes(25)), minutes(20)), after(minutes(34)), minutes(25));
  expect(timeAt(lied, minutes(25) + hours(5)) - after(minutes(30) + hours(5))).toBeLessThan(seconds(1));
});

test("more than 10 minutes a day without power are a doubt, in one cut or in several", () => {
  let last = saved;
  let now: Instant = noon;
  const doubts: (readonly string[])[] = [];
  for (const bootId of ["b", "c", "d"]) {
    now = instant(now + minutes(4));
    const started = startTime({ saved: last, bootId, uptimeMs: seconds(20), systemTime: now, signedTime });
    expect(started.at, "dated right all the same").toBe(now);
    doubts.push(started.doubts);
    last = saveTime(started, seconds(20), bootId);
  }
  expect(doubts).toEqual([[], [], ["was_off"]]);
  const nextDay = { ...last, at: instant(now + days(1)), uptimeMs: seconds(20) + days(1), doubts: [] };
  const rested = saveTime(
    startTime({ saved: last, bootId: "d", uptimeMs: nextDay.uptimeMs, systemTime: nextDay.at, signedTime }),
    nextDay.uptimeMs,
    "d",
  );
  expect(rested.spentMs).toBe(0);
});

test.prop([
  fc.array(
    fc.record({ ranMs: fc.integer({ min: 0, max: hours(8) }), aheadMs: fc.integer({ min: 0, max: minutes(10) }) }),
    {
      maxLength: 30,
    },
  ),
])(
  "however often it starts, a clock that lies moves time by at most 10 minutes a day as long as nothing is doubted",
  (starts) => {
    let last = saved;
    let ranMs = 0;
    for (const [turn, start] of starts.entries()) {
      const started = startTime({
        saved: last,
        bootId: `boot-${turn}`,
        uptimeMs: 0,
        systemTime: instant(last.at + start.aheadMs),
        signedTime,
      });
      if (started.doubts.length > 0) return;
      const followed = heardNetwork(started, instant(started.at + start.aheadMs), 0);
      ranMs += start.ranMs;
      last = saveTime(followed, start.ranMs, `boot-${turn}`);
      if (followed.doubts.length > 0) return;
      expect(last.at - after(ranMs)).toBeLessThanOrEqual(FOLLOW_LIMIT_MS + ranMs * SLEW_RATE + starts.length * 2);
    }
  },
);

test("a doubt is not forgotten by starting again", () => {
  const doubted = startTime({ saved, bootId: "b", uptimeMs: 0, systemTime: after(hours(8)), signedTime });
  const again = startTime({
    saved: saveTime(doubted, 0, "b"),
    bootId: "b",
    uptimeMs: hours(1),
    systemTime: noon,
    signedTime,
  });
  expect(again.doubts).toEqual(["was_off"]);
});

test("at a start in 2036 what was saved counts", () => {
  const started = startTime({ saved, bootId: "b", uptimeMs: 0, systemTime: y2036, signedTime });
  expect(started).toMatchObject({ at: noon, doubts: ["clock_ahead"] });
});

test("after a start, a machine without a clock is told once how long it was off, not again", () => {
  const started = startTime({ saved, bootId: "b", uptimeMs: 0, systemTime: y1970, signedTime });
  const told = heardNetwork(started, after(days(2)), seconds(30));
  expect(told).toMatchObject({ at: after(days(2)), doubts: ["was_off"] });
  const again = heardNetwork(told, after(days(4)), seconds(60));
  expect(timeAt(again, seconds(60))).toBe(after(days(2) + seconds(30)));
  expect(again.doubts).toEqual(["was_off", "clock_ahead"]);
});

test("a machine that wakes with the time it went to sleep with is told better in its first minutes, and only then", () => {
  const started = startTime({ saved, bootId: "b", uptimeMs: seconds(20), systemTime: after(seconds(5)), signedTime });
  expect(started.doubts).toEqual([]);
  const told = heardNetwork(started, after(days(6)), minutes(1));
  expect(told).toMatchObject({ at: after(days(6)), doubts: ["was_off"] });
  const awake = heardNetwork(started, after(minutes(20)), minutes(20));
  const lied = heardNetwork(awake, after(days(6)), minutes(21));
  expect(lied.doubts).toEqual(["clock_ahead"]);
  expect(timeAt(lied, minutes(21)) - after(minutes(21))).toBeLessThan(minutes(1));
});

test.prop([fc.integer({ min: -FOLLOW_LIMIT_MS, max: FOLLOW_LIMIT_MS })])(
  "a signed time that is heard again each minute does not keep network time from being followed",
  (offMs) => {
    let time = running;
    for (let ranMs = 0; ranMs <= days(1); ranMs += minutes(1)) {
      time = heardNetwork(time, after(offMs + ranMs), uptimeMs + ranMs);
      time = heardSigned(time, after(-days(1)), uptimeMs + ranMs + 10);
    }
    expect(Math.abs(timeAt(time, uptimeMs + days(1)) - after(offMs + days(1)))).toBeLessThan(seconds(2));
  },
);

test("a signed time moves trusted time forward, never back", () => {
  const ahead = heardSigned(running, after(days(40)), uptimeMs);
  expect(ahead).toMatchObject({ at: after(days(40)), doubts: [] });
  expect(heardSigned(running, after(-days(40)), uptimeMs).at).toBe(noon);
});

const readings = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: hours(6) }),
    saysMs: fc.integer({ min: -days(4_000), max: days(4_000) }),
  }),
  { maxLength: 40 },
);

test.prop([readings])(
  "whatever the network says, time never runs back and is moved by at most 10 minutes a day",
  (heard) => {
    let time = running;
    let ranMs = 0;
    let before: Instant = noon;
    for (const { afterMs, saysMs } of heard) {
      ranMs += afterMs;
      time = heardNetwork(time, after((saysMs % (3 * FOLLOW_LIMIT_MS)) + ranMs), uptimeMs + ranMs);
      time = heardNetwork(time, after(saysMs), uptimeMs + ranMs);
      const now = timeAt(time, uptimeMs + ranMs);
      expect(now).toBeGreaterThanOrEqual(before - 1);
      expect(Math.abs(now - after(ranMs))).toBeLessThanOrEqual(ranMs * SLEW_RATE + heard.length * 2);
      before = now;
    }
  },
);
