import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId } from "@overt/core";
import { type Codec, H264_NAL, H265_NAL, nalType } from "@overt/media/codec";
import { type AccessUnit, VideoReceiver } from "@overt/media/rtp";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ConnectLimiter } from "../../apps/recorder/src/camera/connect-limiter.ts";
import { CameraConnection, type CameraState } from "../../apps/recorder/src/camera/connection.ts";
import { type Encoded, encode, has } from "./encode.ts";
import type { ForeignServer } from "./foreign-server.ts";
import { gstreamerMissing, startGstreamer } from "./gstreamer.ts";
import { interleaved } from "./interleave.ts";
import { startVlc, vlcMissing } from "./vlc.ts";

const ffmpegMissing = has("ffmpeg") ? "" : "no ffmpeg";
const STREAMS = [
  { codec: "h264", bFrames: 0 },
  { codec: "h264", bFrames: 2 },
  { codec: "h265", bFrames: 0 },
  { codec: "h265", bFrames: 2 },
] as const;

let folder: string;
let server: ForeignServer | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "overt-interop-"));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(gstreamerMissing || ffmpegMissing)(
  `GStreamer's RTSP server${skipped(gstreamerMissing || ffmpegMissing)}`,
  () => {
    test.each(STREAMS)(
      "sends the recorder the NAL units of its file: $codec with $bFrames B pictures",
      async (stream) => {
        const { encoded, file } = videoFile(stream);
        server = await startGstreamer({ file, codec: stream.codec });
        const units = await watch(server.url, stream.codec, 80);
        expectPicturesOf(encoded, units);
      },
    );
  },
);

describe.skipIf(vlcMissing || ffmpegMissing)(`VLC${skipped(vlcMissing || ffmpegMissing)}`, () => {
  test.each(STREAMS)(
    "sends the recorder the NAL units of its file: $codec with $bFrames B pictures",
    async (stream) => {
      const { encoded, file } = videoFile(stream);
      server = await interleaved(await startVlc({ file, codec: stream.codec }));
      const units = await watch(server.url, stream.codec, 40);
      expectPicturesOf(encoded, units);
    },
  );

  test("rtsp-12: sends over UDP only, and the recorder says what to change instead of hammering", async () => {
    const { file } = videoFile(STREAMS[0]);
    server = await startVlc({ file, codec: "h264" });
    const state = await refusal(server.url);
    expect(state.cause).toBe("camera_unreachable");
    expect(state.error).toMatchObject({ code: "TRANSPORT_REFUSED", hint: expect.stringContaining("TCP") });
  });
});

function skipped(reason: string): string {
  return reason && ` [skipped: ${reason}]`;
}

/** Two seconds, so that a server that serves in a loop is seen to begin again. */
function videoFile({ codec, bFrames }: (typeof STREAMS)[number]): { encoded: Encoded; file: string } {
  const encoded = encode({ codec, bFrames, seconds: 2 });
  const file = join(folder, `${codec}-${bFrames}.mp4`);
  writeFileSync(file, encoded.file);
  return { encoded, file };
}

/** The first pictures that the recorder's own connection and receiver make of a stream. */
async function watch(url: string, codec: Codec, pictures: number): Promise<AccessUnit[]> {
  const units: AccessUnit[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let receiver: VideoReceiver | undefined;
  const connection = connectionTo(url, {
    onDescribed: (video) => {
      expect(video.codec).toBe(codec);
      receiver = new VideoReceiver({
        ...video,
        clockRate: video.clockRateHz,
        onAccessUnit: (unit) => {
          units.push(unit);
          if (units.length === pictures) resolve();
        },
      });
    },
    onRtp: (packet) => receiver?.rtp(packet, performance.now()),
    onRtcp: (packet) => receiver?.rtcp(packet, performance.now()),
    onState: ({ error }) => error && reject(error),
  });
  connection.start();
  try {
    await promise;
  } finally {
    await connection.stop();
  }
  return units.slice(0, pictures);
}

async function refusal(url: string): Promise<CameraState> {
  const { promise, resolve } = Promise.withResolvers<CameraState>();
  const nothing = () => {};
  const events = { onDescribed: nothing, onRtp: nothing, onRtcp: nothing };
  const connection = connectionTo(url, { ...events, onState: (state) => state.error && resolve(state) });
  connection.start();
  const state = await promise;
  await connection.stop();
  return state;
}

type Events = Pick<ConstructorParameters<typeof CameraConnection>[0], "onDescribed" | "onRtp" | "onRtcp" | "onState">;

function connectionTo(url: string, events: Events): CameraConnection {
  return new CameraConnection({
    ...events,
    camera: cameraId("foreign"),
    which: "main",
    url,
    limiter: new ConnectLimiter(),
    random: () => 0,
  });
}

/** From a key picture on, the very NAL units of the file, again and again; their decode times always grow. */
function expectPicturesOf({ init, runs }: Encoded, units: readonly AccessUnit[]): void {
  const file = runs.flat().map(({ nals }) => hashes(init.codec, nals));
  const seen = units.map(({ nals }) => hashes(init.codec, nals));
  const start = file.findIndex((picture) => picture.at(-1) === seen[0]?.at(-1));
  expect(start).toBeGreaterThanOrEqual(0);
  expect(seen).toEqual(seen.map((_, index) => file[(start + index) % file.length]));
  expect(units[0]?.key).toBe(true);
  expect(units.map(({ key }) => key)).toEqual(units.map((_, index) => runs.flat()[(start + index) % file.length]?.key));
  expect(units[0]?.format.parameterSets).toEqual(init.parameterSets);
  expect(units.every(({ dts }, index) => index === 0 || dts > units[index - 1]!.dts)).toBe(true);
}

/** Without parameter sets and delimiters: the file has them in its header, and servers add them to pictures. */
function hashes(codec: Codec, nals: readonly Uint8Array[]): string[] {
  const { sps, pps, aud } = codec === "h264" ? H264_NAL : H265_NAL;
  const framing = new Set<number>([sps, pps, aud, ...(codec === "h265" ? [H265_NAL.vps] : [])]);
  return nals
    .filter((nal) => !framing.has(nalType(codec, nal)))
    .map((nal) => createHash("sha256").update(nal).digest("hex").slice(0, 16));
}
