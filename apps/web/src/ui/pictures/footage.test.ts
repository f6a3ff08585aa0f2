import { cameraId, type Instant, instant, type Span } from "@overt/core";
import type { Picture, Timeline } from "@overt/link";
import { expect, test } from "vitest";
import { Footage, type FootageSource } from "./footage.ts";

const CAMERA = cameraId("gate");
const NOW = 10_000_000;

/** A camera with a picture every `stepMs`, a key picture each 2 s, recorded in `spans` only. */
class FakeSource implements FootageSource {
  readonly reads: Span[] = [];
  readonly spans: readonly (readonly [number, number])[];
  readonly #stepMs: number;
  clock = NOW;

  constructor(spans: readonly (readonly [number, number])[], stepMs = 100) {
    this.spans = spans;
    this.#stepMs = stepMs;
  }

  now = (): Instant => instant(this.clock);

  async timeline(_camera: unknown, from: Instant, to: Instant): Promise<Timeline> {
    const segments = this.spans
      .filter(([a, b]) => b > from && a < to)
      .map(([a, b]) => ({
        ...{ from: instant(Math.max(a, from)), to: instant(Math.min(b, to)) },
        ...{ startsOnKeyPicture: true, clockOffsetMs: null },
      }));
    return { anonymised: { segments, gaps: [] }, original: { segments: [], gaps: [] }, away: [] };
  }

