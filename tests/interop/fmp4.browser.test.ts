import { codecString, parseSps } from "@overt/media/codec";
import type { ReadInit } from "@overt/media/fmp4";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "./chromium.ts";
import { type Encoded, encode, has, rewrite } from "./encode.ts";
import { type Play, playInPage } from "./media-source.ts";

const executablePath = findChromium();
const missing = [executablePath ? [] : ["no chromium"], has("ffmpeg") ? [] : ["no ffmpeg"]].flat().join(", ");
const RATE = 90_000;

/** H.264 only: Debian's Chromium has no H.265 decoder. */
describe.skipIf(missing)(`fMP4 in Chromium's MediaSource${missing && ` [skipped: ${missing}]`}`, () => {
  let browser: Browser;
  let page: Page;
  let plain: Encoded;
  beforeAll(async () => {
    plain = encode({ codec: "h264" });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    page = await browser.newPage();
  });
  afterAll(() => browser?.close());

  const play = (pieces: readonly Uint8Array[], more: Partial<Play> = {}, init: ReadInit = plain.init) =>
    page.evaluate(playInPage, {
      type: typeOf(init),
      pieces: pieces.map((bytes) => Buffer.from(bytes).toString("base64")),
      offsetSeconds: 0,
      seekTo: [],
      ...more,
    });

  test("mse-01: the browser says that it can play the type we compute", async () => {
    expect(await page.evaluate((type) => MediaSource.isTypeSupported(type), typeOf(plain.init))).toBe(true);
  });

  test("rtp-13: each picture of a stream with B pictures is shown at its own time", async () => {
    const reordered = encode({ codec: "h264", bFrames: 2 });
    const times = presentationTimes(reordered);
    const { init, fragments } = rewrite(reordered);
    const seekTo = times.map((time) => time + 0.02);
    const { error, ranges, shown } = await play([init, ...fragments], { seekTo }, reordered.init);
    expect(error).toBeNull();
    expect(ranges).toEqual([[times[0], expect.closeTo(times[0]! + 4, 3)]]);
    expect(shown.map(({ atSeconds }) => atSeconds)).toEqual(times.map((time) => expect.closeTo(time, 4)));
  });

  test.each([
    ["mse-03: over the point where 32 bits end", 2 ** 32 - 2 * RATE],
    ["mse-03: after 20 hours", 20 * 3_600 * RATE],
    ["mse-03: with decode times of the wall clock", (Date.UTC(2026, 10, 25) / 1_000) * RATE],
    ["mse-04: with first times far from zero", 3_000_000_000],
  ])("%s the player's timeline starts where it was told, without a seam", async (_, base) => {
    const { init, fragments } = rewrite(plain, base);
    const offsetSeconds = -base / RATE;
    const { error, ranges, durationSeconds, shown } = await play([init, ...fragments], {
      offsetSeconds,
      seekTo: [0.5, 1.98, 2.02, 3.5],
    });
    expect(error).toBeNull();
    expect(ranges).toEqual([[expect.closeTo(0, 3), expect.closeTo(4, 3)]]);
    expect(durationSeconds).toBeCloseTo(4, 3);
    expect(shown.map(({ atSeconds }) => atSeconds)).toEqual([0.48, 1.96, 2, 3.48].map((at) => expect.closeTo(at, 3)));
  });

  test("mse-11: what comes before the first key picture is dropped, because the flags say what it is", async () => {
    const [first = [], ...rest] = plain.runs;
    const headless = rewrite({ ...plain, runs: [first.slice(1), ...rest] }, 3_600);
    const { error, ranges, shown } = await play([headless.init, ...headless.fragments], { seekTo: [1.5] });
    expect(error).toBeNull();
    expect(ranges).toEqual([[expect.closeTo(1, 3), expect.closeTo(4, 3)]]);
    expect(shown[0]?.atSeconds).toBeCloseTo(1.48, 3);
  });

  test("rtp-15, mse-09: a new header in mid-stream changes the size without a hole", async () => {
    const large = encode({ codec: "h264", size: "640x360" });
    const [before, after] = [rewrite(plain), rewrite(large, 4 * RATE)];
    const pieces = [before.init, ...before.fragments, after.init, ...after.fragments];
    const { error, ranges, shown } = await play(pieces, { seekTo: [3.98, 4.02, 2, 7.5] });
    expect(error).toBeNull();
    expect(ranges).toEqual([[expect.closeTo(0, 3), expect.closeTo(8, 3)]]);
    expect(shown.map(({ width, height }) => `${width}×${height}`)).toEqual([
      "320×240",
      "640×360",
      "320×240",
      "640×360",
    ]);
  });
});

function typeOf({ codec, parameterSets }: ReadInit): string {
  const sps = parseSps(codec, parameterSets.sps[0]!);
  if (!sps) throw new Error("The encoder's SPS cannot be read.");
  return `video/mp4; codecs="${codecString(sps)}"`;
}

/** In seconds, in the order of showing. */
function presentationTimes({ init, runs }: Encoded): number[] {
  let decodeTicks = 0;
  const times = runs.flat().map(({ durationTicks, compositionOffsetTicks }) => {
    const ticks = decodeTicks + compositionOffsetTicks;
    decodeTicks += durationTicks;
    return ticks / init.timescale;
  });
  return times.sort((a, b) => a - b);
}
