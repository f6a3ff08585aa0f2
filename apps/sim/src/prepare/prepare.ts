import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { OvertError } from "@overt/core";
import type { VideoCodec } from "../codec/annexb.ts";
import { VideoEncoder } from "../codec/encoder.ts";
import { openVideoFile } from "../codec/file-source.ts";
import type { AccessUnit } from "../codec/unit.ts";
import type { PictureSource } from "../picture.ts";
import type { Marks } from "../scene/marks.ts";
import { markPicture } from "../scene/marks.ts";
import { openScene } from "../scene/scene.ts";
import type { PreparedStream } from "./stored.ts";
import { preparedStream, readPrepared, writePrepared } from "./stored.ts";

/** What a camera looks at: a video file, or a drawn scene by name. */
export type Source =
  | { readonly video: string }
  | {
      readonly scene: string;
      readonly seed?: number;
      /** People who do not move at all from the first picture on, beside the scene's own. */
      readonly frozenFigures?: number;
    };

export interface PrepareOptions {
  readonly source: Source;
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Length of the loop. */
  readonly seconds: number;
  /** After how long a drawn scene is back where it was; the whole loop when absent. */
  readonly sceneSeconds?: number;
  /** Bits per second. */
  readonly bitrate: number;
  /** Pictures between key pictures; 2 s of them when absent. */
  readonly gop?: number;
  /** Reordered pictures between references; none when absent. */
  readonly bPictures?: number;
  /** Time code squares and frame stamps, numbered through the loop. */
  readonly marks?: Marks;
  readonly cacheDir: string;
}

/** Raised whenever drawing or encoding changes what a cached stream would hold. */
const RECIPE = 1;

/**
 * An encoded loop of `source`: made once, then read from `cacheDir`, where it lies under the hash of
 * all that decides its pictures.
 *
 * @throws OvertError `SIM_SCENE_UNKNOWN`, `SIM_VIDEO_UNREADABLE`, `SIM_OPTION`
 */
export async function prepareStream(options: PrepareOptions): Promise<PreparedStream> {
  checkSizes(options);
  await mkdir(options.cacheDir, { recursive: true });
  const path = join(options.cacheDir, await contentHash(options));
  const known = inMemory.get(path);
  if (known) return known;
  const stream = readPrepared(path).then((stored) => stored ?? make(options, path));
  inMemory.set(path, stream);
  stream.catch(() => inMemory.delete(path));
  return stream;
}

/** Cameras that send the same pictures share them, and the packets made of them. */
const inMemory = new Map<string, Promise<PreparedStream>>();

async function make(options: PrepareOptions, path: string): Promise<PreparedStream> {
  const { codec, width, height, fps } = options;
  const source = await openSource(options);
  const count = Math.max(1, Math.round(options.seconds * fps));
  const gop = options.gop ?? Math.max(1, Math.round(fps * 2));
  const bPictures = options.bPictures ?? 0;
  const encoder = await VideoEncoder.open({
    codec,
    width,
    height,
    fps,
    bitrateBps: options.bitrate,
    gop,
    bPictures,
    realtime: false,
  });
  const units: AccessUnit[] = [];
  try {
    let number = 0;
    for await (const picture of source.pictures(fps, count)) {
      markPicture(picture, options.marks, number++);
      units.push(...(await encoder.encode(picture)));
    }
    units.push(...(await encoder.flush()));
  } finally {
    encoder.close();
  }
  const stream = preparedStream(`${path}.annexb`, { codec, width, height, fps }, units);
  await writePrepared(path, stream);
  return stream;
}

/** @throws OvertError `SIM_SCENE_UNKNOWN`, `SIM_VIDEO_UNREADABLE` */
export async function openSource(
  options: Pick<PrepareOptions, "source" | "width" | "height" | "seconds" | "sceneSeconds">,
): Promise<PictureSource> {
  const { source, width, height } = options;
  if ("video" in source) return openVideoFile(source.video, width, height);
  return openScene(source.scene, {
    width,
    height,
    loopSeconds: options.sceneSeconds ?? options.seconds,
    ...(source.seed === undefined ? {} : { seed: source.seed }),
    ...(source.frozenFigures === undefined ? {} : { frozenFigures: source.frozenFigures }),
  });
}

async function contentHash(options: PrepareOptions): Promise<string> {
  const { cacheDir: _, source, ...rest } = options;
  const hash = createHash("sha256").update(JSON.stringify([RECIPE, rest, source]));
  if ("video" in source) {
    const path = resolve(source.video);
    const about = await stat(path).catch((cause: unknown) => {
      throw new OvertError("SIM_VIDEO_UNREADABLE", `The video file ${source.video} cannot be read.`, {
        hint: "Check the path and that this user may read it.",
        cause,
      });
    });
    // Name, size and change time stand for the content: hashing gigabytes at each start would cost more than it saves.
    hash.update(JSON.stringify([path, about.size, about.mtimeMs]));
  }
  return hash.digest("hex").slice(0, 32);
}

function checkSizes(options: PrepareOptions): void {
  const { width, height, fps, seconds, bitrate } = options;
  const whole = (n: number, least: number, most: number) => Number.isInteger(n) && n >= least && n <= most;
  const wrong =
    !whole(width, 64, 4096) || !whole(height, 64, 4096) || width % 2 || height % 2
      ? `a picture of ${width}x${height}`
      : !whole(fps, 1, 60)
        ? `${fps} pictures per second`
        : !(seconds > 0 && seconds <= 600)
          ? `a loop of ${seconds} s`
          : bitrate < 10_000
            ? `${bitrate} bit/s`
            : undefined;
  if (wrong)
    throw new OvertError("SIM_OPTION", `A simulated camera cannot send ${wrong}.`, {
      hint: "Even sizes from 64 to 4096, 1 to 60 whole pictures per second, up to 600 s, at least 10000 bit/s.",
    });
}
