import { fc, test } from "@fast-check/vitest";
import { minutes } from "@overt/core";
import { describe, expect } from "vitest";
import {
  isOnLine,
  mayStartAgain,
  POWER_LADDER,
  POWER_THRESHOLDS,
  type PowerFacts,
  powerDecision,
  siteSupply,
  type UpsFacts,
  type UpsFeeds,
} from "./power.ts";
import { DEAD_MS, type Supply, type UpsReading } from "./ups.ts";

interface Told extends Partial<UpsReading> {
  readonly feeds?: UpsFeeds;
  readonly silentMs?: number;
}
const ups = ({ feeds = "recorder", silentMs = 0, ...reading }: Told): UpsFacts => ({
  feeds,
  silentMs,
  reading: { status: "OL", chargePercent: null, runtimeMs: null, loadPercent: null, inputVolts: null, ...reading },
});
const facts = (all: readonly UpsFacts[], more: Partial<PowerFacts> = {}): PowerFacts => ({
  ups: all,
  step: 0,
  onLineMs: 0,
  thresholds: POWER_THRESHOLDS,
  lastsMs: null,
  ...more,
});
const decide = (told: Told, more: Partial<PowerFacts> = {}) => powerDecision(facts([ups(told)], more));

describe("when to stop", () => {
  test.each([
    ["OB LB", 0, { act: "stop", because: "low" }],
    ["FSD OL", 0, { act: "stop", because: "forced_shutdown" }],
    ["OB", DEAD_MS + 1, { act: "stop", because: "lost_contact" }],
    ["OL LB", 0, { act: "go_on" }],
    ["OL", DEAD_MS + 1, { act: "go_on" }],
    ["OB", 0, { act: "go_on" }],
    ["OFF", 0, { act: "go_on" }],
  ] as const)("%s, silent for %d ms", (status, silentMs, decision) => {
    expect(decide({ status, silentMs })).toEqual(decision);
  });

  test("no UPS at all is no reason for anything", () => {
    expect(powerDecision(facts([]))).toEqual({ act: "go_on" });
    expect(siteSupply([])).toBe("unknown");
  });

  test("as long as one of two feeds carries the recorder it goes on", () => {
    const [low, line] = [ups({ status: "OB LB" }), ups({ status: "OL" })];
    expect(powerDecision(facts([low, line]))).toEqual({ act: "go_on" });
    expect(powerDecision(facts([low, low]))).toEqual({ act: "stop", because: "low" });
  });

  test("the UPS of the cameras alone never stops the recorder, but the site is on battery", () => {
    const all = [ups({ status: "OL" }), ups({ status: "OB LB", feeds: "cameras" })];
    expect(powerDecision(facts(all))).toEqual({ act: "go_on" });
    expect(siteSupply(all)).toBe("on_battery");
  });
});

describe("the site, with a UPS that was on battery and is silent since", () => {
  const silent = ups({ status: "OB", feeds: "cameras", silentMs: DEAD_MS + 1 });
  test.each<[string, UpsFacts[], Supply]>([
    ["is on line when another one says so", [silent, ups({ status: "OL" })], "on_line"],
    ["is on battery when another one says so", [silent, ups({ status: "OB" }), ups({ status: "OL" })], "on_battery"],
    ["stays on battery when nobody is heard", [silent, ups({ status: "OL", silentMs: DEAD_MS + 1 })], "on_battery"],
    ["stays on battery when who is heard knows nothing", [silent, ups({ status: "OFF" })], "on_battery"],
    ["is at its end when it was the recorder's only one", [ups({ status: "OB", silentMs: DEAD_MS + 1 })], "low"],
  ])("%s", (_, all, supply) => {
    expect(siteSupply(all)).toBe(supply);
  });

  test("is unknown after a start, until one is heard: only that ends an outage", () => {
    expect(siteSupply([{ feeds: "recorder", reading: null, silentMs: 0 }])).toBe("unknown");
  });
});

