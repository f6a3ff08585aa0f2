import { fc, test } from "@fast-check/vitest";
import { minutes } from "@overt/core";
import { describe, expect } from "vitest";
import { feederLosses, splitChains } from "./common-feeders.ts";
import { cutNight } from "./cut-night.ts";
import type { PlannedSupply, PowerPlan } from "./power-plan.ts";
import { lengthMs } from "./spans.ts";
import { hoursByDay, shareOf, survivalOf } from "./survival.ts";
import { always, between } from "./testing/days.ts";
import { GENERATOR, NO_START_MS, TOWN } from "./testing/town.ts";

const day = between(0, 24);

describe("W11: what survives", () => {
  test("a camera records while all that it needs is powered; its battery carries the recorder through", () => {
    const { cameras, links, supplies, basis } = survivalOf(TOWN, day, NO_START_MS);
    expect(supplies.get("station")).toEqual([]);
    expect(cameras.get("market-1")).toEqual([between(18, 22)]);
    expect(cameras.get("market-2")).toEqual([between(20, 21)]);
    expect(cameras.get("gate")).toEqual([between(18, 22)]);
    expect(links.get("gate-link")).toEqual([between(20, 21)]);
    expect(basis).toBe("calendar");
  });

  test("a place is seen while enough of its cameras record", () => {
    const { places } = survivalOf(TOWN, day, NO_START_MS);
    expect(places.get("market")).toEqual([between(20, 21)]);
    expect(places.get("market-both")).toEqual([between(18, 22)]);
    expect(places.get("gate")).toEqual([between(18, 22)]);
  });

  test("hours recorded, by day and place", () => {
    const { cameras, places } = survivalOf(TOWN, day, NO_START_MS);
    expect(hoursByDay(cameras.get("market-1")!, "UTC", day)).toEqual([{ day: "2026-03-02", hours: 20 }]);
    expect(hoursByDay(places.get("market")!, "Asia/Kathmandu", day)).toEqual([
      { day: "2026-03-02", hours: 18.25 },
      { day: "2026-03-03", hours: 4.75 },
    ]);
    expect(shareOf(places.get("market")!, day)).toBeCloseTo(23 / 24);
  });

  test("cameras need a while to come back", () => {
    expect(survivalOf(TOWN, day).cameras.get("market-2")).toEqual([between(20, 21 + minutes(3) / minutes(60))]);
  });

  test("of a feeder of which nothing is known the result says so", () => {
    const plan: PowerPlan = {
      ...TOWN,
      feeders: [TOWN.feeders[0]!, { id: "south", cuts: { kind: "unknown" }, measured: null }],
    };
    expect(survivalOf(plan, day).basis).toBe("unknown");
  });

  test("with a second feeder a supply is dark only when both are; with a generator not at all", () => {
    const changed = (more: Partial<PlannedSupply>): PowerPlan => ({
      ...TOWN,
      generators: [GENERATOR],
      supplies: TOWN.supplies.map((each) => (each.id === "north-poles" ? { ...each, ...more } : each)),
    });
    const both = changed({ feeders: ["north", "south"] });
    expect(survivalOf(both, day, NO_START_MS).cameras.get("market-1")).toEqual([between(20, 21)]);
    const yard = changed({ generator: "yard" });
    const { cameras, generators } = survivalOf(yard, day, NO_START_MS);
    expect(cameras.get("market-1")).toEqual([]);
    expect(generators.get("yard")?.running).toEqual([between(18, 22)]);
  });

  test("what hangs on nothing is refused by name", () => {
    const plan = { ...TOWN, equipment: [...TOWN.equipment, { id: "mast", supply: "nowhere" }] };
    expect(() => survivalOf(plan, day)).toThrow(
      expect.objectContaining({
        code: "POWER_REFERENCE_UNKNOWN",
        message: expect.stringContaining('"mast" hangs on "nowhere"'),
      }),
    );
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 1_440 }), { minLength: 8, maxLength: 8 })])(
    "a place that needs more views is never seen longer",
    (ends) => {
      const cuts = [0, 2, 4, 6].map((i) =>
        between(Math.min(ends[i]!, ends[i + 1]!) / 60, Math.max(ends[i]!, ends[i + 1]!) / 60),
      );
      const [a, b] = [cuts.slice(0, 2), cuts.slice(2)].map((each) => each.filter(({ from, to }) => to > from));
      const [north, south] = TOWN.feeders as [PowerPlan["feeders"][0], PowerPlan["feeders"][0]];
      const plan = { ...TOWN, feeders: [{ ...north, cuts: { kind: "fixed", cuts: a! } }, { ...south, cuts: { kind: "fixed", cuts: b! } }] } as PowerPlan; // biome-ignore format: one line
      const { places, cameras } = survivalOf(plan, day, NO_START_MS);
      const [one, two] = ["market", "market-both"].map((id) => lengthMs(places.get(id)!)) as [number, number];
      const [m1, m2] = ["market-1", "market-2"].map((id) => lengthMs(cameras.get(id)!)) as [number, number];
      expect(one).toBeLessThanOrEqual(two);
      // Darkness of both and of either add up to that of each.
      expect(one + two).toBe(m1 + m2);
    },
  );
});

