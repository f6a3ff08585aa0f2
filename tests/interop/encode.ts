import { spawnSync } from "node:child_process";
import {
  fragment,
  initSegment,
  type ReadInit,
  type ReadSample,
  readFragment,
  readInit,
  splitFragments,
} from "@overt/media/fmp4";

/** A stream that FFmpeg encoded, taken apart; times in ticks of `init.timescale`. */
export interface Encoded {
  readonly init: ReadInit;
  /** Runs of pictures, each from one key picture to the next. */
  readonly runs: readonly (readonly ReadSample[])[];
  /** The fragmented MP4 as FFmpeg wrote it. */
  readonly file: Uint8Array;
}

export interface EncodeOptions {
  readonly codec: "h264" | "h265";
  readonly size?: string;
  readonly seconds?: number;
  readonly framesPerSecond?: number;
  readonly bFrames?: number;
}

/** Encodes FFmpeg's moving test picture with a key picture each second. */
export function encode(options: EncodeOptions): Encoded {
  const { codec, size = "320x240", seconds = 4, framesPerSecond: fps = 25, bFrames = 0 } = options;
  const encoder = codec === "h264" ? ["libx264", "-tag:v", "avc1"] : ["libx265", "-tag:v", "hvc1"];
  const group = `keyint=${fps}:min-keyint=${fps}:scenecut=0:bframes=${bFrames}`;
  const encodedBytes = ffmpeg([
    ...["-f", "lavfi", "-i", `testsrc2=s=${size}:r=${fps}:d=${seconds}`, "-pix_fmt", "yuv420p"],
    ...["-c:v", ...encoder, "-preset", "ultrafast"],
    ...(codec === "h264" ? ["-x264-params", group] : ["-x265-params", `${group}:open-gop=0:info=0:log-level=0`]),
    ...[
      "-video_track_timescale",
      "90000",
      "-movflags",
      "empty_moov+default_base_moof+frag_keyframe",
      "-f",
      "mp4",
      "pipe:1",
    ],
  ]);
  const file = new Uint8Array(encodedBytes);
  const parts = splitFragments(file);
  const init = readInit(parts.init);
  return { init, runs: parts.fragments.map((bytes) => readFragment(bytes, init).samples), file };
}

/** The same pictures in our own header and fragments, one of each run, the first picture decoded at `baseTicks`. */
export function rewrite({ init, runs }: Pick<Encoded, "init" | "runs">, baseTicks = 0) {
  let baseDecodeTime = baseTicks;
  const fragments = runs.map((samples, index) => {
    const bytes = fragment({ sequence: index + 1, baseDecodeTime, samples });
    for (const sample of samples) baseDecodeTime += sample.durationTicks;
    return bytes;
  });
  return { init: initSegment(init, init.timescale), fragments };
}

/** FFmpeg's standard output. @throws Error with its words when it fails. */
export function ffmpeg(args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync("ffmpeg", ["-v", "error", "-nostdin", ...args], {
    maxBuffer: 256 * 1024 * 1024,
    ...(input && { input }),
  });
  if (status !== 0) throw new Error(`ffmpeg ended with ${status}: ${stderr}`);
  return stdout;
}

/** Whether a program answers; tests that need it say so in their names when it does not. */
export function has(program: string): boolean {
  return spawnSync(program, ["-version"], { stdio: "ignore" }).status === 0;
}
