import { days, instant } from "@overt/core";
import { describe, expect, test } from "vitest";
import { battery } from "./battery.ts";
import type { Feeder } from "./feeder.ts";
import { cheapestFor, type MixOffers, mixCurve } from "./mix.ts";
import { recheck, type RunningSite } from "./recheck.ts";
import { always, at, between } from "./testing/days.ts";
import { GENERATOR } from "./testing/town.ts";

const offer = <T>(name: string, buyMinor: number, value: T, yearlyMinor = 0) => ({
  name,
  buyMinor,
  yearlyMinor,
  value,
});
const lithium = (ratedWh: number) => battery("lithium_iron_phosphate", { ratedWh, chargerW: 200 });
const evenings = Array.from({ length: 28 }, (_, day) => between(day * 24 + 18, day * 24 + 22));

const offers: MixOffers = {
  batteries: [offer("none", 0, null), offer("500 Wh", 30_000, lithium(500)), offer("1 kWh", 50_000, lithium(1_000))],
  panels: [offer("none", 0, null)],
  generators: [offer("none", 0, null), offer("yard", 80_000, GENERATOR, 20_000)],
  feeders: [offer("north", 0, evenings), offer("hospital line", 400_000, evenings.slice(0, 2))],
  loads: [offer("100 W", 0, always(100)), offer("50 W, better cameras", 12_000, always(50))],
};
const question = { zone: "UTC", span: between(0, 28 * 24), years: 10, fuelMinorPerLitre: 150 };

describe("W13: the cheapest mix for a wanted recorded share", () => {
  const curve = mixCurve(offers, question);

  test("along the curve each mix costs more and records more than the one before", () => {
    expect(curve[0]).toMatchObject({ battery: "none", generator: "none", costMinor: 0 });
    expect(curve[0]!.recordedShare).toBeCloseTo(20 / 24);
    for (const [i, mix] of curve.slice(1).entries()) {
      expect(mix.costMinor).toBeGreaterThan(curve[i]!.costMinor);
      expect(mix.recordedShare).toBeGreaterThan(curve[i]!.recordedShare);
    }
    expect(curve.at(-1)!.recordedShare).toBe(1);
  });

  test("fewer watts and a small battery beat a generator that burns for ten years", () => {
    expect(cheapestFor(curve, 1)).toMatchObject({
      battery: "500 Wh",
      load: "50 W, better cameras",
      generator: "none",
      feeder: "north",
    });
    expect(cheapestFor(curve, 0.5)).toBe(curve[0]);
    expect(cheapestFor(curve.slice(0, 1), 0.99)).toBeNull();
  });

  test("worn batteries are bought again, and a generator's fuel is paid for", () => {
    const lead = battery("lead_agm", { ratedWh: 1_000, chargerW: 200 });
    const worn = { ...offers, batteries: [offer("1 kWh of lead", 20_000, lead)], generators: [offers.generators[0]!] };
    const cycled = mixCurve({ ...worn, feeders: [offers.feeders[0]!], loads: [offers.loads[1]!] }, question).at(-1)!;
    expect(cycled.batteryLifeYears).toBeLessThan(4);
    expect(cycled.costMinor).toBe(12_000 + Math.ceil(10 / cycled.batteryLifeYears!) * 20_000);
    const [, burning] = mixCurve({ ...offers, batteries: [offers.batteries[0]!], feeders: [offers.feeders[0]!], loads: [offers.loads[0]!] }, question); // biome-ignore format: one line
    // 4 h a day at 0.6 l/h.
    expect(burning!.litresPerYear).toBeCloseTo(4 * 0.6 * 365.25);
    expect(burning!.costMinor).toBe(80_000 + 10 * 20_000 + Math.round(4 * 0.6 * 365.25 * 10 * 150));
  });

  test("too many to try are refused", () => {
    const many = Array.from({ length: 80 }, (_, i) => offer(`${i}`, i, null));
    expect(() => mixCurve({ ...offers, batteries: many, panels: many }, question)).toThrow(expect.objectContaining({ code: "POWER_MIX_TOO_LARGE" })); // biome-ignore format: one line
  });
});

describe("W15: the plan re-checks itself", () => {
  const calendar: Feeder = { id: "north", cuts: { kind: "none" }, measured: null };
  const measured = {
    observed: between(0, 28 * 24),
    outages: evenings.map(({ from, to }) => ({ start: from, end: to })),
  };
  const site = (name: string, more: Partial<RunningSite> = {}): RunningSite => ({
    site: name,
    feeder: { ...calendar, measured },
    zone: "UTC",
    supply: { loadW: always(50), battery: lithium(500), solar: null },
    discharges: [],
    ...more,
  });
  const april = at(30 * 24);
  /** A run on battery that took half of it, in so many hours. */
  const half = (day: number, hours: number) => ({ at: instant(at(0) + days(day)), loadW: 50, discharge: { fromPercent: 100, toPercent: 50, lastedMs: hours * 3_600_000 } }); // biome-ignore format: one line

  test("measured outages replace the calendar that promised none", () => {
    const small = { loadW: always(100), battery: lithium(300), solar: null };
    const [told] = recheck([site("yard", { supply: small, feeder: calendar })], april);
    expect(told).toMatchObject({ verdict: { holds: true }, fallsShort: null });
    const [seen] = recheck([site("yard", { supply: small })], april);
    expect(seen).toMatchObject({ verdict: { holds: false, because: "ran_out" }, fallsShort: "2026-04" });
  });

  test("a battery that gives half of what was planned counts as half", () => {
    const planned = (500 * 0.8 * 0.8 * 0.9) / 50;
    const [result] = recheck([site("yard", { discharges: [half(0, planned / 4), half(1, planned / 4)] })], april);
    expect(result!.capacityShare).toBeCloseTo(0.5, 1);
    expect(result).toMatchObject({ verdict: { holds: false }, fallsShort: "2026-04" });
  });

  test("one that loses capacity is followed along its trend, and sites are named in the order in which they fall short", () => {
    const fading = (perMonth: number) =>
      [-4, -3, -2, -1, 0].map((month) => half(month * 30, 2.88 * (1 - perMonth * (month + 4))));
    const results = recheck(
      [site("sound"), site("slow", { discharges: fading(0.02) }), site("fast", { discharges: fading(0.05) })],
      april,
    );
    expect(results.map(({ site: name }) => name)).toEqual(["fast", "slow", "sound"]);
    expect(results[0]!.fallsShort! < results[1]!.fallsShort!).toBe(true);
    expect(results[2]!.fallsShort).toBeNull();
  });

  test("too small a discharge tells nothing", () => {
    const tiny = { at: at(0), loadW: 50, discharge: { fromPercent: 100, toPercent: 98, lastedMs: 60_000 } };
    expect(recheck([site("yard", { discharges: [tiny] })], april)[0]!.capacityShare).toBeNull();
  });
});
