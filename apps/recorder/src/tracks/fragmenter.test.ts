import { fc, test as propertyTest } from "@fast-check/vitest";
import { instant } from "@overt/core";
import { expect, test } from "vitest";
import { Fragmenter, FRAGMENT_MS, type PictureRun, type TrackPicture } from "./fragmenter.ts";

const picture = (ms: number, key = false): TrackPicture => ({
  nals: [Uint8Array.of(key ? 0x65 : 0x41)],
  key,
  decodeTicks: ms * 90,
  compositionOffsetTicks: 0,
  at: instant(1_000_000 + ms),
});

function cut(pictures: readonly TrackPicture[]): PictureRun[] {
  const fragmenter = new Fragmenter();
  const runs = pictures.flatMap((each) => fragmenter.push(each));
  const last = fragmenter.flush();
  return last ? [...runs, last] : runs;
}

test("a run ends before a key picture, so that a segment can begin there", () => {
  const runs = cut([picture(0, true), picture(100), picture(200, true), picture(300)]);
  expect(runs.map((run) => run.pictures.length)).toEqual([2, 2]);
  expect(runs[1]?.pictures[0]?.key).toBe(true);
});

test("a camera with a key picture every four minutes is cut every second all the same", () => {
  const runs = cut(Array.from({ length: 100 }, (_, n) => picture(n * 100, n === 0)));
  expect(runs.length).toBe(12);
  for (const run of runs) expect(run.durationMs).toBeLessThanOrEqual(FRAGMENT_MS);
});

test("a picture's duration is the time to the next one, across runs too", () => {
  const runs = cut([picture(0, true), picture(40), picture(120, true), picture(160)]);
  expect(runs.flatMap((run) => run.pictures.map((each) => each.durationTicks / 90))).toEqual([40, 80, 40, 40]);
});

test("the last picture before silence borrows the duration before it", () => {
  const runs = cut([picture(0, true), picture(70)]);
  expect(runs[0]?.pictures.map((each) => each.durationTicks / 90)).toEqual([70, 70]);
});

propertyTest.prop([fc.array(fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.boolean()), { maxLength: 200 })])(
  "no picture is lost, doubled or reordered, and no run is longer than a fragment but by one picture",
  (steps) => {
    let ms = 0;
    const pictures = steps.map(([step, key]) => {
      ms += step;
      return picture(ms, key);
    });
    const runs = cut(pictures);
    expect(runs.flatMap((run) => run.pictures.map((each) => each.decodeTicks))).toEqual(
      pictures.map((each) => each.decodeTicks),
    );
    for (const run of runs) {
      const span = ((run.pictures.at(-1)?.decodeTicks ?? 0) - (run.pictures[0]?.decodeTicks ?? 0)) / 90;
      expect(span).toBeLessThan(FRAGMENT_MS);
    }
  },
);
