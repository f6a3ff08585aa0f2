import { fc, test } from "@fast-check/vitest";
import { concatBytes, fromHex, OvertError } from "@overt/core";
import { describe, expect } from "vitest";
import { box, fullBox, u16, u32, zeros } from "./boxes.ts";
import { fragment } from "./fragment.ts";
import { initSegment } from "./init.ts";
import { readFragment } from "./read-fragment.ts";
import { readInit } from "./read-init.ts";
import { splitFragments } from "./split.ts";

const INIT = initSegment({
  codec: "h265",
  width: 176,
  height: 144,
  parameterSets: {
    vps: [fromHex("40010c01ffff01600000030090000003000003003c959809")],
    sps: [fromHex("42010101600000030090000003000003003ca0162024596566924caf016808000003000800000300c840")],
    pps: [fromHex("4401c172b46240")],
  },
});
const FRAGMENT = fragment({
  sequence: 1,
  baseDecodeTime: 90_000,
  samples: [3, 1, 2].map((size, index) => ({
    nals: [new Uint8Array(size * 9).fill(size), new Uint8Array(5).fill(7)],
    durationTicks: 3_600,
    compositionOffsetTicks: index * 3_600 - 3_600,
    key: index === 0,
  })),
});
const FILE = concatBytes([INIT, FRAGMENT, FRAGMENT]);

/** Bytes of a valid input with some replaced, the end cut, or a stretch repeated. */
const damaged = (bytes: Uint8Array) =>
  fc
    .record({
      flips: fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }),
      words: fc.array(
        fc.tuple(fc.nat(bytes.length - 4), fc.constantFrom(0, 1, 8, 0x7fffffff, 0x80000000, 0xffffffff)),
        {
          maxLength: 3,
        },
      ),
      end: fc.oneof(fc.constant(bytes.length), fc.nat(bytes.length)),
      repeat: fc.option(fc.tuple(fc.nat(bytes.length), fc.nat(64))),
    })
    .map(({ flips, words, end, repeat }) => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      for (const [at, value] of flips) copy[at] = value;
      for (const [at, value] of words) view.setUint32(at, value);
      const [from, length] = repeat ?? [0, 0];
      return concatBytes([copy.subarray(0, end), copy.subarray(from, from + length)]);
    });

function readAll(bytes: Uint8Array): void {
  for (const read of [readInit, splitFragments]) refusesOrReads(() => read(bytes));
  for (const nalLengthBytes of [1, 2, 4] as const)
    refusesOrReads(() => {
      const { samples } = readFragment(bytes, { nalLengthBytes });
      const given = samples.reduce((sum, { data }) => sum + data.length, 0);
      expect(given).toBeLessThanOrEqual(bytes.length);
    });
}

function refusesOrReads(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof OvertError) || error.code !== "FMP4_INVALID") throw error;
  }
}

describe("whatever the bytes, the readers answer or refuse with FMP4_INVALID", () => {
  test.prop([damaged(INIT)], { numRuns: 3_000 })("a damaged header", readAll);
  test.prop([damaged(FRAGMENT)], { numRuns: 3_000 })("a damaged fragment", readAll);
  test.prop([damaged(FILE)], { numRuns: 2_000 })("a damaged file", readAll);
  test.prop([fc.uint8Array({ maxLength: 400 })])("noise", readAll);
});

test("every cut of a fragment and of a header is refused", () => {
  for (let end = 0; end < FRAGMENT.length; end++)
    expect(() => readFragment(FRAGMENT.subarray(0, end))).toThrow(OvertError);
  for (let end = 0; end < INIT.length; end++) expect(() => readInit(INIT.subarray(0, end))).toThrow(OvertError);
});

const TFHD = fullBox("tfhd", 0, 0x020000, u32(1));
const TFDT = fullBox("tfdt", 0, 0, u32(500));
/** Two samples of one NAL unit each: lengths 3 and 2. */
const MDAT = box("mdat", fromHex("00000003aabbcc"), fromHex("00000002ddee"));

/** A fragment as another program would write it. `runs` get the offset of the data behind `moof`'s first byte. */
function foreign(tfhd: Uint8Array, runs: (data: number) => Uint8Array[], tfdt: Uint8Array = TFDT): Uint8Array {
  const moof = (data: number) => box("moof", fullBox("mfhd", 0, 0, u32(9)), box("traf", tfhd, tfdt, ...runs(data)));
  return concatBytes([box("styp", zeros(8)), moof(moof(0).length + 8), MDAT]);
}

test("runs with defaults, first-sample flags and no offsets are read as the specification says", () => {
  const tfhd = fullBox("tfhd", 0, 0x020028, u32(1, 1_000, 0x10000));
  const bytes = foreign(tfhd, (data) => [
    fullBox("trun", 0, 0x000205, u32(1, data, 0x02000000, 7)),
    fullBox("trun", 0, 0x000200, u32(1, 6)),
  ]);
  expect(readFragment(bytes)).toMatchObject({
    sequence: 9,
    baseDecodeTime: 500,
    samples: [
      { nals: [fromHex("aabbcc")], durationTicks: 1_000, compositionOffsetTicks: 0, key: true },
      { nals: [fromHex("ddee")], durationTicks: 1_000, compositionOffsetTicks: 0, key: false },
    ],
  });
});

