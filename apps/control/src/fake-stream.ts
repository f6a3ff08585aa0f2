import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { concatBytes, type Instant } from "@overt/core";

const FPS = 10;
const FRAME_MS = 1_000 / FPS;
const GROUP = 2 * FPS;
const LOOP_SECONDS = 10;

export interface FakeStream {
  readonly frameMs: number;
  /** The picture that the camera took at `atMs`, rounded down to its frame. */
  at(atMs: number): { readonly key: boolean; readonly accessUnit: Uint8Array };
  keyAtOrBefore(at: Instant): number;
}

/** Ten seconds of a moving H.264 test picture with a clock in it, looped for ever; made once per machine by ffmpeg. */
export async function makeFakeStream(options: {
  index: number;
  width: number;
  height: number;
  paddingBytes: number;
}): Promise<FakeStream> {
  const units = accessUnits(readFileSync(await streamFile(options)));
  const filler = fillerData(options.paddingBytes);
  const padded = filler ? units.map((unit) => concatBytes([unit, filler])) : units;
  return {
    frameMs: FRAME_MS,
    at: (atMs) => {
      const index = Math.floor(atMs / FRAME_MS) % padded.length;
      return { key: index % GROUP === 0, accessUnit: padded[index] ?? new Uint8Array() };
    },
    keyAtOrBefore: (at) => Math.floor(at / (GROUP * FRAME_MS)) * GROUP * FRAME_MS,
  };
}

async function streamFile({ index, width, height }: { index: number; width: number; height: number }): Promise<string> {
  const directory = join(tmpdir(), "overt-fake-recorder-1");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${width}x${height}-${index}.h264`);
  if (existsSync(file)) return file;
  const hue = (index * 61) % 360;
  const source = `testsrc2=size=${width}x${height}:rate=${FPS}:duration=${LOOP_SECONDS},hue=h=${hue}`;
  const x264 = `keyint=${GROUP}:min-keyint=${GROUP}:scenecut=0:aud=1:repeat-headers=1:bframes=0`;
  const made = `${file}.${process.pid}.new`;
  const encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-x264-params", x264];
  await promisify(execFile)("ffmpeg", [
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    source,
    ...encode,
    "-f",
    "h264",
    made,
  ]);
  renameSync(made, file);
  return file;
}

/** Cuts Annex B bytes before each access unit delimiter (NAL unit type 9, ITU-T H.264 §7.4.1.2.3). */
function accessUnits(bytes: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let i = 0; i + 4 < bytes.length; i++)
    if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 0 && bytes[i + 3] === 1 && bytes[i + 4] === 9)
      starts.push(i);
  return starts.map((start, n) => bytes.subarray(start, starts[n + 1] ?? bytes.length));
}

/** A filler data NAL unit (type 12), which decoders skip. */
function fillerData(length: number): Uint8Array | null {
  if (length === 0) return null;
  const out = new Uint8Array(length + 6).fill(0xff);
  out.set([0, 0, 0, 1, 12]);
  out[out.length - 1] = 0x80;
  return out;
}