describe("W12: the chain counts", () => {
  test("what hangs on one feeder alone, heaviest first, with how long batteries carry it", () => {
    const [first, second] = feederLosses(TOWN);
    expect(first).toMatchObject({ feeder: "south", weight: 10 });
    expect(first!.cameras.map(({ id, lastsMs }) => [id, lastsMs > 0])).toEqual([["market-1", true], ["market-2", false], ["gate", false]]); // biome-ignore format: one line
    expect(first!.places.map(({ name, lastsMs }) => [name, lastsMs > 0])).toEqual([["Market square", true], ["Market square, both sides", false], ["Old gate", false]]); // biome-ignore format: one line
    expect(second).toMatchObject({ feeder: "north", weight: 5 });
    expect(second!.places.map(({ name }) => name)).toEqual(["Market square, both sides", "Old gate"]);
  });

  test("a camera whose parts hang on two feeders has the faults of both", () => {
    expect(splitChains(TOWN)).toEqual([
      { camera: "market-1", feeders: ["north", "south"] },
      { camera: "gate", feeders: ["north", "south"] },
    ]);
  });

  test("a second feeder takes a supply off the list", () => {
    const plan = { ...TOWN, supplies: TOWN.supplies.map((each) => ({ ...each, feeders: ["north", "south"] })) };
    expect(feederLosses(plan).map(({ weight, cameras }) => [weight, cameras.length])).toEqual([[0, 0], [0, 0]]); // biome-ignore format: one line
  });
});

describe("W14: a night of cuts, hour by hour", () => {
  test("the places that lose sight are named in the hour in which they do", () => {
    const night = cutNight(TOWN, survivalOf(TOWN, day, NO_START_MS), between(17, 24), "UTC");
    expect(night.map(({ hour, lost, regained }) => [hour, lost.map(({ name }) => name), regained])).toEqual([
      [17, [], []],
      [18, ["Market square, both sides", "Old gate"], []],
      [19, [], []],
      [20, ["Market square"], []],
      [21, [], ["Market square"]],
      [22, [], ["Market square, both sides", "Old gate"]],
      [23, [], []],
    ]);
    expect(night[1]).toMatchObject({ lit: ["market-2"], dimmed: [], dark: ["market-1", "gate"], linksDown: [] });
    expect(night[3]).toMatchObject({ lit: [], linksDown: ["gate-link"] });
    expect(night[3]!.blind.map(({ minutes: long }) => long)).toEqual([60, 60, 60]);
  });

  test("a cut that begins within the hour dims it", () => {
    const plan: PowerPlan = { ...TOWN, supplies: TOWN.supplies.map((each) => ({ ...each, loadW: always(20) })), feeders: [{ id: "north", cuts: { kind: "fixed", cuts: [between(18.75, 19)] }, measured: null }, TOWN.feeders[1]!] }; // biome-ignore format: one line
    const [hour] = cutNight(plan, survivalOf(plan, day, NO_START_MS), between(18, 19), "UTC");
    expect(hour).toMatchObject({ dimmed: ["market-1", "gate"], dark: [] });
    expect(hour!.lost[0]).toMatchObject({ name: "Market square, both sides", minutes: 15 });
  });
});