test("what neither run nor track fragment says comes from the header", () => {
  const bytes = foreign(TFHD, (data) => [fullBox("trun", 0, 0x000201, u32(2, data, 7, 6))]);
  const defaults = { durationTicks: 40, sizeBytes: 0, flags: 0x10000 };
  const { samples } = readFragment(bytes, { defaults });
  expect(samples.map(({ durationTicks, key }) => ({ durationTicks, key }))).toEqual([
    { durationTicks: 40, key: false },
    { durationTicks: 40, key: false },
  ]);
});

test("runs that claim the same bytes twice are refused, so that little input cannot become much output", () => {
  const twice = (data: number) => [1, 2].map(() => fullBox("trun", 0, 0x000201, u32(1, data, 7)));
  expect(() => readFragment(foreign(TFHD, twice))).toThrow(/within the one before it/);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    "four thousand million samples of no bytes",
    foreign(TFHD, (d) => [fullBox("trun", 0, 1, u32(0xffffffff, d))]),
    /no bytes/,
  ],
  ["data before mdat", foreign(TFHD, () => [fullBox("trun", 0, 0x201, u32(1, 0, 7))]), /outside of mdat/],
  ["data behind mdat", foreign(TFHD, (d) => [fullBox("trun", 0, 0x201, u32(1, d + 13, 7))]), /bytes end/],
  ["a NAL length beyond its sample", foreign(TFHD, (d) => [fullBox("trun", 0, 0x201, u32(1, d, 5))]), /bytes end/],
  ["an offset into some file", foreign(fullBox("tfhd", 0, 1, u32(1, 0, 0)), () => []), /some file/],
  ["no run", foreign(TFHD, () => []), /no sample/],
  ["no decode time", foreign(TFHD, () => [], zeros(0)), /"tfdt"/],
  ["two fragments", concatBytes([FRAGMENT, FRAGMENT]), /Two fragments/],
  ["mdat first", concatBytes([MDAT, FRAGMENT]), /mdat/],
])("a fragment with %s is refused", (_, bytes, reason) => {
  expect(() => readFragment(bytes)).toThrow(reason);
});

test("a track that the caller did not ask for is not read", () => {
  expect(() => readFragment(FRAGMENT, { trackId: 2 })).toThrow(/nothing of the track/);
});

test("NAL lengths of three bytes are refused", () => {
  const bytes = INIT.slice();
  const at = Buffer.from(bytes).indexOf("hvcC") + 4 + 21;
  bytes[at] = (bytes[at]! & 0xfc) | 2;
  expect(() => readInit(bytes)).toThrow(/3 bytes/);
});

test("arrays of other NAL units in hvcC are passed over, empty parameter sets refused", () => {
  const at = Buffer.from(INIT).indexOf("hvcC") + 4 + 23;
  const withVpsAs = (type: number) => INIT.with(at, type);
  expect(readInit(withVpsAs(0x80 | 39)).parameterSets.vps).toEqual([]);
  expect(() => readInit(INIT.with(at + 4, 0))).toThrow(/no bytes/);
});

test("a header whose only track is sound is refused", () => {
  const hdlr = fullBox("hdlr", 0, 0, u32(0), new TextEncoder().encode("soun"), zeros(12), zeros(1));
  const mdia = box("mdia", fullBox("mdhd", 0, 0, u32(0, 0, 48_000, 0), u16(0, 0)), hdlr);
  expect(() => readInit(box("moov", box("trak", mdia)))).toThrow(/no H.264 or H.265 track/);
});

test("a file is cut into its header and fragments, and back together is the same file", () => {
  const { init, fragments } = splitFragments(FILE);
  expect(init).toEqual(INIT);
  expect(fragments).toEqual([FRAGMENT, FRAGMENT]);
  expect(() => splitFragments(FRAGMENT)).toThrow(/no header/);
  expect(() => splitFragments(concatBytes([INIT, INIT]))).toThrow(/two headers/);
});

test("boxes with a 64-bit size, or reaching to the end, are read", () => {
  const run = (data: number) => [fullBox("trun", 0, 0x000201, u32(2, data, 7, 6))];
  const content = MDAT.subarray(8);
  const before = foreign(TFHD, run).slice(0, -MDAT.length);
  const toTheEnd = concatBytes([before, u32(0), MDAT.subarray(4, 8), content]);
  const stypBytes = 16;
  const wideHeaderBytes = 16;
  new DataView(before.buffer).setInt32(before.length - 12, before.length - stypBytes + wideHeaderBytes);
  const wide = concatBytes([before, u32(1), MDAT.subarray(4, 8), u32(0, wideHeaderBytes + content.length), content]);
  for (const bytes of [toTheEnd, wide])
    expect(readFragment(bytes).samples.map(({ nals }) => nals)).toEqual([[fromHex("aabbcc")], [fromHex("ddee")]]);
  expect(() => readFragment(concatBytes([before, u32(1), MDAT.subarray(4, 8), u32(0x200000, 0)]))).toThrow(/2⁵³/);
});
