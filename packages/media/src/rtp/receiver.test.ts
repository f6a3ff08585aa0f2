import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@overt/core";
import { describe, expect, test } from "vitest";
import { splitAnnexB } from "../codec/annex-b.ts";
import { type Codec, nalPlace, nalType, startsPicture } from "../codec/nal.ts";
import { aggregateOf, payloadsOf, rtpPacket } from "./packetize.ts";
import { type AccessUnit, VideoReceiver } from "./receiver.ts";
import { parseRtcp } from "./rtcp.ts";
import { announced, SampleStream, SETS, setsOf, slice } from "./sample-stream.ts";

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

const hex = (unit: AccessUnit | undefined): string[] => (unit?.nals ?? []).map(toHex);

/** A stream with two B pictures between others, and when each picture is shown, in decoding order. */
function encodeReordered(codec: Codec): { nals: Uint8Array[]; order: number[] } {
  const directory = mkdtempSync(join(tmpdir(), "overt-rtp-"));
  const file = join(directory, "reordered.mp4");
  const [encoder, format] = codec === "h264" ? ["libx264", "h264"] : ["libx265", "hevc"];
  const parameters = "log-level=none:pools=1:bframes=2:b-adapt=0:open-gop=1:keyint=12:min-keyint=12:scenecut=0";
  const chosen = codec === "h264" ? ["-bf", "2", "-b_strategy", "0", "-g", "10"] : ["-x265-params", parameters];
  const source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2", "-pix_fmt", "yuv420p"];
  try {
    execFileSync("ffmpeg", [
      "-v",
      "error",
      ...source,
      "-c:v",
      encoder!,
      ...chosen,
      "-video_track_timescale",
      "25",
      file,
    ]);
    const times = execFileSync("ffprobe", ["-v", "error", "-show_entries", "packet=pts", "-of", "csv=p=0", file]);
    const copy = ["-v", "error", "-i", file, "-c", "copy", "-bsf:v", `${format}_mp4toannexb`, "-f", format!, "-"];
    const nals = splitAnnexB(execFileSync("ffmpeg", copy, { maxBuffer: 1 << 26 }));
    return { nals, order: times.toString().trim().split("\n").map(Number) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.each(["h264", "h265"] as const)("%s with reordered pictures, as ffmpeg makes it", (codec) => {
  const { nals, order } = encodeReordered(codec);
  const units = pictures(codec, nals);

  test("rtp-13: is given in decoding order with decode times that are never late", () => {
    const stream = new SampleStream(codec);
    units.forEach((unit, n) => {
      const timestamp = 4_294_900_000 + order[n]! * 3600;
      const payloads = unit.flatMap((nal) => payloadsOf(codec, nal));
      payloads.forEach((payload, at) => {
        stream.send(payload, timestamp, at === payloads.length - 1);
      });
      stream.nowMs += 40;
    });
    expect(stream.units.map((unit) => unit.rtpTime / 3600)).toEqual(order);
    expect(stream.units.map(hex)).toEqual(units.map((unit) => unit.map(toHex)));
    expect(Math.max(...order.map((shown, n) => n - shown))).toBeGreaterThan(0);
    stream.units.forEach((unit, n) => {
      expect(unit.dts).toBeLessThanOrEqual(unit.rtpTime);
      expect(unit.dts).toBeGreaterThan(stream.units[n - 1]?.dts ?? Number.NEGATIVE_INFINITY);
    });
    expect(stream.receiver.tolerated).toEqual({});
  });
});

const firstSets = (units: readonly (readonly Uint8Array[])[]) => {
  const of = (type: number) => units[0]!.filter((nal) => nalType("h265", nal) === type);
  return { vps: of(32), sps: of(33), pps: of(34) };
};

test("an H.265 stream joined at a CRA leaves out the pictures that need what came before it", () => {
  const { nals, order } = encodeReordered("h265");
  const units = pictures("h265", nals);
  const stream = new SampleStream("h265", { parameterSets: firstSets(units) });
  const cra = units.findIndex((unit, n) => n > 0 && unit.some((nal) => nalType("h265", nal) === 21));
  expect(cra).toBeGreaterThan(0);
  units.slice(cra - 2).forEach((unit, n) => {
    stream.picture(unit, 90_000 + order[cra - 2 + n]! * 3600);
  });
  expect(stream.units[0]?.key).toBe(true);
  expect(stream.units.every((unit) => unit.rtpTime >= 0)).toBe(true);
  expect(stream.receiver.tolerated["leading-picture-skipped"]).toBeGreaterThan(0);
  expect(stream.units.length).toBeGreaterThan(5);
});

test("a second slice is the same picture's, with SEI between them and a marker at the end only", () => {
  const stream = new SampleStream("h264");
  const sei = Uint8Array.of(6, 5, 1, 9, 0x80);
  const nals = [...setsOf("h264"), slice("h264", "key"), sei, slice("h264", "key", 30, true)];
  stream.picture(nals, 0);
  stream.plain(3600);
  expect(stream.units.map(hex)).toEqual([nals.map(toHex), [toHex(slice("h264", "plain"))]]);
});

test("an H.265 picture that shares its timestamp with the one before is still another", () => {
  const stream = new SampleStream("h265", { parameterSets: announced("h265") });
  stream.send(slice("h265", "key"), 0);
  stream.send(slice("h265", "key", 9, true), 0);
  stream.send(slice("h265", "plain"), 0, true);
  expect(stream.units.map((unit) => unit.nals.length)).toEqual([2, 1]);
  expect(stream.units[1]!.dts).toBeGreaterThan(stream.units[0]!.dts);
});

test("leading pictures that refer back over a loss are marked as behind it, though their key picture is not", () => {
  const stream = new SampleStream("h265");
  const [cra, rasl] = [slice("h265", "key"), slice("h265", "plain")];
  cra[0] = 21 << 1;
  rasl[0] = 9 << 1;
  stream.key(0);
  stream.lose();
  stream.picture([cra], 7200);
  stream.picture([rasl], 3600);
  stream.plain(10_800);
  expect(stream.units.map((unit) => unit.afterLoss)).toEqual([false, false, true, false]);
});

test("a camera that marks each slice loses one picture, and is then read by timestamps", () => {
  const stream = new SampleStream("h264", { parameterSets: announced("h264") });
  for (let n = 0; n < 5; n++) {
    stream.send(slice("h264", "key", 20), n * 3600, true);
    stream.send(slice("h264", "key", 30, true), n * 3600, true);
  }
  stream.receiver.flush();
  expect(stream.units.slice(1).map((unit) => unit.nals.length)).toEqual([2, 2, 2, 2]);
  expect(stream.receiver.tolerated).toEqual({ "marker-inside-picture": 1 });
});

test("a picture that lost a packet is dropped, those behind it are marked until the next key picture", () => {
  const stream = new SampleStream("h264");
  stream.key(0);
  stream.send(slice("h264", "plain", 40), 3600);
  stream.lose(2);
  stream.send(slice("h264", "plain", 40, true), 3600, true);
  stream.plain(7200);
  stream.key(10_800);
  stream.plain(14_400);
  expect(stream.units.map((unit) => [unit.rtpTime, unit.afterLoss])).toEqual([
    [0, false],
    [7200, true],
    [10_800, false],
    [14_400, false],
  ]);
  expect(stream.losses).toEqual([{ packets: 2, receivedAtMs: 5_040 }]);
  expect(stream.receiver.statistics).toEqual({ packets: 10, lostPackets: 2, pictures: 4, damagedPictures: 1 });
});

test("packets lost between pictures cost no picture that came whole", () => {
  const stream = new SampleStream("h264");
  stream.key(0);
  stream.lose(3);
  stream.plain(10_800);
  expect(stream.units.map((unit) => unit.afterLoss)).toEqual([false, true]);
});

test("packets of another payload type are not the track's", () => {
  const stream = new SampleStream("h264");
  stream.key(0);
  const foreign = (sequence: number): void =>
    stream.receiver.rtp(rtpPacket({ sequence, timestamp: 5, payloadType: 8 }, slice("h264", "plain")), stream.nowMs);
  // With numbers of its own, and with those of the track, as all types of one source should have.
  foreign(9);
  foreign(stream.sequence++);
  stream.plain(3600);
  expect(stream.units.map((unit) => unit.afterLoss)).toEqual([false, false]);
  expect(stream.receiver.tolerated).toEqual({ "payload-type-foreign": 2 });
  expect(stream.receiver.statistics.lostPackets).toBe(0);
});

describe("sender reports", () => {
  const utc = Date.UTC(2026, 10, 25, 3, 0, 0);
  const report = (atMs: number, rtpTimestamp: number, ssrc = 0x1234abcd): Uint8Array => {
    const bytes = new Uint8Array(28);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x80c80006);
    view.setUint32(4, ssrc);
    view.setUint32(8, Math.floor(atMs / 1000) + 2_208_988_800);
    view.setUint32(12, ((atMs % 1000) / 1000) * 2 ** 32);
    view.setUint32(16, rtpTimestamp % 2 ** 32);
    return bytes;
  };

  test("give pictures the camera's wall clock, over the 32-bit wrap and from before the first picture", () => {
    const stream = new SampleStream("h264");
    const first = 2 ** 32 - 7200;
    stream.send(slice("h264", "plain"), first - 3600, true);
    stream.receiver.rtcp(report(utc, first), stream.nowMs);
    stream.key(first);
    for (let n = 1; n < 5; n++) stream.plain(first + n * 3600);
    expect(stream.units.map((unit) => unit.ntpMs)).toEqual([0, 1, 2, 3, 4].map((n) => utc + n * 40));
  });

  test("rtp-12: that step move the wall clock, are told, and leave RTP time alone", () => {
    const stream = new SampleStream("h264");
    stream.key(0);
    for (let n = 1; n < 100; n++) {
      const stepMs = n < 30 ? 0 : n < 60 ? -3_000 : 7_200_000;
      if (n % 10 === 0) stream.receiver.rtcp(report(utc + n * 40 + stepMs, n * 3600), stream.nowMs);
      stream.plain(n * 3600);
    }
    expect(stream.steps.map((step) => Math.round(step.stepMs))).toEqual([-3_000, 7_203_000]);
    expect(stream.units.map((unit) => unit.rtpTime)).toEqual(stream.units.map((_, n) => n * 3600));
    expect(stream.units[0]?.ntpMs).toBeNull();
    expect(Math.round(stream.units[99]!.ntpMs!)).toBe(utc + 99 * 40 + 7_200_000);
  });

  test("rtp-18: of unknown sources are ignored and counted", () => {
    const stream = new SampleStream("h264");
    stream.key(0);
    stream.receiver.rtcp(report(utc, 0, 99), stream.nowMs);
    stream.plain(3600);
    expect(stream.units[1]?.ntpMs).toBeNull();
    expect(stream.receiver.tolerated).toEqual({ "ssrc-foreign": 1 });
  });

  test("are answered by reports that echo them", () => {
    const stream = new SampleStream("h264");
    expect(stream.receiver.receiverReport(1, 0)).toBeNull();
    stream.key(0);
    stream.receiver.rtcp(report(utc, 0), stream.nowMs);
    const answer = stream.receiver.receiverReport(0x01020304, stream.nowMs + 2_000)!;
    const view = new DataView(answer.buffer);
    expect([view.getUint32(4), view.getUint32(8)]).toEqual([0x01020304, 0x1234abcd]);
    expect(view.getUint32(24)).toBe((((utc / 1000 + 2_208_988_800) % 65_536) * 65_536) >>> 0);
    expect(view.getUint32(28)).toBe(2 * 65_536);
    expect(parseRtcp(answer).broken).toBe(false);
  });
});

test("a goodbye gives the picture that waits and lets another source follow at once", () => {
  const stream = new SampleStream("h264", { parameterSets: announced("h264") });
  stream.send(slice("h264", "key"), 0);
  stream.send(slice("h264", "plain"), 3600);
  stream.receiver.rtcp(Uint8Array.of(0x81, 203, 0, 1, 0x12, 0x34, 0xab, 0xcd), stream.nowMs);
  expect([stream.units.length, stream.goodbyes]).toEqual([2, 1]);
  const other = { payloadType: 96, ssrc: 5, timestamp: 90_000 };
  for (let n = 0; n < 6; n++)
    stream.receiver.rtp(rtpPacket({ ...other, sequence: n, marker: true }, slice("h264", "key")), stream.nowMs);
  expect(stream.units.length).toBeGreaterThan(2);
});

test("the end of a session gives no part of a picture whose marker is yet to come", () => {
  const stream = new SampleStream("h264");
  stream.key(0);
  stream.send(slice("h264", "plain"), 3600);
  stream.receiver.flush();
  expect(stream.units).toHaveLength(1);
});

test("an IDR in fields of one timestamp is one access unit", () => {
  const stream = new SampleStream("h264");
  const nals = [...setsOf("h264"), slice("h264", "key", 20), slice("h264", "key", 25)];
  stream.picture(nals, 0);
  expect(stream.units.map(hex)).toEqual([nals.map(toHex)]);
});

test("the interleaved mode's packets are taken in order of arrival, counted", () => {
  const stream = new SampleStream("h264", { parameterSets: announced("h264") });
  const nal = slice("h264", "key", 10);
  const sized = (extra: number[]) => Uint8Array.of(0, nal.length, ...extra, ...nal);
  stream.send(Uint8Array.of(25, 0, 1, ...sized([])), 0, true);
  stream.send(Uint8Array.of(26, 0, 1, ...sized([0, 0, 0])), 3600, true);
  stream.send(Uint8Array.of(27, 0, 1, ...sized([0, 0, 0, 0])), 7200, true);
  stream.send(Uint8Array.of(29, 0x85, 0, 1, ...nal.subarray(1, 5)), 10_800);
  stream.send(Uint8Array.of(28, 0x45, ...nal.subarray(5)), 10_800, true);
  const plain = toHex(nal);
  expect(stream.units.slice(0, 3).map(hex)).toEqual([[plain], [plain], [plain]]);
  expect(stream.units[3]?.nals[0]?.subarray(1)).toEqual(nal.subarray(1));
  expect(stream.receiver.tolerated["interleaved-mode"]).toBe(4);
});

test("a PACI packet's unit is taken out of it", () => {
  const stream = new SampleStream("h265", { parameterSets: announced("h265") });
  const nal = slice("h265", "key", 10);
  const fields = (20 << 9) | (3 << 4);
  stream.send(Uint8Array.of(50 << 1, 1, fields >> 8, fields & 0xff, 9, 9, 9, ...nal.subarray(2)), 0, true);
  expect(stream.units.map(hex)).toEqual([[toHex(nal)]]);
  expect(stream.receiver.tolerated).toEqual({ paci: 1 });
});

test("parameter sets outlive the pictures they came with", () => {
  const stream = new SampleStream("h264");
  stream.picture([SETS.h264.sps, SETS.h264.pps, slice("h264", "key", 60_000)], 0);
  const { sps } = stream.formats[0]!.parameterSets;
  expect(sps[0]?.buffer.byteLength).toBe(SETS.h264.sps.length);
});
