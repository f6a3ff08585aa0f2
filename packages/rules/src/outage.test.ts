import { fc, test } from "@fast-check/vitest";
import { hours, type Instant, instant, parseIso, siteId } from "@overt/core";
import { describe, expect } from "vitest";
import {
  afterEvent,
  availability,
  lostInMs,
  NO_HISTORY,
  type Outage,
  type PowerEvent,
  publishableAt,
  silenceCause,
  wasPowerAway,
} from "./outage.ts";

const site = siteId("harbour");
const EIGHT = parseIso("2026-11-25T08:00:00Z");
const at = (minute: number): Instant => instant(EIGHT + minute * 60_000);
const began = (minute: number, boot: string, lastAlive: number | null = null, watched = true): PowerEvent => ({
  kind: "began",
  at: at(minute),
  boot,
  lastAlive: lastAlive === null ? null : at(lastAlive),
  watched,
});
const supply = (minute: number, said: "on_line" | "on_battery" | "low", chargePercent = 100): PowerEvent => ({
  kind: "supply",
  at: at(minute),
  supply: said,
  planned: false,
  chargePercent,
});
const after = (...events: PowerEvent[]) => events.reduce((all, event) => afterEvent(all, event, site), NO_HISTORY);
const CUT = [began(0, "a"), supply(1, "on_line"), supply(10, "on_battery"), supply(40, "low", 15)];
const STOPPED: PowerEvent[] = [
  { kind: "stopping", at: at(40), because: "low" },
  { kind: "stopped", at: at(40), clean: true },
];

describe("an outage", () => {
  test("ends when a UPS is first heard on line, after the machine has been off too", () => {
    const history = after(...CUT, ...STOPPED, began(70, "b", 40), supply(71, "on_line", 15));
    expect(history.open).toBeNull();
    expect(history.outages).toEqual([
      {
        site,
        start: at(10),
        end: at(71),
        planned: false,
        presumed: false,
        closedCleanly: true,
        lostMs: null,
        battery: { fromPercent: 100, toPercent: 15, lastedMs: 30 * 60_000 },
      },
    ]);
  });

  test("that the recorder ran through tells what the battery gave", () => {
    const [outage] = after(began(0, "a"), supply(10, "on_battery"), supply(16, "on_line", 80)).outages;
    expect(outage).toMatchObject({ closedCleanly: null, battery: { toPercent: 80, lastedMs: 6 * 60_000 } });
  });

  test("that ended the machine before the recorder could end is not called a clean one", () => {
    const history = after(...CUT, began(70, "b", 41), supply(71, "on_line"));
    expect(history.outages[0]).toMatchObject({ start: at(10), closedCleanly: false, presumed: false });
  });

  test("in which the machine was shut down in order was closed cleanly, whether or not the recorder heard why", () => {
    const history = after(...CUT.slice(0, 3), { kind: "ended", at: at(12) }, began(70, "b", 12), supply(71, "on_line"));
    expect(history.outages[0]).toMatchObject({ closedCleanly: true, presumed: false });
  });

  test("that nobody saw is presumed where a machine starts anew without having been ended", () => {
    expect(after(began(0, "a"), began(70, "b", 41)).outages).toEqual([
      expect.objectContaining({ start: at(41), end: at(70), presumed: true, closedCleanly: false }),
    ]);
    expect(after(began(0, "a"), { kind: "ended", at: at(41) }, began(70, "b", 41)).outages).toEqual([]);
    expect(after(began(0, "a"), began(70, "a", 41)).outages).toEqual([]);
  });

  test("does not last for ever when its UPS is taken out of the configuration", () => {
    const [outage] = after(...CUT, ...STOPPED, began(70, "b", 40, false)).outages;
    expect(outage).toMatchObject({ start: at(10), end: at(70), presumed: true });
  });

  test("learns later what was lost in it", () => {
    const lostMs = { original: 5_000, anonymised: 9_000 };
    const history = after(...CUT, supply(50, "on_line"), { kind: "counted", start: at(10), lostMs });
    expect(history.outages[0]?.lostMs).toEqual(lostMs);
  });
});