  async read(_camera: unknown, from: Instant, to: Instant, pictures: (picture: Picture) => void): Promise<void> {
    this.reads.push({ from, to });
    const keyMs = Math.max(2_000, this.#stepMs);
    for (const [a, b] of this.spans)
      for (let at = a; at < b; at += this.#stepMs)
        if (at >= Math.max(a, from - ((from - a) % keyMs)) && at < to && b > from)
          pictures({
            camera: CAMERA,
            stream: 1,
            at: instant(at),
            key: (at - a) % keyMs === 0,
            blank: false,
            accessUnit: new Uint8Array(),
          });
  }
}

const footage = (source: FakeSource): Footage => new Footage(source, CAMERA);
const at = (n: number): Instant => instant(n);

test("a moment is shown by the picture that stood at it", async () => {
  const found = await footage(new FakeSource([[0, NOW]])).at(at(5_000_050));
  expect(found).toMatchObject({ picture: { at: 5_000_000 }, gap: null, newest: false });
});

test("a moment in a gap is shown by the next picture, and the gap is named", async () => {
  const source = new FakeSource([
    [4_000_000, 5_000_000],
    [5_060_000, NOW],
  ]);
  const found = await footage(source).at(at(5_030_000));
  expect(found).toMatchObject({ picture: { at: 5_060_000 }, gap: { from: 5_000_000, to: 5_060_000 } });
});

test("what was looked at before is never taken for what is asked for now", async () => {
  const source = new FakeSource([
    [4_000_000, 5_000_000],
    [5_060_000, NOW],
  ]);
  const one = footage(source);
  await one.at(at(4_990_000));
  expect((await one.at(at(5_020_000)))?.picture.at).toBe(5_060_000);
  expect((await one.at(at(4_700_000)))?.picture.at).toBe(4_700_000);
});

test("after the last picture the newest is shown, and said to be the newest", async () => {
  const found = await footage(new FakeSource([[4_000_000, 9_000_000]])).at(at(9_500_000));
  expect(found).toMatchObject({ picture: { at: 8_999_900 }, newest: true });
});

test("a camera that never recorded has no picture", async () => {
  expect(await footage(new FakeSource([])).at(at(9_000_000))).toBeNull();
});

test("stepping goes picture by picture over the border of reads, of groups and of gaps, either way", async () => {
  const source = new FakeSource([
    [4_000_000, 5_000_000],
    [5_060_000, NOW],
  ]);
  const one = footage(source);
  const there: number[] = [];
  let found = await one.at(at(4_988_000));
  while (found && found.picture.at < 5_061_000) {
    there.push(found.picture.at);
    found = await one.after(found.picture.at);
  }
  const back: number[] = [];
  found = await one.before(at(5_061_000));
  while (found && found.picture.at >= 4_988_000) {
    back.push(found.picture.at);
    found = await one.before(found.picture.at);
  }
  expect(there.length).toBe(120 + 10);
  expect(back.reverse()).toEqual(there);
});

test("every picture that is found can be decoded", async () => {
  const one = footage(new FakeSource([[4_000_000, NOW]]));
  const found = await one.before(at(5_001_100));
  expect(one.group(found?.picture as Picture).map((each) => each.at)[0]).toBe(5_000_000);
});

test("a stream that goes on after a gap without a key picture is shown from its next key picture on", async () => {
  const source = new FakeSource([
    [4_000_000, 5_000_000],
    [5_060_000, NOW],
  ]);
  const whole = source.read.bind(source);
  source.read = (camera, from, to, pictures) =>
    whole(camera, from, to, (picture) => pictures(picture.at === 5_060_000 ? { ...picture, key: false } : picture));
  const one = footage(source);
  expect((await one.after(at(4_999_900)))?.picture.at).toBe(5_062_000);
  expect((await one.at(at(5_060_500)))?.picture.at).toBe(5_062_000);
  expect((await one.before(at(5_062_000)))?.picture.at).toBe(4_999_900);
  expect(one.due(at(4_999_800), at(5_062_000)).map((each) => each.at)).toEqual([4_999_900, 5_062_000]);
});

test("a stretch that the index begins a little late hides none of its pictures", async () => {
  const source = new FakeSource([
    [4_000_000, 5_000_000],
    [5_060_000, NOW],
  ]);
  const exact = source.timeline.bind(source);
  source.timeline = async (camera, from, to) => {
    const timeline = await exact(camera, from, to);
    const late = timeline.anonymised.segments.map((each) => ({ ...each, from: at(each.from + 3) }));
    return { ...timeline, anonymised: { ...timeline.anonymised, segments: late } };
  };
  const one = footage(source);
  expect(await one.at(at(5_060_000))).toMatchObject({ picture: { at: 5_060_000 }, gap: null });
  expect((await one.after(at(4_999_900)))?.picture.at).toBe(5_060_000);
  expect((await one.after(at(5_060_000)))?.picture.at).toBe(5_060_100);
});

test("stills that come seldom are no gap", async () => {
  const one = footage(new FakeSource([[4_000_000, NOW]], 10_000));
  const first = await one.at(at(5_005_000));
  expect(first).toMatchObject({ picture: { at: 5_000_000 }, gap: null });
  expect(await one.after(at(5_000_000))).toMatchObject({ picture: { at: 5_010_000 }, gap: null });
});

test("a gap of days is stepped over", async () => {
  const source = new FakeSource([
    [0, 1_000_000],
    [1_000_000_000, 1_001_000_000],
  ]);
  source.clock = 1_001_000_000;
  const one = footage(source);
  expect(await one.after(at(999_900))).toMatchObject({
    picture: { at: 1_000_000_000 },
    gap: { from: 1_000_000, to: 1_000_000_000 },
  });
  expect((await one.before(at(1_000_000_000)))?.picture.at).toBe(999_900);
});

test("the newest seconds are asked for again, since they may still be on their way to the disk", async () => {
  const spans: [number, number][] = [[4_000_000, NOW - 1_500]];
  const source = new FakeSource(spans);
  const one = footage(source);
  expect((await one.at(at(NOW)))?.picture.at).toBe(NOW - 1_600);
  (spans[0] as [number, number])[1] = NOW + 500;
  source.clock = NOW + 2_000;
  expect((await one.after(at(NOW - 1_600)))?.picture.at).toBe(NOW - 1_500);
});
