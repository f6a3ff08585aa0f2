import { minutes } from "@overt/core";
import { describe, expect, test } from "vitest";
import { lastsMs } from "./battery.ts";
import { type Generator, generatorRun, litresPerHour } from "./generator.ts";
import { lengthMs } from "./spans.ts";
import { always, between } from "./testing/days.ts";
import { batteryOfUps, checkUps, runtimeCurve, type Ups } from "./ups.ts";

const generator: Generator = {
  id: "yard", ratedW: 2_000, startDelayMs: minutes(3), litresPerHourIdle: 0.4, litresPerHourFull: 1.2, tankLitres: 6, refillDays: 1, serviceEveryHours: 100,
}; // biome-ignore format: one line
const site = (watts: number, dark = [between(6, 10)]) => ({
  zone: "UTC",
  loadW: always(watts),
  worstW: watts * 1.5,
  dark,
});

describe("W9: the generator", () => {
  test("it starts three minutes into the cut; the battery bridges them", () => {
    const { running, litres, runHours, tankHours } = generatorRun(generator, [site(500)], between(0, 24));
    expect(running).toEqual([between(6.05, 10)]);
    expect(runHours).toBeCloseTo(3.95);
    expect(litresPerHour(generator, 500)).toBeCloseTo(0.6);
    expect(litres).toBeCloseTo(3.95 * 0.6);
    expect(tankHours).toBeCloseTo(10);
  });

  test("an empty tank ends it, the next day's refill brings it back", () => {
    const dark = [between(2, 40)];
    const { running, dry, mostHoursADay } = generatorRun(generator, [site(500, dark)], between(0, 48));
    expect(running).toEqual([between(2.05, 12.05), between(24, 34)]);
    expect(dry).toEqual([between(12.05, 24), between(34, 40)]);
    expect(mostHoursADay).toBeCloseTo(10);
  });

  test("shared between sites it burns for both, runs for either, and says when it is too small", () => {
    const shared = generatorRun(generator, [site(500), site(700, [between(8, 12)])], between(0, 24));
    expect(shared.running).toEqual([between(6.05, 12)]);
    expect(shared.litres).toBeCloseTo(5.95 * litresPerHour(generator, 1_200));
    expect(shared.overloadedByW).toBe(0);
    expect(generatorRun(generator, [site(900), site(700)], between(0, 24)).overloadedByW).toBe(400);
  });

  test("a cut that is over before it starts costs nothing; services come by hours run", () => {
    expect(generatorRun(generator, [site(500, [between(6, 6.04)])], between(0, 24))).toMatchObject({
      running: [],
      litres: 0,
      services: 0,
    });
    const often = Array.from({ length: 100 }, (_, day) => between(day * 24, day * 24 + 4));
    const result = generatorRun(generator, [site(500, often)], between(0, 2_400));
    expect(result.services).toBe(3);
    expect(lengthMs(result.running)).toBe(100 * minutes(237));
  });
});

const ups: Ups = {
  va: 1_500, watts: 900, rechargeHours: 4, overloadShare: 1.1,
  runtimes: [{ loadW: 100, minutes: 60 }, { loadW: 450, minutes: 9 }, { loadW: 900, minutes: 3 }],
}; // biome-ignore format: one line

describe("W10: the UPS, in VA and in W", () => {
  test("20 % stay free, of both; the power factor makes VA of W", () => {
    const load = { typicalW: 300, worstW: 600, powerFactor: 0.9, inrushW: 700 };
    expect(checkUps(ups, load)).toMatchObject({ limit: null, neededW: 720, neededVa: 800 });
    expect(checkUps(ups, { ...load, worstW: 800 }).limit).toBe("watts");
    expect(checkUps({ ...ups, watts: 1_500 }, { ...load, worstW: 800, powerFactor: 0.6 }).limit).toBe("va");
    expect(checkUps(ups, { ...load, inrushW: 1_000 }).limit).toBe("inrush");
  });

  test("a new one runs as long as its data sheet says, at each of its points", () => {
    for (const { loadW, minutes: long } of ups.runtimes)
      expect(lastsMs(batteryOfUps(ups, 1), loadW) / minutes(1)).toBeCloseTo(long, 3);
  });

  test("between them it falls with the load, and an old one runs shorter", () => {
    const curve = runtimeCurve(ups, [100, 200, 300, 450, 600, 900]).map(({ runtimeMs }) => runtimeMs);
    expect(curve).toEqual([...curve].sort((a, b) => b - a));
    expect(curve[0]).toBeLessThan(minutes(60 * 0.85));
    const { typicalMs, worstMs } = checkUps(ups, { typicalW: 200, worstW: 600, powerFactor: 1, inrushW: 0 });
    expect(typicalMs).toBeGreaterThan(worstMs * 3);
  });

  test("it charges again in the hours that its data sheet says", () => {
    const b = batteryOfUps(ups, 1);
    expect((0.9 * b.ratedWh) / (b.chargerW * b.chargeEfficiency)).toBeCloseTo(4);
  });
});
