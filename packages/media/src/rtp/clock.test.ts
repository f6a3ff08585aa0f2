import { fc, test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { CaptureClock } from "./clock.ts";

const RATE = 90_000;

test("distances of pictures are those of RTP time, however late each arrives", () => {
  const clock = new CaptureClock(RATE);
  const late = [5, 0, 300, 12, 2_000, 7];
  const times = late.map((delayMs, n) => clock.at(n * 3600, 1_000 + n * 40 + delayMs));
  times.slice(1).forEach((time, n) => {
    expect(time - times[n]!).toBeCloseTo(40, 1);
  });
});

test("a camera whose crystal is 100 ppm off is followed", () => {
  const clock = new CaptureClock(RATE);
  let worstMs = 0;
  for (let n = 0; n < 25 * 3600; n++) {
    const trueMs = n * 40;
    const error = clock.at(n * 3600 * (1 - 100e-6), trueMs + (n % 7) * 3) - trueMs;
    worstMs = Math.max(worstMs, Math.abs(error));
  }
  expect(worstMs).toBeLessThan(10);
});

test("rtp-12: a step of the camera's clock moves the raw offset at once, footage never", () => {
  const clock = new CaptureClock(RATE);
  const utc = Date.UTC(2026, 10, 25);
  let lastDated = 0;
  for (const [from, to, stepMs] of [
    [0, 100, 0],
    [100, 200, -3_000],
    [200, 300, 7_200_000],
  ] as const)
    for (let n = from; n < to; n++) {
      const time = clock.at(n * 3600, 10_000 + n * 40, utc + n * 40 + stepMs);
      expect(time).toBeCloseTo(10_000 + n * 40, 6);
      const offset = clock.cameraOffset!;
      expect(offset.rawMs).toBeCloseTo(utc - 10_000 + stepMs, 3);
      const dated = time + offset.slewedMs;
      if (lastDated > 0) expect(dated - lastDated).toBeCloseTo(40, 1);
      lastDated = dated;
    }
  expect(clock.cameraOffset!.slewedMs - (utc - 10_000)).toBeCloseTo(100 * 40 * 500e-6 - 100 * 40 * 500e-6, 1);
});

test.each([
  ["half as fast as time goes", 0.5],
  ["twice as fast as time goes", 2],
])("a camera that counts pictures %s is kept within seconds of when they came, in order", (_, factor) => {
  const clock = new CaptureClock(RATE);
  let last = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < 25 * 1800; n++) {
    const time = clock.at(n * 3600 * factor, n * 40);
    expect(time).toBeGreaterThan(last);
    // It takes two spans to tell a slow clock from a slow network.
    expect(Math.abs(time - n * 40)).toBeLessThan(factor < 1 ? 11_000 : 3_000);
    last = time;
  }
  expect(clock.steps).toBeGreaterThan(0);
});

test("sto-10: no wall clock of ours is in it, so that one stepped by NTP moves nothing", () => {
  const clock = new CaptureClock(RATE);
  expect(clock.at(0, 120_000)).toBe(120_000);
  expect(clock.cameraOffset).toBeNull();
});

prop.prop([
  fc.array(fc.tuple(fc.integer({ min: 1, max: 900_000 }), fc.integer({ min: 0, max: 1_900 })), { maxLength: 200 }),
])("capture time grows with RTP time, by no more than 500 ppm beside it", (steps) => {
  const clock = new CaptureClock(RATE);
  let ticks = 0;
  let last = clock.at(0, 0);
  for (const [step, delayMs] of steps) {
    ticks += step;
    const time = clock.at(ticks, ticks / 90 + delayMs);
    expect(Math.abs(time - last - step / 90)).toBeLessThanOrEqual((step / 90) * 500e-6 + 1e-6);
    last = time;
  }
});
