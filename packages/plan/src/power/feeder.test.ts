import { fc, test } from "@fast-check/vitest";
import { days, hours, instant, minutes, type Span } from "@overt/core";
import { describe, expect } from "vitest";
import { cutsOf, type CutCalendar, type Feeder } from "./feeder.ts";
import { lengthMs } from "./spans.ts";
import { at, between, span } from "./testing/days.ts";

const feeder = (cuts: CutCalendar, measured: Feeder["measured"] = null): Feeder => ({ id: "north", cuts, measured });
const cuts = (calendar: CutCalendar, within: Span): readonly Span[] => cutsOf(feeder(calendar), within).spans;

describe("W2: the cut calendar of a feeder", () => {
  test("fixed hours, several a day, as the recorder's own calendar has them", () => {
    const calendar: CutCalendar = {
      kind: "fixed",
      cuts: [
        { days: ["mon", "tue"], fromMinute: 360, toMinute: 480, zone: "Africa/Lagos" },
        { days: ["mon"], fromMinute: 22 * 60, toMinute: 120, zone: "Africa/Lagos" },
        between(40, 41),
      ],
    };
    expect(cuts(calendar, between(0, 48))).toEqual([between(5, 7), between(21, 25), between(29, 31), between(40, 41)]);
  });

  test("a cut that began on the day before reaches into the span", () => {
    const nightly: CutCalendar = {
      kind: "fixed",
      cuts: [{ days: ["sun"], fromMinute: 1_380, toMinute: 60, zone: "UTC" }],
    };
    expect(cuts(nightly, between(0, 24))).toEqual([between(0, 1)]);
  });

  test("at 6 in the morning is at 6 in the morning, before and after the clocks change", () => {
    const daily = { days: ["sat", "sun", "mon"], fromMinute: 360, toMinute: 420, zone: "Europe/Berlin" } as const;
    expect(cuts({ kind: "fixed", cuts: [daily] }, span("2026-03-28T00:00Z", "2026-03-30T00:00Z"))).toEqual([
      span("2026-03-28T05:00Z", "2026-03-28T06:00Z"),
      span("2026-03-29T04:00Z", "2026-03-29T05:00Z"),
    ]);
  });

  test("a rotating schedule goes round by its own days, before its first day too", () => {
    const slots = [[{ fromMinute: 0, toMinute: 240 }], [{ fromMinute: 480, toMinute: 720 }], []];
    const calendar: CutCalendar = { kind: "rotating", zone: "UTC", firstDay: "2026-03-03", cycle: slots };
    expect(cuts(calendar, between(0, 96))).toEqual([between(24, 28), between(56, 60)]);
  });

  test("statistics give that many cuts of that mean length, with the longest among them", () => {
    const year: Span = { from: at(0), to: instant(at(0) + days(365)) };
    const drawn = cuts({ kind: "statistics", zone: "UTC", cutsPerDay: 1.5, meanMinutes: 90, longestMinutes: 360, beginsByHour: null, seed: 7 }, year); // biome-ignore format: one line
    expect(drawn.length).toBeGreaterThan(535);
    expect(drawn.length).toBeLessThanOrEqual(548);
    expect(lengthMs(drawn) / 548 / minutes(1)).toBeCloseTo(90, 0);
    expect(Math.max(...drawn.map(({ from, to }) => to - from))).toBe(minutes(360));
  });

  test("statistics by hour put no cut where none begins", () => {
    const beginsByHour = Array.from({ length: 24 }, (_, hour) => (hour === 18 ? 1 : 0));
    const calendar: CutCalendar = { kind: "statistics", zone: "UTC", cutsPerDay: 0.5, meanMinutes: 30, longestMinutes: 60, beginsByHour, seed: 1 }; // biome-ignore format: one line
    for (const { from } of cuts(calendar, between(0, 24 * 60))) expect(new Date(from).getUTCHours()).toBe(18);
  });

  test("of what nobody knows nothing is made up, and the result says so", () => {
    expect(cutsOf(feeder({ kind: "unknown" }), between(0, 24))).toEqual({ spans: [], basis: "unknown" });
    expect(cutsOf(feeder({ kind: "none" }), between(0, 24)).basis).toBe("calendar");
  });

  test("a zone that is none, and a minute that no day has, are refused", () => {
    const cut = { days: ["mon"], fromMinute: 0, toMinute: 60, zone: "Mars/Olympus" } as const;
    expect(() => cuts({ kind: "fixed", cuts: [cut] }, between(0, 24))).toThrow(expect.objectContaining({ code: "POWER_ZONE_UNKNOWN" })); // biome-ignore format: one line
    const late = { ...cut, zone: "UTC", toMinute: 2_000 };
    expect(() => cuts({ kind: "fixed", cuts: [late] }, between(0, 24))).toThrow(expect.objectContaining({ code: "POWER_FIGURE_INVALID" })); // biome-ignore format: one line
  });

  test.prop([fc.integer({ min: 0, max: 2 ** 31 }), fc.double({ min: 0, max: 4, noNaN: true })])(
    "the same seed draws the same cuts, in order and within the span",
    (seed, cutsPerDay) => {
      const calendar: CutCalendar = { kind: "statistics", zone: "Africa/Lagos", cutsPerDay, meanMinutes: 60, longestMinutes: 240, beginsByHour: null, seed }; // biome-ignore format: one line
      const drawn = cuts(calendar, between(0, 240));
      expect(drawn).toEqual(cuts(calendar, between(0, 240)));
      for (const [i, each] of drawn.entries()) {
        expect(each.from).toBeGreaterThanOrEqual(drawn[i - 1]?.to ?? at(0));
        expect(each.to).toBeLessThanOrEqual(at(240));
      }
    },
  );
});

describe("W15: measured outages replace the calendar", () => {
  const assumed: CutCalendar = { kind: "fixed", cuts: [between(0, 4)] };
  const outages = [
    { start: at(6), end: at(8) },
    { start: at(30), end: at(31) },
    { start: at(24 * 7 - 2), end: null },
  ];

  test("where they were measured they stand, and their weeks repeat before and after", () => {
    const measured = { observed: between(0, 24 * 7), outages };
    const week = 24 * 7;
    expect(cutsOf(feeder(assumed, measured), between(0, week))).toEqual({
      spans: [between(6, 8), between(30, 31), between(week - 2, week)],
      basis: "measured",
    });
    expect(cutsOf(feeder(assumed, measured), between(week, week * 2)).spans).toEqual([
      between(week + 6, week + 8),
      between(week + 30, week + 31),
      between(week * 2 - 2, week * 2),
    ]);
    expect(cutsOf(feeder(assumed, measured), between(-week, -100)).spans).toEqual([
      between(6 - week, 8 - week),
      between(30 - week, 31 - week),
    ]);
  });

  test("less than a week of measurements says too little: the calendar stands", () => {
    const measured = { observed: { from: at(0), to: instant(at(0) + days(7) - hours(1)) }, outages };
    expect(cutsOf(feeder(assumed, measured), between(0, 48))).toEqual({ spans: [between(0, 4)], basis: "calendar" });
  });
});
