import { days, instant } from "@overt/core";
import { describe, expect, test } from "vitest";
import { batteryCost, lifeCost } from "../money/life-cost.ts";
import { money } from "../money/money.ts";
import { battery } from "./battery.ts";
import { run } from "./run.ts";
import { always, at } from "./testing/days.ts";
import { wearOf } from "./wear.ts";

const year = { from: at(0), to: instant(at(0) + days(365.25)) };
const daily = (fromHour: number, toHour: number) =>
  Array.from({ length: 365 }, (_, day) => ({ from: at(day * 24 + fromHour), to: at(day * 24 + toHour) }));

describe("W5: cycles a year give a battery's life", () => {
  const b = battery("lead_agm", { ratedWh: 1_000, chargerW: 150 }, { converterEfficiency: 1, ageingShare: 1 });
  // 10 h at 50 W, its 20-hour rate, take 500 Wh of the capacity: half of it.
  const supply = { zone: "UTC", loadW: always(50), battery: b, solar: null };

  test("a cut a day, half deep, wears lead out in 600 days", () => {
    const wear = wearOf(b, run({ ...supply, dark: daily(6, 16) }, year), year);
    expect(wear.dischargesPerYear).toBeCloseTo(365, 0);
    expect(wear.deepestShare).toBeCloseTo(0.5, 2);
    expect(wear.lifeYears).toBeCloseTo(600 / 365, 1);
    expect(wear).toMatchObject({ endsBy: "cycles" });
    expect(wear.replacedPerYear * wear.lifeYears).toBeCloseTo(1);
  });

  test("and a yearly cost in the cost over life (P33): worn in 600 days it is bought six times more in ten years", () => {
    const wear = wearOf(b, run({ ...supply, dark: daily(6, 16) }, year), year);
    const price = money("EUR", 40_000);
    const { spans } = lifeCost({
      currency: "EUR",
      purchase: price,
      running: [],
      replaced: [batteryCost("yard", price, wear)],
    });
    expect(spans[2]!.byKind.get("batteries")).toEqual(money("EUR", 6 * 40_000));
  });

  test("one that is never used ends by its age", () => {
    expect(wearOf(b, run({ ...supply, dark: [] }, year), year)).toMatchObject({
      fullCyclesPerYear: 0,
      lifeYears: 6,
      endsBy: "age",
    });
  });

  test("two shallow discharges wear less than one that is as deep as both", () => {
    const shallow = [...daily(4, 9), ...daily(16, 21)].sort((a, b) => a.from - b.from);
    const often = wearOf(b, run({ ...supply, dark: shallow }, year), year);
    const deep = wearOf(b, run({ ...supply, dark: daily(6, 16) }, year), year);
    expect(often.dischargesPerYear).toBeGreaterThan(700);
    expect(often.lifeYears).toBeGreaterThan(deep.lifeYears);
  });
});
