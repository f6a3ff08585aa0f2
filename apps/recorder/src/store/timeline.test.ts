import { fc, test as propertyTest } from "@fast-check/vitest";
import { type GapCause, type Instant, instant } from "@overt/core";
import { expect, test } from "vitest";
import { type Gap, mergeTimelines, type Stretch, trackTimeline } from "./timeline.ts";

const stretch = (from: number, to: number, clockOffsetMs: number | null = null): Stretch => ({
  from: instant(from),
  to: instant(to),
  startsOnKeyPicture: true,
  clockOffsetMs,
});
const gap = (from: number, to: number | null, cause: GapCause = "camera_silent"): Gap => ({
  from: instant(from),
  to: to as Instant | null,
  cause,
});
const of = (stretches: Stretch[], gaps: Gap[] = [], from = 0, to = 100_000) =>
  trackTimeline(stretches, gaps, instant(from), instant(to));

test("ops-02: a seam below 2 s is no gap, unless a picture was lost there", () => {
  expect(of([stretch(0, 60_000), stretch(61_999, 90_000)]).segments).toEqual([stretch(0, 90_000)]);
  expect(of([stretch(0, 60_000), stretch(62_000, 90_000)]).segments).toHaveLength(2);
  expect(of([stretch(0, 60_000), stretch(61_000, 90_000)], [gap(60_000, 61_000, "disk_slow")])).toEqual({
    segments: [stretch(0, 60_000), stretch(61_000, 90_000)],
    gaps: [gap(60_000, 61_000, "disk_slow")],
  });
});

test("ops-03: a gap begins where the last picture ends, whatever was noted", () => {
  expect(of([stretch(0, 24_000)], [gap(20_000, null)]).gaps).toEqual([gap(24_000, null)]);
});

test("footage of a clock that was set back overlaps and is shown once", () => {
  expect(of([stretch(0, 60_000), stretch(30_000, 50_000), stretch(55_000, 80_000)]).segments).toEqual([
    stretch(0, 80_000),
  ]);
});

test("stretches of one clock are joined; one whose clock was set is told apart, without a seam", () => {
  const DAY_MS = 86_400_000;
  expect(of([stretch(0, 20_000), stretch(20_000, 40_000, -30), stretch(40_100, 60_000, 400)]).segments).toEqual([
    stretch(0, 60_000, -30),
  ]);
  expect(of([stretch(0, 20_000, -DAY_MS), stretch(21_000, 40_000, 15), stretch(39_000, 50_000, 3_000)])).toEqual({
    segments: [stretch(0, 21_000, -DAY_MS), stretch(21_000, 40_000, 15), stretch(40_000, 50_000, 3_000)],
    gaps: [],
  });
});

test("what is asked for bounds what is told", () => {
  expect(of([stretch(0, 90_000)], [gap(90_000, null)], 10_000, 95_000)).toEqual({
    segments: [stretch(10_000, 90_000)],
    gaps: [gap(90_000, null)],
  });
});

const anySpan = fc.tuple(fc.integer({ min: 0, max: 99_000 }), fc.integer({ min: 1, max: 30_000 }));
const byStart = <T extends { from: number }>(spans: T[]): T[] => spans.sort((a, b) => a.from - b.from);

propertyTest.prop([fc.array(anySpan, { maxLength: 12 }), fc.array(anySpan, { maxLength: 12 })])(
  "no second is both recorded and a gap, or in two gaps",
  (recorded, missing) => {
    const { segments, gaps } = of(
      byStart(recorded.map(([from, length]) => stretch(from, from + length))),
      byStart(missing.map(([from, length], i) => gap(from, from + length, i % 2 ? "no_room" : "camera_silent"))),
    );
    const all = byStart([...segments, ...gaps]);
    for (const [i, span] of all.entries()) {
      const next = all[i + 1];
      if (next) expect(span.to as number).toBeLessThanOrEqual(next.from);
    }
  },
);

/** What one volume knows of a track, on a line of 1,000 ms: stretches and gaps that do not touch each other. */
const volumeLine = fc
  .array(fc.record({ length: fc.integer({ min: 1, max: 200 }), what: fc.constantFrom("nothing", "stretch", "gap") }))
  .map((parts) => {
    let at = 0;
    const told = { segments: [] as Stretch[], gaps: [] as Gap[] };
    for (const { length, what } of parts) {
      if (what === "stretch") told.segments.push(stretch(at, at + length));
      if (what === "gap") told.gaps.push(gap(at, at + length, "recorder_down"));
      at += length;
    }
    return told;
  });

const covers = (all: readonly { from: Instant; to: Instant | null }[], at: number): boolean =>
  all.some(({ from, to }) => from <= at && at < (to ?? Number.POSITIVE_INFINITY));

propertyTest.prop([fc.array(volumeLine, { maxLength: 3 })])(
  "of several volumes no moment is shown twice as a gap, none as a gap that is recorded, and none is lost",
  (lines) => {
    const merged = mergeTimelines(lines);
    for (let at = 0; at < 1_000; at += 7) {
      const recorded = lines.some(({ segments }) => covers(segments, at));
      const missing = lines.some(({ gaps }) => covers(gaps, at));
      expect(covers(merged.segments, at)).toBe(recorded);
      expect(merged.gaps.filter((each) => covers([each], at))).toHaveLength(missing && !recorded ? 1 : 0);
    }
  },
);

test("a gap that lasts on the old volume ends where the new one begins to know", () => {
  const old = { segments: [stretch(0, 100)], gaps: [gap(100, null, "recorder_down")] };
  const home = { segments: [stretch(300, 400)], gaps: [gap(200, 300)] };
  expect(mergeTimelines([home, old]).gaps).toEqual([
    gap(100, 200, "recorder_down"),
    gap(200, 300),
    gap(400, null, "recorder_down"),
  ]);
});
