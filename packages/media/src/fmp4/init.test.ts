import { fromHex, toHex } from "@overt/core";
import { describe, expect, test } from "vitest";
import { codecString, type ParameterSets, parseSps } from "../codec/index.ts";
import type { Fmp4Format } from "./format.ts";
import { initSegment } from "./init.ts";
import { readInit } from "./read-init.ts";

interface Vector {
  readonly name: string;
  readonly format: Fmp4Format;
  /** The decoder configuration record that FFmpeg 5.1 wrote for the same stream. */
  readonly record: string;
  readonly codecString: string;
}

const sets = (sps: string, pps: string, vps?: string): ParameterSets => ({
  vps: vps ? [fromHex(vps)] : [],
  sps: [fromHex(sps)],
  pps: [fromHex(pps)],
});
const picture = (codec: "h264" | "h265", parameterSets: ParameterSets): Fmp4Format => ({
  codec,
  width: 176,
  height: 144,
  parameterSets,
});

const H264 = sets("6764000bacd942c4ec0440000003004000000c83c50a6580", "68eae3cb22c0");
const H265 = sets(
  "42010101600000030090000003000003003ca0162024596566924caf016808000003000800000300c840",
  "4401c172b46240",
  "40010c01ffff01600000030090000003000003003c959809",
);

/** Streams of libx264 and libx265. */
const VECTORS: readonly Vector[] = [
  {
    name: "H.264 Constrained Baseline",
    format: picture("h264", sets("6742c00bda0b13b011000003000100000300320f142aa0", "68ce0fc8")),
    record: "0142c00bffe100176742c00bda0b13b011000003000100000300320f142aa001000468ce0fc8",
    codecString: "avc1.42c00b",
  },
  {
    name: "H.264 High",
    format: picture("h264", H264),
    record: "0164000bffe100186764000bacd942c4ec0440000003004000000c83c50a658001000668eae3cb22c0fdf8f800",
    codecString: "avc1.64000b",
  },
  {
    name: "H.264 High 4:2:2 in 10 bits",
    format: picture("h264", sets("677a000bb6cd942c4ec044000003000400000300c83c50a658", "68eae3cb22c0")),
    record: "017a000bffe10019677a000bb6cd942c4ec044000003000400000300c83c50a65801000668eae3cb22c0fefafa00",
    codecString: "avc1.7a000b",
  },
  {
    name: "H.265 Main",
    format: picture("h265", H265),
    record:
      "0101600000009000000000003cf000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003003c959809" +
      "a10001002a42010101600000030090000003000003003ca0162024596566924caf016808000003000800000300c840" +
      "a2000100074401c172b46240",
    codecString: "hvc1.1.6.L60.90",
  },
  {
    name: "H.265 4:2:2 in 10 bits with two temporal layers",
    format: picture(
      "h265",
      sets(
        "4201020408000003009d0800000300003c0000b01620244d965662b349265780b4040000030004000003006420",
        "4401c172b46240",
        "40010c02ffff0408000003009d0800000300003c00009598acc048",
      ),
    ),
    record:
      "0104080000009d08000000003cf000fcfefafa00001303a00001001b40010c02ffff0408000003009d0800000300003c00009598acc048" +
      "a10001002d4201020408000003009d0800000300003c0000b01620244d965662b349265780b4040000030004000003006420" +
      "a2000100074401c172b46240",
    codecString: "hvc1.4.10.L60.9D.8",
  },
];

describe.each(VECTORS)("the header of $name", ({ format, record, codecString: expected }) => {
  const bytes = initSegment(format, 12_800);

  test("carries the configuration record that FFmpeg writes", () => {
    const at = Buffer.from(bytes).indexOf(format.codec === "h264" ? "avcC" : "hvcC");
    expect(toHex(bytes.subarray(at + 4, at + 4 + record.length / 2))).toBe(record);
  });

  test("is read back as it was", () => {
    expect(readInit(bytes)).toEqual({
      ...format,
      sampleEntry: format.codec === "h264" ? "avc1" : "hvc1",
      timescale: 12_800,
      trackId: 1,
      nalLengthBytes: 4,
      defaults: { durationTicks: 0, sizeBytes: 0, flags: 0 },
    });
  });

  test("mse-01: its codec string is computed from the parameter sets in it", () => {
    const sps = parseSps(format.codec, readInit(bytes).parameterSets.sps[0]!);
    expect(sps && codecString(sps)).toBe(expected);
  });
});

test("several parameter sets of a kind all stand in the header", () => {
  const two = (nals: readonly Uint8Array[]) => [...nals, ...nals];
  for (const format of [picture("h264", H264), picture("h265", H265)]) {
    const { vps, sps, pps } = format.parameterSets;
    const parameterSets = { vps: two(vps), sps: two(sps), pps: two(pps) };
    expect(readInit(initSegment({ ...format, parameterSets })).parameterSets).toEqual(parameterSets);
  }
});

test("rtp-17: an H.264 SPS that ends behind its level still makes a header, without the part we cannot know", () => {
  const parameterSets = { ...H264, sps: [fromHex("6764001f")] };
  const bytes = initSegment(picture("h264", parameterSets));
  expect(readInit(bytes).parameterSets).toEqual(parameterSets);
  expect(toHex(bytes)).toContain("0164001fffe100046764001f01000668eae3cb22c0");
});

test.each<[string, Fmp4Format]>([
  ["no SPS", picture("h264", { ...H264, sps: [] })],
  ["no PPS", picture("h264", { ...H264, pps: [] })],
  ["an SPS of one byte", picture("h264", { ...H264, sps: [fromHex("67")] })],
  ["an SPS of over 64 KiB", picture("h264", { ...H264, sps: [new Uint8Array(65_536).fill(0x67)] })],
  ["more SPS than avcC can count", picture("h264", { ...H264, sps: Array(32).fill(H264.sps[0]) })],
  ["no VPS", picture("h265", { ...H265, vps: [] })],
  ["an H.265 SPS without its profile", picture("h265", { ...H265, sps: [fromHex("420101016000")] })],
  ["no width", { ...picture("h264", H264), width: 0 }],
  ["a height over 16 bits", { ...picture("h264", H264), height: 65_536 }],
])("a format with %s is refused", (_, format) => {
  expect(() => initSegment(format)).toThrow(expect.objectContaining({ code: "FMP4_INVALID" }));
});

test("a timescale that no clock has is refused", () => {
  for (const timescale of [0, 0.5, 2 ** 32, Number.NaN])
    expect(() => initSegment(picture("h264", H264), timescale)).toThrow(/timescale/);
});
