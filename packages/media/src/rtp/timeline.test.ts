import { fc, test as prop } from "@fast-check/vitest";
import { expect } from "vitest";
import { Tally } from "./tally.ts";
import { Timeline } from "./timeline.ts";

/** Decoding order of groups of a P and the B pictures shown before it. */
const order = (groups: readonly number[]): number[] => {
  const shown = [0];
  let next = 1;
  for (const bs of groups) {
    shown.push(next + bs, ...Array.from({ length: bs }, (_, n) => next + n));
    next += bs + 1;
  }
  return shown;
};

prop.prop([
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(1500, 3000, 3600, 7200),
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 10, maxLength: 10 }),
])("a sound stream keeps its times whatever its start, reordering and delays", (first, interval, groups, delays) => {
  const tally = new Tally();
  const timeline = new Timeline(90_000, tally);
  let atMs = 0;
  let lastDecode = Number.NEGATIVE_INFINITY;
  order(groups).forEach((n, at) => {
    atMs = Math.max(atMs, (at * interval) / 90 + delays[at % 10]!);
    const { presentation, decode } = timeline.place((first + n * interval) % 2 ** 32, atMs);
    expect(presentation).toBe(n * interval);
    expect(decode).toBeGreaterThan(lastDecode);
    lastDecode = decode;
  });
  expect(tally.counts).toEqual({});
});

prop.prop([
  fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 100_000 })), {
    maxLength: 200,
  }),
])("whatever a camera stamps, decode times grow and presentation stays with them", (pictures) => {
  const timeline = new Timeline(90_000, new Tally());
  let atMs = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const [timestamp, waitMs] of pictures) {
    atMs += waitMs;
    const { presentation, decode } = timeline.place(timestamp, atMs);
    expect(decode).toBeGreaterThan(last);
    // Never hours away: within what arrival allows, and reordering.
    expect(Math.abs(presentation - (atMs - pictures[0]![1]) * 90)).toBeLessThan((atMs + 10_000) * 90);
    last = decode;
  }
});
