import { fc } from "@fast-check/vitest";
import { hours, instant, minutes, type Span } from "@overt/core";
import { battery } from "../battery.ts";
import { CHEMISTRIES } from "../chemistry.ts";
import { union } from "../spans.ts";
import type { SolarSeries, Supply } from "../supply.ts";
import { at } from "./days.ts";

export const DAYS = 6;

export const anyDark = fc
  .array(fc.tuple(fc.integer({ min: 0, max: DAYS * 1_440 }), fc.integer({ min: 1, max: 900 })), { maxLength: 12 })
  .map((list) =>
    union(
      list.map(
        ([from, long]): Span => ({ from: instant(at(0) + minutes(from)), to: instant(at(0) + minutes(from + long)) }),
      ),
    ),
  );

export const anyLoad = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 24, maxLength: 24 });

export const anyBattery = fc
  .record({
    chemistry: fc.constantFrom(...CHEMISTRIES),
    ratedWh: fc.integer({ min: 50, max: 6_000 }),
    chargerW: fc.integer({ min: 0, max: 600 }),
    celsius: fc.integer({ min: -10, max: 45 }),
  })
  .map(({ chemistry, celsius, ...size }) => battery(chemistry, size, { celsius }));

export const anySolar: fc.Arbitrary<SolarSeries> = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: DAYS * 24, maxLength: DAYS * 24 })
  .map((watts) => ({ fromHour: at(0) / hours(1), watts: Float64Array.from(watts) }));

export const anySupply: fc.Arbitrary<Supply> = fc.record({
  zone: fc.constantFrom("UTC", "Africa/Lagos", "Asia/Kathmandu"),
  loadW: anyLoad,
  dark: anyDark,
  battery: fc.option(anyBattery, { nil: null }),
  solar: fc.option(anySolar, { nil: null }),
  beginsAtShare: fc.double({ min: 0, max: 1, noNaN: true }),
});