describe("the gap of a recorder that was away is one of power", () => {
  test.each([
    ["it stopped because the battery was low", [...CUT, ...STOPPED], "a", true],
    ["the same, and the machine has been off", [...CUT, ...STOPPED], "b", true],
    ["it was on its way to stop", [...CUT, STOPPED[0] as PowerEvent], "b", true],
    ["the machine died on battery", CUT.slice(0, 3), "b", true],
    ["the recorder alone died on battery", CUT.slice(0, 3), "a", false],
    ["the machine died on line", CUT.slice(0, 2), "b", false],
    ["its machine was shut down on battery", [...CUT, { kind: "ended", at: at(41) } as PowerEvent], "b", true],
    ["it was ended by hand on battery", [...CUT, { kind: "ended", at: at(41) } as PowerEvent], "a", false],
    ["it never ran", [], "a", false],
  ])("when %s", (_, events, boot, away) => {
    expect(wasPowerAway(after(...events), boot)).toBe(away);
  });
});

const outage = (start: Instant, end: Instant | null): Outage => ({
  site,
  start,
  end,
  planned: false,
  presumed: false,
  closedCleanly: null,
  lostMs: null,
  battery: null,
});

describe("the silence of a camera without a battery", () => {
  const lasting = { start: at(10), end: null };
  const over = { start: at(10), end: at(20) };
  const second = (minute: number, seconds: number) => instant(at(minute) + seconds * 1_000);
  test.each([
    ["begins in the outage", "camera_silent", at(11), null, lasting, "site_power"],
    ["is noticed before the UPS is asked", "camera_unreachable", second(9, 45), null, lasting, "site_power"],
    ["began long before", "camera_silent", second(9, 44), null, lasting, "camera_silent"],
    ["is another fault", "auth_failed", at(11), null, lasting, "auth_failed"],
    ["began in an outage that is over", "camera_silent", second(19, 59), null, over, "site_power"],
    ["goes on while cameras boot", "camera_unreachable", second(22, 59), "site_power", over, "site_power"],
    ["goes on longer than they boot", "camera_unreachable", at(23), "site_power", over, "camera_unreachable"],
    ["begins after power is back", "camera_unreachable", at(21), null, over, "camera_unreachable"],
    ["begins where no outage is known", "camera_silent", at(11), null, null, "camera_silent"],
  ] as const)("when it %s", (_, cause, from, before, known, filed) => {
    expect(silenceCause(cause, from, before, known)).toBe(filed);
  });

  test("is what an outage cost; gaps of other causes and other times are not", () => {
    const gaps = [
      { from: at(0), to: at(5), cause: "site_power" },
      { from: second(9, 50), to: at(22), cause: "site_power" },
      { from: at(12), to: at(13), cause: "no_permit" },
      { from: at(15), to: null, cause: "recorder_down" },
      { from: at(21), to: null, cause: "recorder_down" },
    ] as const;
    expect(lostInMs(outage(at(10), at(20)), gaps, at(22))).toBe(12 * 60_000 + 10_000 + 7 * 60_000);
  });

  test("costs no more than the outage with what cameras need to be noticed and to boot", () => {
    const longer = [{ from: at(0), to: null, cause: "recorder_down" }] as const;
    expect(lostInMs(outage(at(10), at(20)), longer, at(90))).toBe(15_000 + 13 * 60_000);
    expect(lostInMs(outage(at(10), null), longer, at(90))).toBe(15_000 + 80 * 60_000);
  });
});

describe("what the public is told", () => {
  test("the share of time with power, overlaps counted once, one that lasts up to now", () => {
    const outages = [outage(at(10), at(30)), outage(at(0), at(20)), outage(at(90), null)];
    expect(availability(outages, at(0), at(100))).toBeCloseTo(0.6);
    expect(availability([], at(0), at(100))).toBe(1);
    expect(availability(outages, at(40), at(40))).toBe(1);
  });

  test("an outage can be published three days after its end, not before", () => {
    expect(publishableAt(outage(at(0), at(30)))).toBe(at(30) + hours(72));
    expect(publishableAt(outage(at(0), null))).toBeNull();
  });

  const anySpan = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
  test.prop([fc.array(anySpan), fc.integer({ min: 0, max: 99 })])(
    "two halves of a time add up to the whole, whatever the order of outages",
    (spans, middle) => {
      const all = spans.map(([from, to]) => outage(at(Math.min(from, to)), at(Math.max(from, to))));
      const halves =
        availability(all, at(0), at(middle)) * middle + availability(all, at(middle), at(100)) * (100 - middle);
      expect(halves / 100).toBeCloseTo(availability([...all].reverse(), at(0), at(100)));
    },
  );
});
