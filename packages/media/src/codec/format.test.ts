import { execFileSync } from "node:child_process";
import { fc, test as prop } from "@fast-check/vitest";
import { fromHex } from "@overt/core";
import { describe, expect, test } from "vitest";
import { splitAnnexB } from "./annex-b.ts";
import { codecString } from "./codec-string.ts";
import { parseSps, sameDecoder, videoFormat } from "./format.ts";
import { type Codec, H264_NAL, H265_NAL, nalType } from "./nal.ts";
import type { Sps } from "./sps.ts";

const h264 = (hex: string) => parseSps("h264", fromHex(hex));
const h265 = (hex: string) => parseSps("h265", fromHex(hex));

/** The SPS of a fraction of a second of ffmpeg's test picture. */
function encodedSps(codec: Codec, size: string, options: readonly string[]): Sps | null {
  const stream = execFileSync(
    "ffmpeg",
    [
      ...["-v", "error", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25:duration=0.2`, "-threads", "1"],
      ...["-c:v", codec === "h264" ? "libx264" : "libx265", "-preset", "ultrafast", ...options],
      ...["-f", codec === "h264" ? "h264" : "hevc", "-"],
    ],
    { maxBuffer: 1 << 26 },
  );
  const type = codec === "h264" ? H264_NAL.sps : H265_NAL.sps;
  const nal = splitAnnexB(stream).find((unit) => nalType(codec, unit) === type);
  return nal ? parseSps(codec, nal) : null;
}

describe("rtp-17: an H.264 SPS", () => {
  test.each([
    ["320x180", ["-profile:v", "baseline", "-pix_fmt", "yuv420p"], { profile: 66, maxReorder: 0 }],
    ["322x182", ["-bf", "2", "-pix_fmt", "yuv420p"], { profile: 77, maxReorder: 2, chromaFormat: 1 }],
    ["322x182", ["-pix_fmt", "yuv444p", "-bf", "0"], { profile: 244, chromaFormat: 3, maxReorder: 0 }],
    ["322x182", ["-pix_fmt", "yuv422p10", "-bf", "0"], { profile: 122, chromaFormat: 2, bitDepthLuma: 10 }],
    ["322x184", ["-pix_fmt", "yuv420p", "-flags", "+ildct+ilme"], { chromaFormat: 1 }],
    ["322x182", ["-pix_fmt", "yuv420p", "-x264-params", "cqm=jvt:8x8dct=1"], { profile: 100 }],
    ["322x182", ["-pix_fmt", "gray"], { profile: 100, chromaFormat: 0 }],
  ])("of %s with %j is read whole", (size, options, facts) => {
    const [width, height] = size.split("x").map(Number);
    const expected = { codec: "h264", width, height, frameRate: 25, unparsed: null, ...facts };
    expect(encodedSps("h264", size, options)).toMatchObject(expected);
  });

  test("that ends in its VUI still says what matters", () => {
    const whole = h264("6742c028da01e0089f97011000000300100000030320f1832a");
    const cut = h264("6742c028da01e0089f97011000");
    expect(cut).toMatchObject({ width: 1920, height: 1080, level: 40, unparsed: "VUI" });
    expect(whole).toMatchObject({ width: 1920, height: 1080, level: 40, unparsed: null });
  });

  test("whose size cannot be read is none", () => {
    expect(h264("6742c028da")).toBeNull();
    expect(h264("67")).toBeNull();
  });
});

describe("rtp-17: an H.265 SPS", () => {
  test.each([
    ["320x180", "", "yuv420p", { profile: 1, maxReorder: 2, bitDepthLuma: 8 }],
    ["322x182", "bframes=0", "yuv420p", { profile: 1, maxReorder: 0 }],
    ["322x182", "scaling-list=default", "yuv420p10", { profile: 2, bitDepthLuma: 10, bitDepthChroma: 10 }],
    ["322x182", "temporal-layers=3:bframes=4:b-adapt=0", "yuv420p", { temporalIdNesting: true }],
    ["322x182", "hrd=1:vbv-bufsize=900:vbv-maxrate=900", "yuv420p", { tier: 0 }],
    ["322x182", "", "yuv444p", { profile: 4, chromaFormat: 3 }],
  ])("of %s with %s %s is read whole", (size, parameters, pixels, facts) => {
    const [width, height] = size.split("x").map(Number);
    const options = [
      "-pix_fmt",
      pixels,
      "-x265-params",
      ["log-level=none", "pools=1", parameters].filter(Boolean).join(":"),
    ];
    const expected = { codec: "h265", width, height, frameRate: 25, unparsed: null, ...facts };
    expect(encodedSps("h265", size, options)).toMatchObject(expected);
  });
});

describe("mse-01: the codec string", () => {
  test.each([
    ["674d401feca02802dd80880000030008000003019078c18cb0", "avc1.4d401f"],
    ["6742c028da01e0089f97011000000300100000030320f1832a", "avc1.42c028"],
    ["67f4000c919681419f8dc044000003000400000300c83c50aa80", "avc1.f4000c"],
  ])("of an H.264 SPS %s is %s", (sps, wanted) => {
    expect(codecString(h264(sps)!)).toBe(wanted);
  });

  test.each([
    ["420101016000000300900000030000030078a003c0801107cb965654a4e1780b4040000003004000000642", "hvc1.1.6.L120.90"],
    // Level 4.1, Main 10, no constraint bytes but the first.
    ["42010102200000030090000003000003007ba003c08010e5965654a4", "hvc1.2.4.L123.90"],
    // High tier, and constraint bytes with a zero in the middle (ISO/IEC 14496-15 E.3: only those at the end go).
    ["420101216000000300b00005000003007ba003c08010e5965654a4", "hvc1.1.6.H123.B0.0.5"],
    // Profile space 2 and every compatibility bit.
    [
      "420101 81 ffffffff b0b0b0b0b0b0 5d a003c08010e5965654a4".replaceAll(" ", ""),
      "hvc1.B1.FFFFFFFF.L93.B0.B0.B0.B0.B0.B0",
    ],
  ])("of an H.265 SPS %s is %s", (sps, wanted) => {
    expect(codecString(h265(sps)!)).toBe(wanted);
  });
});

test("a format needs an SPS, a PPS and, in H.265, a VPS (sdp-02)", () => {
  const sps = [fromHex("6742c028da01e0089f97011000000300100000030320f1832a")];
  const pps = [fromHex("68ce0fc8")];
  expect(videoFormat("h264", { vps: [], sps, pps: [] })).toBeNull();
  expect(videoFormat("h264", { vps: [], sps, pps })).toMatchObject({ width: 1920, height: 1080 });
  const other = videoFormat("h264", { vps: [], sps, pps: [fromHex("68ce0472")] })!;
  expect(sameDecoder(videoFormat("h264", { vps: [], sps, pps })!, other)).toBe(true);
  const smaller = [fromHex("674d401feca02802dd80880000030008000003019078c18cb0")];
  expect(sameDecoder(videoFormat("h264", { vps: [], sps: smaller, pps })!, other)).toBe(false);
});

prop.prop([fc.constantFrom<Codec>("h264", "h265"), fc.uint8Array({ maxLength: 120 })], { numRuns: 2_000 })(
  "no bytes make the SPS readers throw or give a size out of bounds",
  (codec, bytes) => {
    const sps = parseSps(codec, bytes);
    if (sps) {
      expect(Math.min(sps.width, sps.height)).toBeGreaterThan(0);
      expect(Math.max(sps.width, sps.height)).toBeLessThanOrEqual(16_384);
      expect(codecString(sps)).toMatch(
        codec === "h264" ? /^avc1\.[0-9a-f]{6}$/ : /^hvc1\.[ABC]?\d+\.[0-9A-F]+\.[LH]\d+/,
      );
    }
  },
);
