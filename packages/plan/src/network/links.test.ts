import { describe, expect, test } from "vitest";
import { cableLengthM, type Flow, type Link, linkFindings, linkLoads } from "./links.ts";
import { measuredAgainst } from "./measured.ts";
import { checkSwitch, classOf, POE_CLASSES, type Switch } from "./poe.ts";

const link = (id: string, medium: Link["medium"]): Link => ({ id, name: id, medium });
const LINKS = [
  link("pole", { kind: "copper", mbps: 100, lengthM: 80 }),
  link("roof", { kind: "radio", mbps: 50, lineOfSight: true }),
  link("hall", { kind: "fibre", mbps: 1_000 }),
];
const flow = (name: string, links: string[], meanKbps: number, peakKbps: number): Flow => ({
  name,
  links,
  meanKbps,
  peakKbps,
});

describe("P38: Mbit/s on each link", () => {
  test("what goes over a link adds up, mean and peak, with whose it is", () => {
    const loads = linkLoads(LINKS, [
      flow("market-1", ["pole", "roof", "hall"], 3_000, 6_000),
      flow("gate", ["roof", "hall"], 2_000, 4_000),
    ]);
    expect(loads.map(({ link: id, meanMbps, peakMbps, flows }) => [id, meanMbps, peakMbps, flows])).toEqual([
      ["pole", 3, 6, ["market-1"]],
      ["roof", 5, 10, ["market-1", "gate"]],
      ["hall", 5, 10, ["market-1", "gate"]],
    ]);
  });

  test("a way over a link that is not there is refused by name", () => {
    expect(() => linkLoads(LINKS, [flow("gate", ["bridge"], 1, 1)])).toThrow(
      expect.objectContaining({
        code: "NETWORK_LINK_UNKNOWN",
        message: expect.stringContaining('"gate" goes over "bridge"'),
      }),
    );
  });
});

describe("P40: links, switches and cables", () => {
  test("radio is planned with two fifths of its rate on air: four cameras of 6 Mbit/s are too many for 50", () => {
    const flows = ["a", "b", "c", "d"].map((name) => flow(name, ["roof"], 3_000, 6_000));
    expect(linkFindings(LINKS, linkLoads(LINKS, flows))).toEqual([
      { code: "LINK_OVERLOADED", link: "roof", peakMbps: 24, plannedMbps: 20 },
    ]);
    expect(linkFindings(LINKS, linkLoads(LINKS, flows.slice(1)))).toEqual([]);
  });

  test("copper ends at 100 m; radio needs sight, and where nobody looked that is said", () => {
    const links = [
      link("far", { kind: "copper", mbps: 100, lengthM: 120 }),
      link("blind", { kind: "radio", mbps: 50, lineOfSight: false }),
      link("unseen", { kind: "radio", mbps: 50, lineOfSight: null }),
    ];
    expect(linkFindings(links, [])).toEqual([
      { code: "COPPER_TOO_LONG", link: "far", lengthM: 120 },
      { code: "RADIO_NO_SIGHT", link: "blind" },
      { code: "RADIO_SIGHT_UNKNOWN", link: "unseen" },
    ]);
  });

  test("a cable goes up and down between floors, with slack", () => {
    expect(cableLengthM([30, 25], 3)).toBeCloseTo((55 + 10.5) * 1.1 + 3);
    expect(cableLengthM([30], -2)).toBeCloseTo((30 + 7) * 1.1 + 3);
  });

  const sw: Switch = { id: "s1", ports: 8, uplinks: 1, poePorts: 8, poeClass: "802.3at", budgetW: 65 };
  const camera = (worstW: number, name = "c") => ({ name, worstW });

  test("ports, power of each port, and the budget of all at their worst", () => {
    expect(checkSwitch(sw, [camera(12), camera(12), camera(0)])).toMatchObject({ portsUsed: 4, findings: [] });
    const { findings, poeW } = checkSwitch(sw, [...Array.from({ length: 7 }, () => camera(12.95)), camera(51, "ptz")]);
    expect(poeW).toBeCloseTo(7 * 15.4 + 60);
    expect(findings).toEqual([
      { code: "PORTS_TOO_FEW", switch: "s1", needed: 9, ports: 8 },
      { code: "POE_PORT_TOO_WEAK", switch: "s1", device: "ptz", needed: "802.3bt type 3" },
      { code: "POE_BUDGET_EXCEEDED", switch: "s1", neededW: poeW, budgetW: 65 },
    ]);
    expect(checkSwitch({ ...sw, poePorts: 1 }, [camera(5), camera(5)]).findings[0]).toMatchObject({
      code: "POE_PORTS_TOO_FEW",
      needed: 2,
    });
    expect(classOf(100)).toBeNull();
    expect(POE_CLASSES.every(({ portW, deviceW }) => portW > deviceW)).toBe(true);
  });
});

describe("P41: measurements replace estimates, and say how wrong they were", () => {
  const estimates = [
    { id: "market-1", unit: "kbit/s", value: 3_000 },
    { id: "gate", unit: "kbit/s", value: 2_000 },
    { id: "bridge", unit: "kbit/s", value: 1_000 },
  ];

  test("by camera, with the median, the bias and the worst", () => {
    const result = measuredAgainst(estimates, new Map([["market-1", 4_500], ["gate", 1_800]])); // biome-ignore format: one line
    expect(result.compared.map(({ now, ratio }) => [now, ratio])).toEqual([
      [4_500, 1.5],
      [1_800, 0.9],
      [1_000, null],
    ]);
    expect(result.measured).toBe(2);
    expect(result.medianOffPercent).toBeCloseTo(30);
    expect(result.biasPercent).toBeCloseTo(26);
    expect(result.worst?.id).toBe("market-1");
  });

  test("nothing measured, nothing said; and watts are not added to kilobits", () => {
    expect(measuredAgainst(estimates, new Map())).toMatchObject({
      measured: 0,
      medianOffPercent: null,
      biasPercent: null,
      worst: null,
    });
    const mixed = [...estimates, { id: "hall", unit: "W", value: 300 }];
    expect(measuredAgainst(mixed, new Map([["gate", 1], ["hall", 1]])).biasPercent).toBeNull(); // biome-ignore format: one line
    expect(() => measuredAgainst(estimates, new Map([["gate", Number.NaN]]))).toThrow(expect.objectContaining({ code: "NETWORK_FIGURE_INVALID" })); // biome-ignore format: one line
  });
});