describe("what is given up", () => {
  test.each([
    [31, 0],
    [30, 1],
    [25, 2],
    [20, 3],
    [15, 4],
    [8, 5],
    [3, 6],
    [0, 6],
  ])("with %d minutes left, the first %d rungs", (left, step) => {
    expect(decide({ status: "OB", runtimeMs: minutes(left) })).toEqual(
      step === 0 ? { act: "go_on" } : { act: "shed", step },
    );
  });

  test("the sealed original is the last, after the anonymised track, after live view, after frames", () => {
    expect(POWER_LADDER.slice(-4)).toEqual(["frame_rate", "live_view", "anonymised", "original"]);
  });

  test("without a runtime the charge of a battery that is planned to last tells it, and without a plan nothing does", () => {
    const half = { status: "OB", chargePercent: 25 };
    expect(decide(half, { lastsMs: minutes(60) })).toEqual({ act: "shed", step: 4 });
    expect(decide(half)).toEqual({ act: "go_on" });
  });

  test("a runtime that is said to grow gives nothing back; half a minute on line gives back everything", () => {
    expect(decide({ status: "OB", runtimeMs: minutes(60) }, { step: 3 })).toEqual({ act: "shed", step: 3 });
    expect(decide({ status: "OL" }, { step: 3, onLineMs: 29_000 })).toEqual({ act: "shed", step: 3 });
    expect(decide({ status: "OL" }, { step: 3, onLineMs: 30_000 })).toEqual({ act: "go_on" });
  });

  test.each<[string, Told[], boolean]>([
    ["is, when its UPS is", [{ status: "OL" }], true],
    ["is, though the cameras' UPS is not", [{ status: "OL" }, { status: "OB", feeds: "cameras" }], true],
    ["is, though its second UPS is silent", [{ status: "OL" }, { status: "OL", silentMs: DEAD_MS + 1 }], true],
    ["is, though its second fell silent on battery", [{ status: "OL" }, { status: "OB", silentMs: DEAD_MS + 1 }], true],
    ["is, though its second UPS is on battery", [{ status: "OL" }, { status: "OB" }], true],
    ["is not, when it is on battery", [{ status: "OB" }], false],
    ["is not by the cameras' UPS", [{ status: "OL", feeds: "cameras" }, { status: "OFF" }], false],
    ["is not, when nobody is heard", [{ status: "OL", silentMs: DEAD_MS + 1 }], false],
    ["is not, when it has no UPS", [], false],
  ])("whether the recorder is on line: it %s", (_, told, onLine) => {
    expect(isOnLine(told.map(ups))).toBe(onLine);
  });

  test("two batteries last as long as the longer", () => {
    const two = [minutes(2), minutes(28)].map((runtimeMs) => ups({ status: "OB", runtimeMs }));
    expect(powerDecision(facts(two))).toEqual({ act: "shed", step: 1 });
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1 })])(
    "on battery, rungs are only ever taken, whatever runtimes are told",
    (runtimes) => {
      let step = 0;
      for (const runtimeMs of runtimes) {
        const decision = decide({ status: "OB", runtimeMs }, { step });
        const next = decision.act === "shed" ? decision.step : 0;
        expect(next).toBeGreaterThanOrEqual(step);
        step = next;
      }
    },
  );
});

test.each([
  ["OL CHRG LB", 0, 0, true],
  ["OB", 0, 0, false],
  ["OB", 0, minutes(14), false],
  ["OB", 0, minutes(15), true],
  ["OB LB", 0, minutes(60), false],
  ["FSD OL", 0, minutes(60), false],
  ["OB LB", DEAD_MS + 1, minutes(14), false],
  ["OB LB", DEAD_MS + 1, minutes(15), true],
] as const)(
  "after a stop, %s silent for %d ms, held for %d ms: it may start again: %s",
  (status, silentMs, heldMs, may) => {
    expect(mayStartAgain([ups({ status, silentMs })], heldMs)).toBe(may);
  },
);

test("a UPS that has not been heard yet is no leave to start", () => {
  expect(mayStartAgain([{ feeds: "recorder", reading: null, silentMs: 0 }], 0)).toBe(false);
});

const anyUps = fc
  .record({
    feeds: fc.constantFrom<UpsFeeds>("recorder", "cameras"),
    status: fc.constantFrom("OL", "OB", "OB LB", "FSD OB", "OFF", "OL CHRG LB", "??"),
    runtimeMs: fc.option(fc.integer({ min: 0, max: 3_600_000 })),
    silentMs: fc.constantFrom(0, DEAD_MS, DEAD_MS + 1),
  })
  .map(ups);

test.prop([fc.array(anyUps, { maxLength: 4 }), fc.integer({ min: 0, max: 6 })])(
  "who stops is on its last battery, and the order of the UPSes does not matter",
  (all, step) => {
    const decision = powerDecision(facts(all, { step }));
    expect(powerDecision(facts([...all].reverse(), { step }))).toEqual(decision);
    expect(decision.act === "stop").toBe(["low", "forced_shutdown"].includes(siteSupply(all)));
  },
);
