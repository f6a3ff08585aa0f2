import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  anonymiserCost,
  batteryCost,
  COST_KINDS,
  custodianCost,
  fuelCost,
  type LifeInput,
  lifeCost,
  maintenanceCost,
  powerCost,
  staffCost,
} from "./life-cost.ts";
import { money, total } from "./money.ts";

const eur = (minor: number) => money("EUR", minor);
const input = (more: Partial<LifeInput> = {}): LifeInput => ({
  currency: "EUR",
  purchase: eur(1_000_000),
  running: [],
  replaced: [],
  ...more,
});

describe("P33: the cost over life", () => {
  test("1, 5 and 10 years, by kind: power, links, maintenance, storage, batteries, disks, staff, custodians, anonymiser", () => {
    const { spans } = lifeCost(
      input({
        running: [
          powerCost("site", 300, eur(30)),
          fuelCost("generator", 876.6, eur(150)),
          { kind: "links", name: "radio licence", yearly: eur(24_000) },
          maintenanceCost("contract", eur(1_000_000), "3.5"),
          staffCost("operators", "2.5", eur(5_000_000)),
          custodianCost("both groups", 5, "2.5", eur(3_000)),
        ],
        replaced: [
          batteryCost("lead", eur(40_000), { lifeYears: 1.64 }),
          { kind: "storage", name: "disks", price: eur(90_000), lifeYears: 5 },
          anonymiserCost("cores", "4", eur(25_000), 5),
        ],
      }),
    );
    expect(spans.map(({ years }) => years)).toEqual([1, 5, 10]);
    const one = new Map([...spans[0]!.byKind].map(([kind, { minor }]) => [kind, minor]));
    expect(one.get("power")).toBe(Math.round(0.3 * 8_766 * 30));
    expect(one.get("fuel")).toBe(131_490);
    expect(one.get("staff")).toBe(12_500_000);
    expect(one.get("custodians")).toBe(5 * 52 * 2.5 * 3_000);
    expect(one.get("maintenance")).toBe(35_000);
    expect([...spans[2]!.byKind.keys()]).toEqual(COST_KINDS.filter((kind) => kind !== "other"));
    const ten = spans[2]!.byKind;
    // Bought again after 1.64, 3.28 … 9.84 years; disks after 5, not in the moment in which ten years are over.
    expect(ten.get("batteries")!.minor).toBe(6 * 40_000);
    expect(ten.get("storage")!.minor).toBe(90_000);
    expect(ten.get("anonymiser")!.minor).toBe(100_000);
    expect(spans[1]!.byKind.has("storage")).toBe(false);
  });

  test("prices that grow are rounded once, in the year in which they are paid", () => {
    const { years } = lifeCost(input({ purchase: eur(0), running: [{ kind: "power", name: "p", yearly: eur(10_000), growthPercent: "2.5" }] }), [10]); // biome-ignore format: one line
    expect(years.map(({ total: { minor } }) => minor)).toEqual([
      10_000, 10_250, 10_506, 10_769, 11_038, 11_314, 11_597, 11_887, 12_184, 12_489,
    ]);
  });

  test("what begins later is paid later", () => {
    const { years } = lifeCost(
      input({ running: [{ kind: "links", name: "phase 2", yearly: eur(100), fromYear: 3 }] }),
      [4],
    );
    expect(years.map(({ total: { minor } }) => minor)).toEqual([1_000_000, 0, 100, 100]);
  });

  test("a life of nothing is refused by name", () => {
    expect(() =>
      lifeCost(input({ replaced: [{ kind: "batteries", name: "lead", price: eur(1), lifeYears: 0 }] })),
    ).toThrow(expect.objectContaining({ code: "LIFE_FIGURE_INVALID", message: expect.stringContaining("lead") }));
  });

  const anyRunning = fc.record({ kind: fc.constantFrom(...COST_KINDS), name: fc.constant("r"), yearly: fc.integer({ min: 0, max: 1e8 }).map(eur), growthPercent: fc.constantFrom("0", "1.7", "-3") }); // biome-ignore format: one line
  const anyReplaced = fc.record({ kind: fc.constantFrom(...COST_KINDS), name: fc.constant("x"), price: fc.integer({ min: 0, max: 1e7 }).map(eur), lifeYears: fc.double({ min: 0.3, max: 20, noNaN: true }) }); // biome-ignore format: one line
  test.prop([fc.array(anyRunning), fc.array(anyReplaced)])(
    "years, kinds and totals agree to the cent",
    (running, replaced) => {
      const { years, spans } = lifeCost(input({ running, replaced }));
      for (const { total: sum, byKind } of [...years, ...spans])
        expect(total("EUR", [...byKind.values()])).toEqual(sum);
      for (const span of spans)
        expect(
          total(
            "EUR",
            years.slice(0, span.years).map((year) => year.total),
          ),
        ).toEqual(span.total);
    },
  );
});
