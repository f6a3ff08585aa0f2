import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { type Battery, battery, capacityWh } from "./battery.ts";
import { lengthMs } from "./spans.ts";
import { run } from "./run.ts";
import type { SolarSeries, Supply } from "./supply.ts";
import { always, at, between } from "./testing/days.ts";
import { anyBattery, anyDark, anyLoad, anySupply, DAYS } from "./testing/any-supply.ts";
import { naiveRun } from "./testing/naive-run.ts";
import { totalsOf, unpoweredIn } from "./totals.ts";

/** No losses, no taper, no rates: what goes in comes out. */
const ideal = (ratedWh: number, chargerW: number, more: Partial<Battery> = {}): Battery =>
  battery("lead_agm", { ratedWh, chargerW }, {
    depthShare: 1, ageingShare: 1, rates: [{ hours: 20, share: 1 }], chargeEfficiency: 1, converterEfficiency: 1,
    mostChargePerHour: 10, slowShare: 1, ...more,
  }); // biome-ignore format: one line
const supply = (more: Partial<Supply>): Supply => ({
  zone: "UTC",
  loadW: always(100),
  dark: [],
  battery: null,
  solar: null,
  ...more,
});
const sun = (watts: readonly number[]): SolarSeries => ({
  fromHour: at(0) / 3_600_000,
  watts: Float64Array.from(watts),
});

describe("a supply over time", () => {
  test("without a battery every cut is dark", () => {
    expect(unpoweredIn(run(supply({ dark: [between(3, 5)] }), between(0, 24)))).toEqual([between(3, 5)]);
  });

  test("a battery of 250 Wh carries 100 W for two and a half of four hours, and charges in five at 50 W", () => {
    const pieces = [...run(supply({ dark: [between(3, 7)], battery: ideal(250, 50) }), between(0, 24))];
    expect(unpoweredIn(pieces)).toEqual([between(5.5, 7)]);
    const full = pieces.find(({ fromMs, chargeToWh }) => fromMs >= at(7) && chargeToWh === 250);
    expect(full?.toMs).toBe(at(12));
    expect(totalsOf(pieces).energy).toMatchObject({ missedWh: 150, loadWh: 2_250, mainsWh: 2_250 });
  });

  test("the load goes by the clocks of the place", () => {
    const loadW = always(0).map((_, hour) => (hour === 18 ? 60 : 0));
    const { energy } = totalsOf(run(supply({ loadW, zone: "Asia/Kathmandu" }), between(12.25, 13.25)));
    expect(energy.loadWh).toBeCloseTo(60);
  });

  test("the sun carries the load, then fills the battery, and what nobody takes is counted", () => {
    const solar = sun([...new Array(8).fill(0), ...new Array(8).fill(200), ...new Array(8).fill(0)]);
    const alone = supply({ dark: [between(0, 24)], battery: ideal(1_000, 0), solar, beginsAtShare: 0.8 });
    const { energy, unpowered, poweredShare } = totalsOf(run(alone, between(0, 24)));
    expect(unpowered).toEqual([]);
    expect(poweredShare).toBe(1);
    expect(energy).toMatchObject({ solarWh: 1_600, unusedWh: 0, loadWh: 2_400 });
  });

  test("an emptied battery waits for a tenth of its charge, and does not flicker", () => {
    const solar = sun([...new Array(4).fill(0), ...new Array(20).fill(50)]);
    const alone = supply({ dark: [between(0, 24)], battery: ideal(1_000, 0), solar, beginsAtShare: 0.2 });
    const unpowered = unpoweredIn(run(alone, between(0, 24)));
    expect(unpowered[0]).toEqual(between(2, 6));
    expect(unpowered.length).toBeLessThan(8);
  });

  test("lead slows down at four fifths; a charger is not all that counts", () => {
    const dark = [between(0, 1)];
    const fast = supply({ dark, loadW: always(500), battery: ideal(1_000, 500) });
    const slow = supply({ dark, loadW: always(500), battery: ideal(1_000, 500, { slowShare: 0.5 }) });
    const fullAt = (of: Supply) =>
      [...run(of, between(0, 24))].find(({ fromMs, chargeToWh }) => fromMs >= at(1) && chargeToWh === 1_000)?.toMs;
    expect(fullAt(fast)).toBe(at(2));
    expect(fullAt(slow)).toBe(at(2.4));
  });

  test.prop([anySupply])("energy is conserved, and every millisecond is accounted for", (any) => {
    let reached: number = at(0);
    for (const { fromMs, toMs, energy, chargeFromWh, chargeToWh, loadW, solarW, on } of run(
      any,
      between(0, DAYS * 24),
    )) {
      expect(fromMs).toBe(reached);
      reached = toMs;
      const { mainsWh, solarWh, unusedWh, loadWh, missedWh, lostWh } = energy;
      const hours = (toMs - fromMs) / 3_600_000;
      expect(mainsWh + solarWh - loadWh - lostWh - (chargeToWh - chargeFromWh)).toBeCloseTo(0, 6);
      expect(loadWh + missedWh).toBeCloseTo(loadW * hours, 6);
      expect(solarWh + unusedWh).toBeCloseTo(solarW * hours, 6);
      expect(on ? missedWh : loadWh).toBe(0);
      for (const each of Object.values(energy)) expect(each).toBeGreaterThanOrEqual(-1e-5);
      if (any.battery) expect(chargeToWh).toBeLessThanOrEqual(capacityWh(any.battery) + 1e-9);
    }
    expect(reached).toBe(at(DAYS * 24));
  });

  test.prop([anyDark, anyLoad, anyBattery, fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 20 })(
    "a plain program that goes second by second finds the same",
    (dark, loadW, b, beginsAtShare) => {
      const any = supply({ dark, loadW: loadW.map((watts) => watts + 1), battery: b, beginsAtShare });
      const naive = naiveRun(any, between(0, 30));
      const pieces = [...run(any, between(0, 30))];
      expect(Math.abs(lengthMs(unpoweredIn(pieces)) - naive.offMs)).toBeLessThan(60_000);
      expect(Math.abs(pieces.at(-1)!.chargeToWh - naive.chargeWh)).toBeLessThan(capacityWh(b) * 0.01);
    },
  );

  test.prop([
    anyDark,
    anyLoad,
    fc.integer({ min: 50, max: 4_000 }),
    fc.double({ min: 1, max: 4, noNaN: true }),
    fc.integer({ min: 0, max: 300 }),
  ])("more battery never records less", (dark, loadW, ratedWh, times, chargerW) => {
    const darkMs = (wh: number): number =>
      lengthMs(
        unpoweredIn(
          run(supply({ dark, loadW, battery: battery("lead_agm", { ratedWh: wh, chargerW }) }), between(0, DAYS * 24)),
        ),
      );
    expect(darkMs(ratedWh * times)).toBeLessThanOrEqual(darkMs(ratedWh) + 1_000);
  });
});
