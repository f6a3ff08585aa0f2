import { spawnSync } from "node:child_process";
import { codecString, parseSps } from "@overt/media/codec";
import { readFragment } from "@overt/media/fmp4";
import { createFile, MP4BoxBuffer } from "mp4box";
import { beforeAll, describe, expect, test } from "vitest";
import { type Encoded, encode, has, rewrite } from "./encode.ts";

const FFMPEG = has("ffmpeg") && has("ffprobe");
const TWENTY_HOURS_S = 20 * 3_600;

interface Packet {
  readonly pts: number;
  readonly dts: number;
  readonly duration: number;
  readonly flags: string;
  readonly size: string;
  readonly data_hash: string;
}

describe.skipIf(!FFMPEG).each([
  { codec: "h264", bFrames: 0 },
  { codec: "h264", bFrames: 2 },
  { codec: "h265", bFrames: 0 },
  { codec: "h265", bFrames: 2 },
] as const)(
  `$codec with $bFrames B pictures in a row${FFMPEG ? "" : " [skipped: no ffmpeg]"}`,
  ({ codec, bFrames }) => {
    let encoded: Encoded;
    let file: Buffer;
    beforeAll(() => {
      encoded = encode({ codec, bFrames });
      const { init, fragments } = rewrite(encoded);
      file = Buffer.concat([init, ...fragments]);
    });

    test("ffprobe finds the packets of FFmpeg's own file, to the bit and the tick, and decodes them all", () => {
      const ours = ffprobe(file);
      expect(ours.words).toBe("");
      expect(ours.streams).toEqual([
        expect.objectContaining({ codec_name: codec === "h264" ? "h264" : "hevc", width: 320, height: 240 }),
      ]);
      expect(ours.streams[0]?.nb_read_frames).toBe("100");
      expect(ours.packets).toHaveLength(100);
      expect(ours.packets).toEqual(ffprobe(encoded.file).packets);
      expect(ours.packets.some(({ pts, dts }) => pts !== dts)).toBe(bFrames > 0);
    });

    test("mp4box.js finds each picture, its times and what it can start from", () => {
      const { codec: string, samples } = readWithMp4box(file);
      const sps = parseSps(codec, encoded.init.parameterSets.sps[0]!);
      expect(string).toBe(sps && codecString(sps));
      let dts = 0;
      const expected = encoded.runs.flat().map(({ data, durationTicks, compositionOffsetTicks, key }) => {
        const sample = {
          dts,
          cts: dts + compositionOffsetTicks,
          duration: durationTicks,
          size: data.length,
          is_sync: key,
        };
        dts += durationTicks;
        return sample;
      });
      expect(samples).toEqual(expected);
    });

    test("mse-03: after 20 hours of running both still find the times", () => {
      const base = TWENTY_HOURS_S * encoded.init.timescale;
      const { init, fragments } = rewrite(encoded, base);
      const late = Buffer.concat([init, ...fragments]);
      expect(ffprobe(late).packets.map(({ dts }) => dts - base)).toEqual(ffprobe(file).packets.map(({ dts }) => dts));
      expect(readWithMp4box(late).samples[0]?.dts).toBe(base);
    });

    test("what is read back from our file are the pictures that went in", () => {
      const { fragments } = rewrite(encoded);
      expect(fragments.map((bytes) => readFragment(bytes).samples)).toEqual(encoded.runs);
    });

    test("rtp-13: negative composition offsets show each picture earlier by as much in both", () => {
      const earlier = 700;
      const runs = encoded.runs.map((run) =>
        run.map((sample) => ({ ...sample, compositionOffsetTicks: sample.compositionOffsetTicks - earlier })),
      );
      const { init, fragments } = rewrite({ ...encoded, runs }, 51_200);
      const early = Buffer.concat([init, ...fragments]);
      const expected = ffprobe(file).packets.map(({ pts }) => pts + 51_200 - earlier);
      // FFmpeg shows a whole track later by its most negative offset, so that none is shown before it is decoded.
      const shift = Math.max(0, ...runs.flat().map(({ compositionOffsetTicks }) => -compositionOffsetTicks));
      const found = ffprobe(early);
      expect(found.words).toBe("");
      expect(found.packets.map(({ pts }) => pts - shift)).toEqual(expected);
      expect(readWithMp4box(early).samples.map(({ cts }) => cts)).toEqual(expected);
    });
  },
);

function ffprobe(file: Uint8Array) {
  const entries = "packet=pts,dts,duration,flags,size,data_hash:stream=codec_name,width,height,nb_read_frames";
  const { stdout, stderr } = spawnSync(
    "ffprobe",
    ["-v", "warning", "-count_frames", "-show_entries", entries, "-show_data_hash", "md5", "-of", "json", "pipe:0"],
    { input: file, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" },
  );
  const found: { packets: Packet[]; streams: { nb_read_frames: string }[] } = JSON.parse(stdout);
  return { ...found, words: stderr };
}

function readWithMp4box(file: Uint8Array) {
  const reader = createFile();
  const copy = new ArrayBuffer(file.length);
  new Uint8Array(copy).set(file);
  reader.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copy, 0));
  reader.flush();
  const track = reader.getInfo().tracks[0];
  if (!track) throw new Error("mp4box.js found no track.");
  const samples = reader
    .getTrackSamplesInfo(track.id)
    .map(({ dts, cts, duration, size, is_sync }) => ({ dts, cts, duration, size, is_sync }));
  return { codec: track.codec, samples };
}
