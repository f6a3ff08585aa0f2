import { fc, test as propTest } from "@fast-check/vitest";
import { cameraId, days, hours, type Instant, instant } from "@overt/core";
import { periodExpiry, periodMs } from "@overt/rules";
import { expect, test } from "vitest";
import { daysUntilLoss, type ForecastFacts } from "./forecast.ts";
import type { KeepRule } from "./shares.ts";

const NOW = instant(Date.UTC(2026, 10, 25, 8));

/** A camera that has sent so many bytes an hour for some hours. */
interface SteadyCamera {
  readonly bytesPerHour: number;
  readonly retentionMs: number;
  readonly hoursRecorded: number;
}

function factsOf(cameras: readonly SteadyCamera[], roomBytes: number): ForecastFacts {
  const named = cameras.map((camera, i) => ({ ...camera, camera: cameraId(`camera-${i}`) }));
  return {
    now: NOW,
    roomBytes,
    usage: named.flatMap(({ camera, bytesPerHour, hoursRecorded }) =>
      Array.from({ length: hoursRecorded }, (_, i) => ({
        camera,
        period: instant(NOW - hours(i + 1)),
        bytes: bytesPerHour,
      })),
    ),
    rules: named.map(({ camera, retentionMs }): KeepRule => ({ camera, retentionMs, whenFull: "oldest" })),
  };
}

/** What the volume holds more than now at `at`, from the definition: what comes and is kept, less what goes. */
function growthAt(cameras: readonly SteadyCamera[], { usage, rules }: ForecastFacts, at: Instant): number {
  const coming = cameras.reduce((sum, { bytesPerHour, retentionMs }) => {
    const keptMs = Math.min(at - NOW, retentionMs + periodMs(retentionMs));
    return sum + (bytesPerHour * keptMs) / hours(1);
  }, 0);
  return usage.reduce((sum, { camera, period, bytes }) => {
    const retentionMs = rules.find((rule) => rule.camera === camera)?.retentionMs ?? 0;
    return periodExpiry(period, retentionMs) < at ? sum - bytes : sum;
  }, coming);
}

const anyCameras = fc.array(
  fc.record({
    bytesPerHour: fc.integer({ min: 1, max: 1_000 }),
    retentionMs: fc.integer({ min: 1, max: 40 }).map((d) => days(d)),
    hoursRecorded: fc.integer({ min: 1, max: 100 }),
  }),
  { maxLength: 5 },
);

propTest.prop([anyCameras, fc.integer({ min: 1, max: 500_000 })])(
  "until the forecast day there is room, and on it there is none; where there is no such day there always is",
  (cameras, roomBytes) => {
    const facts = factsOf(cameras, roomBytes);
    const forecast = daysUntilLoss(facts);
    const end = forecast === null ? days(60) : days(forecast);
    const atMost = roomBytes * 1.000_001 + 1;
    for (let share = 0; share <= 1; share += 0.01)
      expect(growthAt(cameras, facts, instant(NOW + end * share))).toBeLessThanOrEqual(atMost);
    if (forecast !== null) {
      const justAfter = growthAt(cameras, facts, instant(NOW + end + 1));
      expect(justAfter).toBeGreaterThan(roomBytes * 0.999_999 - 1);
    }
  },
);

propTest.prop([anyCameras, fc.integer({ min: 1, max: 200_000 }), fc.nat(200_000)])(
  "more room never loses footage sooner",
  (cameras, roomBytes, more) => {
    const [less, later] = [roomBytes, roomBytes + more].map((room) => daysUntilLoss(factsOf(cameras, room)));
    expect(later ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(less ?? Number.POSITIVE_INFINITY);
  },
);

test("a volume with room for 10 of 30 days of a camera says in which day the first is lost; with room for 31, none", () => {
  const camera = { bytesPerHour: 100, retentionMs: days(30), hoursRecorded: 24 };
  expect(daysUntilLoss(factsOf([camera], 10 * 24 * 100))).toBeCloseTo(10, 6);
  expect(daysUntilLoss(factsOf([camera], 31 * 24 * 100))).toBeNull();
});

test("footage is lost now when there is no room now; nothing is foretold of cameras of which nobody says anything", () => {
  const camera = { bytesPerHour: 100, retentionMs: days(30), hoursRecorded: 24 };
  expect(daysUntilLoss(factsOf([camera], 0))).toBe(0);
  expect(daysUntilLoss({ ...factsOf([camera], 100), rules: [] })).toBeNull();
});
