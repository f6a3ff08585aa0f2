import { fc, test } from "@fast-check/vitest";
import { instant, type Span } from "@overt/core";
import { expect } from "vitest";
import { gapsIn, intersection, lengthMs, prolonged, union, without } from "./spans.ts";

const LENGTH = 40;
const within: Span = { from: instant(0), to: instant(LENGTH) };
const anySpans = fc
  .array(fc.tuple(fc.nat(LENGTH), fc.nat(LENGTH)), { maxLength: 8 })
  .map((list) => list.map(([a, b]): Span => ({ from: instant(Math.min(a, b)), to: instant(Math.max(a, b)) })));
/** Millisecond by millisecond: who is in. */
const marks = (spans: readonly Span[]): boolean[] =>
  Array.from({ length: LENGTH }, (_, at) => spans.some(({ from, to }) => at >= from && at < to));

test.prop([anySpans, anySpans])("spans are sets of moments", (a, b) => {
  const [inA, inB, ua, ub] = [marks(a), marks(b), union(a), union(b)];
  expect(marks(ua)).toEqual(inA);
  expect(lengthMs(ua)).toBe(inA.filter(Boolean).length);
  expect(marks(intersection(ua, ub))).toEqual(inA.map((each, i) => each && inB[i]!));
  expect(marks(without(ua, ub))).toEqual(inA.map((each, i) => each && !inB[i]!));
  expect(marks(gapsIn(ua, within))).toEqual(inA.map((each) => !each));
});

test.prop([anySpans, fc.nat(9)])("in order and apart, prolonged ones too", (spans, byMs) => {
  for (const list of [union(spans), prolonged(union(spans), byMs)])
    for (const [i, { from, to }] of list.entries()) {
      expect(to).toBeGreaterThan(from);
      if (i > 0) expect(from).toBeGreaterThan(list[i - 1]!.to);
    }
});
