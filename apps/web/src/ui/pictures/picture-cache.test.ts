import { cameraId, instant } from "@overt/core";
import type { Picture } from "@overt/link";
import { expect, test } from "vitest";
import { PictureCache } from "./picture-cache.ts";

const picture = (at: number, key = at % 1000 === 0): Picture => ({
  camera: cameraId("gate"),
  stream: 1,
  at: instant(at),
  key,
  blank: false,
  accessUnit: new Uint8Array(),
});
const pictures = (from: number, to: number): Picture[] =>
  Array.from({ length: (to - from) / 100 }, (_, i) => picture(from + i * 100));
const times = (list: readonly Picture[]): number[] => list.map(({ at }) => at);

test("a picture is decoded from its own key picture on", () => {
  const cache = new PictureCache();
  cache.add(instant(2000), instant(4000), pictures(2000, 4000));
  const wanted = cache.atOrBefore(instant(3250));
  expect(wanted?.at).toBe(3200);
  expect(times(cache.groupUpTo(wanted as Picture))).toEqual([3000, 3100, 3200]);
});

test("overlapping reads hold each picture once, and their spans join", () => {
  const cache = new PictureCache();
  cache.add(instant(0), instant(2000), pictures(0, 2000));
  cache.add(instant(1500), instant(3000), pictures(1000, 3000));
  expect(times(cache.between(instant(900), instant(1200)))).toEqual([1000, 1100, 1200]);
  expect(cache.coveredTo(instant(100))).toBe(3000);
});

test("an empty span is known to be empty, so that nobody asks for it again", () => {
  const cache = new PictureCache();
  cache.add(instant(0), instant(1000), []);
  expect(cache.covers(instant(500))).toBe(true);
  expect(cache.after(instant(0))).toBeNull();
});

test("memory stays bounded while playing on, and what is kept can be decoded", () => {
  const cache = new PictureCache();
  for (let at = 0; at < 1_000_000; at += 10_000)
    cache.add(instant(at), instant(at + 10_000), pictures(at, at + 10_000));
  const first = cache.after(instant(-1)) as Picture;
  expect(first.at).toBeGreaterThan(800_000);
  expect(first.key).toBe(true);
  expect(cache.covers(instant(999_000))).toBe(true);
  expect(cache.covers(instant(1_000))).toBe(false);
});
