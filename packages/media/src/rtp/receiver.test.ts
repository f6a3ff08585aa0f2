import { execFileSync } from "node:child_process";
import { toHex } from "@overt/core";
import { describe, expect, test } from "vitest";
import { splitAnnexB } from "../codec/annex-b.ts";
import { type Codec, nalPlace, nalType, startsPicture } from "../codec/nal.ts";
import { aggregateOf, payloadsOf, rtpPacket } from "./packetize.ts";
import { type AccessUnit, VideoReceiver } from "./receiver.ts";

const encode = (codec: Codec, ...options: string[]): Uint8Array[] =>
  splitAnnexB(
    execFileSync(
      "ffmpeg",
      [
        ...["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2"],
        ...["-c:v", codec === "h264" ? "libx264" : "libx265", "-preset", "ultrafast", "-g", "25", ...options],
        ...(codec === "h265" ? ["-x265-params", "log-level=none:pools=1"] : []),
        ...["-f", codec === "h264" ? "h264" : "hevc", "-"],
      ],
      { maxBuffer: 1 << 26 },
    ),
  );

/** NAL units of each picture. */
function pictures(codec: Codec, nals: readonly Uint8Array[]): Uint8Array[][] {
  const units: Uint8Array[][] = [[]];
  let slice = false;
  for (const nal of nals) {
    const place = nalPlace(codec, nalType(codec, nal));
    if (slice && (place === "head" || (place === "slice" && startsPicture(codec, nal)))) {
      units.push([]);
      slice = false;
    }
    if (place === "slice") slice = true;
    units.at(-1)!.push(nal);
  }
  return units;
}

describe.each(["h264", "h265"] as const)("%s as ffmpeg makes it", (codec) => {
  const units = pictures(codec, encode(codec));

  test.each(["fragments", "aggregated heads"])("comes out picture by picture and byte for byte (%s)", (how) => {
    const got: AccessUnit[] = [];
    const sizes: string[] = [];
    const receiver = new VideoReceiver({
      codec,
      clockRate: 90_000,
      payloadType: 96,
      onAccessUnit: (unit) => got.push(unit),
      onFormat: (format) => sizes.push(`${format.width}x${format.height}`),
    });
    let sequence = 65_500;
    units.forEach((nals, n) => {
      const slices = nals.filter((nal) => nalPlace(codec, nalType(codec, nal)) === "slice");
      const heads = nals.filter((nal) => !slices.includes(nal));
      const payloads =
        how === "fragments" || heads.length === 0
          ? nals.flatMap((nal) => payloadsOf(codec, nal, 500))
          : [aggregateOf(codec, heads), ...slices.flatMap((nal) => payloadsOf(codec, nal, 500))];
      payloads.forEach((payload, at) => {
        const marker = at === payloads.length - 1;
        receiver.rtp(rtpPacket({ sequence: sequence++, timestamp: 3_000_000_000 + n * 3600, marker }, payload), n * 40);
      });
    });
    expect(got.map((unit) => unit.nals.map(toHex))).toEqual(units.map((nals) => nals.map(toHex)));
    expect(got.map((unit) => unit.rtpTime)).toEqual(units.map((_, n) => n * 3600));
    expect(got.flatMap((unit, n) => (unit.key ? [n] : []))).toEqual([0, 25]);
    expect(sizes).toEqual(["320x180"]);
    expect(receiver.tolerated).toEqual({});
  });
});
