import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { type Fragment, fragment, fragmentSize, writeFragment } from "./fragment.ts";
import { readFragment } from "./read-fragment.ts";

const nal = fc.uint8Array({ minLength: 1, maxLength: 60 });
const sample = fc.record({
  nals: fc.array(nal, { minLength: 1, maxLength: 4 }),
  durationTicks: fc.nat(0xffffffff),
  compositionOffsetTicks: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  key: fc.boolean(),
});
const anyFragment: fc.Arbitrary<Fragment> = fc.record({
  sequence: fc.nat(0xffffffff),
  baseDecodeTime: fc.maxSafeNat(),
  samples: fc.array(sample, { minLength: 1, maxLength: 30 }),
});

const picture = (more: Partial<Fragment["samples"][number]> = {}) => ({
  nals: [Uint8Array.of(0x65, 1, 2, 3)],
  durationTicks: 3_600,
  compositionOffsetTicks: 0,
  key: true,
  ...more,
});
const onePicture = (more: Partial<Fragment> = {}): Fragment => ({
  sequence: 1,
  baseDecodeTime: 0,
  samples: [picture()],
  ...more,
});

test.prop([anyFragment])("what was written is read back to the bit", (written) => {
  const read = readFragment(fragment(written));
  const samples = read.samples.map(({ data: _, ...rest }) => rest);
  expect({ ...read, samples }).toEqual(written);
});

test.prop([anyFragment, fc.nat(50)])("is the same wherever in a buffer it is written", (written, offset) => {
  const room = new Uint8Array(offset + fragmentSize(written) + 7).fill(0xaa);
  const end = writeFragment(written, room, offset);
  expect(room.subarray(offset, end)).toEqual(fragment(written));
  expect(room.subarray(0, offset).every((byte) => byte === 0xaa)).toBe(true);
  expect(room.subarray(end)).toEqual(new Uint8Array(7).fill(0xaa));
});

test("mse-03: decode times over 32 bits stand in a tfdt of version 1, small ones too", () => {
  const twentyHours = 20 * 3_600 * 90_000;
  const wallClock = Date.UTC(2026, 10, 25) * 90;
  for (const baseDecodeTime of [0, 2 ** 32 - 1, 2 ** 32, twentyHours, wallClock, Number.MAX_SAFE_INTEGER]) {
    const bytes = fragment(onePicture({ baseDecodeTime }));
    const tfdt = Buffer.from(bytes).indexOf("tfdt");
    expect(bytes[tfdt + 4]).toBe(1);
    expect(new DataView(bytes.buffer).getBigUint64(tfdt + 8)).toBe(BigInt(baseDecodeTime));
    expect(readFragment(bytes).baseDecodeTime).toBe(baseDecodeTime);
  }
});

test("mse-03: a decode time over 2⁵³ is refused, written or read", () => {
  expect(() => fragment(onePicture({ baseDecodeTime: 2 ** 53 }))).toThrow(/decode time/);
  const bytes = fragment(onePicture());
  new DataView(bytes.buffer).setBigUint64(Buffer.from(bytes).indexOf("tfdt") + 8, 2n ** 53n);
  expect(() => readFragment(bytes)).toThrow(/2⁵³/);
});

test("mse-11: the sample flags of a fragment that starts on no key picture say so", () => {
  const bytes = fragment(onePicture({ samples: [picture({ key: false }), picture()] }));
  const trun = Buffer.from(bytes).indexOf("trun");
  const view = new DataView(bytes.buffer);
  const flagsOf = (index: number) => view.getUint32(trun + 16 + index * 16 + 8);
  expect(flagsOf(0)).toBe(0x01010000);
  expect(flagsOf(1)).toBe(0x02000000);
  expect(readFragment(bytes).samples.map(({ key }) => key)).toEqual([false, true]);
});

test("rtp-13: only negative composition offsets make a trun of version 1", () => {
  const versionWith = (offsets: number[]) => {
    const samples = offsets.map((compositionOffsetTicks) => picture({ compositionOffsetTicks }));
    const bytes = fragment(onePicture({ samples }));
    return bytes[Buffer.from(bytes).indexOf("trun") + 4];
  };
  expect(versionWith([0, 7_200, 3_600])).toBe(0);
  expect(versionWith([0, 7_200, -3_600])).toBe(1);
});

test.each<[string, Partial<Fragment>]>([
  ["no picture", { samples: [] }],
  ["a picture without NAL units", { samples: [picture({ nals: [] })] }],
  ["an empty NAL unit", { samples: [picture({ nals: [new Uint8Array()] })] }],
  ["a negative decode time", { baseDecodeTime: -1 }],
  ["half a tick", { baseDecodeTime: 0.5 }],
  ["a negative duration", { samples: [picture({ durationTicks: -1 })] }],
  ["a composition offset over 31 bits", { samples: [picture({ compositionOffsetTicks: 2 ** 31 })] }],
  ["a sequence over 32 bits", { sequence: 2 ** 32 }],
])("refuses %s", (_, wrong) => {
  expect(() => fragment(onePicture(wrong))).toThrow(expect.objectContaining({ code: "FMP4_INVALID" }));
});

test("refuses to write beyond the buffer", () => {
  expect(() => writeFragment(onePicture(), new Uint8Array(50), 0)).toThrow(/does not fit/);
});
