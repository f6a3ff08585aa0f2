import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { money } from "./money.ts";
import { type PhasedPlan, phaseReports } from "./phases.ts";
import { shrunk } from "./shrink.ts";

const eur = (minor: number) => money("EUR", minor);
const phase = (year: number, budget: number) => ({
  id: `y${year}`,
  name: `Year ${year}`,
  from: `${2026 + year}-01-01`,
  budget: eur(budget),
});
const camera = (id: string, of: string, cost: number, ...needs: string[]) => ({
  id,
  phase: of,
  cost: eur(cost),
  needs,
});
const place = (id: string, weight: number, seenBy: string[], views = 1) => ({
  id,
  name: `The ${id}`,
  weight,
  seenBy,
  views,
});

const PLAN: PhasedPlan = {
  currency: "EUR",
  phases: [phase(1, 1_000), phase(2, 500), phase(3, 900)],
  cameras: [
    camera("m1", "y1", 300, "recorder"),
    camera("m2", "y2", 300, "recorder"),
    camera("s1", "y3", 300, "recorder", "mast"),
    camera("s2", "y3", 100, "recorder", "mast"),
    camera("b1", "y3", 300, "recorder"),
  ],
  shared: [{ id: "recorder", phase: "y1", cost: eur(600) }, { id: "mast", phase: "y3", cost: eur(200) }],
  places: [
    place("market", 5, ["m1", "m2"]),
    place("market from both sides", 2, ["m1", "m2"], 2),
    place("school", 4, ["s1", "s2"]),
    place("school gate", 1, ["s1"]),
    place("bridge", 3, ["b1"]),
  ],
}; // biome-ignore format: a table

describe("P34: phases", () => {
  test("each states what it covers by itself, what stands by then, and what is left of its budget", () => {
    const reports = phaseReports(PLAN);
    expect(
      reports.map(({ phase: id, cost, left, alone, standing, adds }) => [
        id,
        cost.minor,
        left.minor,
        alone.weight,
        standing.weight,
        adds,
      ]),
    ).toEqual([
      ["y1", 900, 100, 5, 5, ["The market"]],
      ["y2", 300, 200, 5, 7, ["The market from both sides"]],
      ["y3", 900, 0, 8, 15, ["The school", "The school gate", "The bridge"]],
    ]);
  });

  test("a phase that needs something of a later one does not stand by itself, and says by what", () => {
    const plan = {
      ...PLAN,
      cameras: [...PLAN.cameras, camera("early", "y2", 50, "mast")],
      places: [...PLAN.places, place("kiosk", 1, ["early"])],
    };
    const reports = phaseReports(plan);
    expect(reports[1]!.waits).toEqual([{ camera: "early", needs: "mast", phase: "y3" }]);
    expect(reports[1]!.standing.places).not.toContain("kiosk");
    expect(reports[2]!.standing.places).toContain("kiosk");
  });

  test("year 3's money halves: the least loss for the money, named, in that year and after it", () => {
    const loss = shrunk(PLAN, "y3", eur(450));
    expect(loss).toMatchObject({ dropped: ["s1", "b1"], notBuilt: [], spent: eur(300) });
    expect(loss.phases).toEqual([
      { phase: "y3", plannedWeight: 15, weight: 11, lost: ["The bridge", "The school gate"] },
    ]);
  });

  test("year 1's money halves: what hangs on the recorder is lost in every year", () => {
    const loss = shrunk(PLAN, "y1", eur(500));
    expect(loss.notBuilt).toEqual(["recorder"]);
    expect(loss.phases.map(({ phase: id, weight }) => [id, weight])).toEqual([["y1", 0], ["y2", 0], ["y3", 0]]); // biome-ignore format: one line
    expect(loss.spent.minor).toBeLessThanOrEqual(500);
  });

  test("a place seen from elsewhere is not lost with one of its cameras", () => {
    const loss = shrunk(PLAN, "y2", eur(0));
    expect(loss.phases.map(({ lost }) => lost)).toEqual([
      ["The market from both sides"],
      ["The market from both sides"],
    ]);
  });

  test("a budget of 0 builds nothing, and one below 0 cannot be", () => {
    expect(shrunk(PLAN, "y3", eur(0))).toMatchObject({
      spent: eur(0),
      dropped: ["s2", "s1", "b1"],
      notBuilt: ["mast"],
    });
    expect(() => shrunk(PLAN, "y3", eur(-1))).toThrow(expect.objectContaining({ code: "MONEY_INVALID" }));
  });

  test("phases, cameras and things that are not there are refused by name", () => {
    expect(() => shrunk(PLAN, "y9", eur(0))).toThrow(expect.objectContaining({ code: "PHASE_UNKNOWN" }));
    const lost = { ...PLAN, cameras: [camera("x", "y1", 1, "crane")], places: [] };
    expect(() => phaseReports(lost)).toThrow(
      expect.objectContaining({ code: "PHASE_CAMERA_UNKNOWN", message: expect.stringContaining("crane") }),
    );
    expect(() => phaseReports({ ...PLAN, phases: [...PLAN.phases, PLAN.phases[0]!] })).toThrow(
      expect.objectContaining({ code: "PHASE_TWICE" }),
    );
  });

  const anyPlan = fc
    .record({
      cameras: fc.array(fc.record({ year: fc.integer({ min: 1, max: 3 }), cost: fc.integer({ min: 0, max: 500 }), mast: fc.boolean() }), { minLength: 1, maxLength: 12 }),
      sees: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(11), { minLength: 1, maxLength: 4 })), { maxLength: 10 }),
      mastYear: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ cameras, sees, mastYear }): PhasedPlan => ({
      ...PLAN,
      shared: [{ id: "mast", phase: `y${mastYear}`, cost: eur(250) }],
      cameras: cameras.map(({ year, cost, mast }, i) => camera(`c${i}`, `y${year}`, cost, ...(mast ? ["mast"] : []))),
      places: sees.map(([weight, by], i) => place(`p${i}`, weight, [...new Set(by.map((n) => `c${n % cameras.length}`))])),
    })); // biome-ignore format: one line

  test.prop([anyPlan, fc.constantFrom("y1", "y2", "y3"), fc.integer({ min: 0, max: 3_000 })])(
    "what is spent fits the smaller budget, and nothing is lost when there is money for all",
    (plan, year, budget) => {
      const loss = shrunk(plan, year, eur(budget));
      expect(loss.spent.minor).toBeLessThanOrEqual(budget);
      for (const { weight, plannedWeight } of loss.phases) expect(weight).toBeLessThanOrEqual(plannedWeight);
      const planned = phaseReports(plan).find((each) => each.phase === year)!.cost;
      expect(shrunk(plan, year, planned).dropped).toEqual([]);
    },
  );

  test.prop([anyPlan])("the phases' costs are those of all cameras and things, to the cent", (plan) => {
    const all = [...plan.cameras, ...plan.shared].reduce((sum, { cost }) => sum + cost.minor, 0);
    expect(phaseReports(plan).reduce((sum, { cost }) => sum + cost.minor, 0)).toBe(all);
  });
});
