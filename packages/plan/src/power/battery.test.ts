import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { battery, capacityWh, cyclesAt, drainW, floorWh, lastsMs, mostChargeW, rateShare } from "./battery.ts";
import { BATTERY_DEFAULTS, CHEMISTRIES } from "./chemistry.ts";

const HOUR_MS = 3_600_000;
const lead = (more = {}) => battery("lead_agm", { ratedWh: 1_200, chargerW: 120 }, more);

describe("W4: the battery", () => {
  test("lead may be used to half, lithium iron phosphate to four fifths, both at the end of their lives", () => {
    expect(capacityWh(lead())).toBeCloseTo(960);
    expect(floorWh(lead())).toBeCloseTo(480);
    const lithium = battery("lithium_iron_phosphate", { ratedWh: 1_200, chargerW: 120 });
    expect(floorWh(lithium)).toBeCloseTo(192);
  });

  test("a faster discharge gives less: 100 % in 20 h, 95 in 10 h, 85 in 5 h, 60 in 1 h, and between them", () => {
    const share = (hours: number, given: number) => rateShare(lead(), (960 * given) / hours);
    expect(share(20, 1)).toBeCloseTo(1);
    expect(share(10, 0.95)).toBeCloseTo(0.95);
    expect(share(5, 0.85)).toBeCloseTo(0.85);
    expect(share(1, 0.6)).toBeCloseTo(0.6);
    expect(share(7, 0.9)).toBeGreaterThan(0.85);
    expect(share(7, 0.9)).toBeLessThan(0.95);
    expect(share(100, 1)).toBe(1);
    expect(rateShare(lead(), 1e9)).toBe(0.2);
  });

  test("cold takes capacity, converters take power", () => {
    expect(capacityWh(lead({ celsius: 0 }))).toBeCloseTo(960 * 0.8);
    expect(capacityWh(lead({ celsius: -60 }))).toBeCloseTo(960 * 0.5);
    expect(drainW(lead({ converterEfficiency: 0.9 }), 36)).toBeCloseTo(40);
    expect(lastsMs(lead({ converterEfficiency: 0.9 }), 36) / HOUR_MS).toBeCloseTo(12);
  });

  test("users expect hours and get minutes: a 600 VA UPS with 84 Wh carries 120 W for about a quarter of an hour", () => {
    expect(lastsMs(battery("lead_agm", { ratedWh: 84, chargerW: 10 }), 120) / 60_000).toBeLessThan(15);
  });

  test("lithium takes no charge below freezing, and less when nearly full", () => {
    const at = (celsius: number, wh: number) =>
      mostChargeW(battery("lithium_iron_phosphate", { ratedWh: 1_000, chargerW: 100 }, { celsius }), wh);
    expect(at(-5, 100)).toBe(0);
    expect(at(25, 100)).toBe(500);
    expect(at(25, 790)).toBe(250);
  });

  test("deeper cycles are fewer", () => {
    expect(cyclesAt(lead(), 0.5)).toBeCloseTo(600);
    expect(cyclesAt(lead(), 0.1)).toBeGreaterThan(1_200);
    expect(cyclesAt(lead(), 0.65)).toBeLessThan(600);
  });

  test("every default of every chemistry says where it comes from, and can be changed", () => {
    for (const chemistry of CHEMISTRIES)
      for (const [key, { source }] of Object.entries(BATTERY_DEFAULTS[chemistry])) expect(source, key).toMatch(/\w/);
    expect(lead({ depthShare: 0.7, ageingShare: 1 }).depthShare).toBe(0.7);
  });

  test("figures that cannot be are refused", () => {
    const refused = expect.objectContaining({ code: "POWER_FIGURE_INVALID" });
    for (const more of [{ depthShare: 1.2 }, { ratedWh: 0 }, { rates: [] }, { chargeEfficiency: Number.NaN }])
      expect(() => lead(more)).toThrow(refused);
  });

  test.prop([fc.double({ min: 1, max: 5_000, noNaN: true }), fc.double({ min: 1, max: 5_000, noNaN: true })])(
    "more load never lasts longer",
    (a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      expect(lastsMs(lead(), more)).toBeLessThanOrEqual(lastsMs(lead(), less) * (1 + 1e-9));
    },
  );
});
