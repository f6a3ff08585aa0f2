import { fc, test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { SequenceTracker } from "./sequence.ts";

test("numbers are followed over their wrap", () => {
  const tracker = new SequenceTracker(90_000);
  for (let n = 65_530; n < 65_550; n++) expect(tracker.next(n & 0xffff)).toEqual({ kind: "next" });
  expect(tracker.reportBlock()).toMatchObject({ lost: 0, fractionLost: 0, highestSequence: 65_549 });
});

test("late and repeated packets are neither loss nor progress", () => {
  const tracker = new SequenceTracker(90_000);
  tracker.next(10);
  tracker.next(11);
  expect([tracker.next(11), tracker.next(10), tracker.next(65_500)]).toEqual(Array(3).fill({ kind: "late" }));
  expect(tracker.next(12)).toEqual({ kind: "next" });
});

test("a leap is a new start, and what was lost before stays counted", () => {
  const tracker = new SequenceTracker(90_000);
  tracker.next(1);
  expect(tracker.next(4)).toEqual({ kind: "lost", packets: 2 });
  expect(tracker.next(30_000)).toEqual({ kind: "restarted" });
  expect(tracker.next(30_001)).toEqual({ kind: "next" });
  expect(tracker.lost).toBe(2);
});

test("the fraction lost is of the time since the last report", () => {
  const tracker = new SequenceTracker(90_000);
  for (let n = 0; n < 100; n++) tracker.next(n);
  tracker.reportBlock();
  for (let n = 100; n < 200; n += 2) tracker.next(n);
  tracker.next(200);
  expect(tracker.reportBlock()).toMatchObject({ fractionLost: Math.floor((50 * 256) / 101), lost: 50 });
  expect(tracker.reportBlock()).toMatchObject({ fractionLost: 0, lost: 50 });
});

test("jitter is that of RFC 3550 §6.4.1", () => {
  const tracker = new SequenceTracker(90_000);
  tracker.next(0);
  tracker.arrived(0, 0);
  tracker.arrived(3600, 40);
  expect(tracker.reportBlock().jitterTicks).toBe(0);
  tracker.arrived(7200, 90);
  expect(tracker.reportBlock().jitterTicks).toBe(Math.round(900 / 16));
});

prop.prop([fc.integer({ min: 0, max: 65_535 }), fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 })])(
  "what is lost is exactly what was left out",
  (first, gaps) => {
    const tracker = new SequenceTracker(90_000);
    let sequence = first;
    tracker.next(sequence);
    let lost = 0;
    for (const gap of gaps) {
      sequence += gap + 1;
      lost += gap;
      const step = tracker.next(sequence & 0xffff);
      expect(step).toEqual(gap > 0 ? { kind: "lost", packets: gap } : { kind: "next" });
    }
    expect(tracker.lost).toBe(lost);
  },
);
