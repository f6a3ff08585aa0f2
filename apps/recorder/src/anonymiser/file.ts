import { rename, rm } from "node:fs/promises";
import { asOvertError, OvertError } from "@overt/core";
import type { AnonymisedLook } from "@overt/link";
import { type Box, Scene } from "@overt/media/pixels";
import type { DecodedPicture } from "./codec/decoder.ts";
import { PictureEncoder } from "./codec/encoder.ts";
import { FileReader } from "./codec/file-reader.ts";
import { Mp4File } from "./codec/mp4-file.ts";
import { quietFfmpeg } from "./codec/quiet.ts";
import { PersonDetector } from "./detector/detector.ts";
import { personDetectorModel } from "./detector/model.ts";

/** The ground is learnt over this much of the file; a shorter one is gone through again until ten seconds are known. */
const LEARN_MS = 60_000;
const LEAST_MS = 15_000;
const PROGRESS_EVERY = 10;

export interface FileOptions {
  readonly look: AnonymisedLook;
  /** Where the converted detector is kept. */
  readonly cacheDir: string;
  /** Share done, 0 to 1, in steps of a few pictures. */
  readonly onProgress?: (share: number) => void;
}

export interface FileResult {
  readonly pictures: number;
  /** Pictures in which nothing could be shown. */
  readonly blank: number;
}

/**
 * Hides people in a file: any that FFmpeg can read becomes MP4 (H.264), without sound. The place is learnt first, so
 * that the result is not blank at its start.
 *
 * @throws OvertError `FILE_UNREADABLE`, `FILE_WITHOUT_PICTURES`, `FILE_DAMAGED`, `FILE_UNWRITABLE`, `MODEL_MISSING`;
 * nothing is left at `output` then.
 */
export async function anonymiseFile(input: string, output: string, options: FileOptions): Promise<FileResult> {
  quietFfmpeg();
  const report = options.onProgress ?? (() => {});
  const detector = await PersonDetector.load(await personDetectorModel(options.cacheDir));
  const unfinished = `${output}.part`;
  try {
    const ground = await learn(input, detector, options.look, (share) => report(share / 2));
    const result = await write(input, unfinished, detector, { ...options, ground, report: (s) => report((1 + s) / 2) });
    await rename(unfinished, output).catch((cause) => unwritable(output, cause));
    report(1);
    return result;
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw asOvertError(thrown, "ANONYMISER_FAILED");
  } finally {
    await detector.close();
  }
}

/** @returns the ground of the file's start, or undefined when nothing could be learnt. */
async function learn(
  input: string,
  detector: PersonDetector,
  look: AnonymisedLook,
  report: (share: number) => void,
): Promise<Uint8Array | undefined> {
  const walk: Walk = { scene: null, look, ground: undefined };
  let offsetMs = 0;
  do {
    const reader = new FileReader(input);
    let last = offsetMs;
    let count = 0;
    for (let picture = reader.next(); picture && picture.at <= LEARN_MS; picture = reader.next()) {
      last = offsetMs + picture.at;
      await hideIn(walk, { ...picture, at: last }, detector);
      if (++count % PROGRESS_EVERY === 0) report(Math.min(1, last / LEARN_MS));
    }
    reader.close();
    if (last === offsetMs) break;
    offsetMs = last + 40;
  } while (offsetMs < LEAST_MS);
  return walk.scene?.saveGround() ?? undefined;
}

interface Walk {
  scene: Scene | null;
  readonly look: AnonymisedLook;
  readonly ground: Uint8Array | undefined;
}

async function hideIn(walk: Walk, { planes, at }: DecodedPicture, detector: PersonDetector): Promise<boolean> {
  const { width, height } = planes;
  if (walk.scene?.layout.width !== width || walk.scene.layout.height !== height)
    walk.scene = new Scene(width, height, { look: walk.look, ...(walk.ground ? { ground: walk.ground } : {}) });
  const detections: (readonly Box[])[] = [];
  for (const scale of walk.scene.look(planes, at)) detections.push(await detector.detect(planes, scale));
  return walk.scene.hide(planes, at, detections).blank;
}

async function write(
  input: string,
  output: string,
  detector: PersonDetector,
  options: FileOptions & { readonly ground: Uint8Array | undefined; readonly report: (share: number) => void },
): Promise<FileResult> {
  const reader = new FileReader(input);
  const walk: Walk = { scene: null, look: options.look, ground: options.ground };
  const file = Mp4File.create(output);
  let encoder: PictureEncoder | null = null;
  let pictures = 0;
  let blank = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  try {
    for (let picture = reader.next(); picture; picture = reader.next()) {
      if (Math.round(picture.at) <= lastAt) continue;
      lastAt = Math.round(picture.at);
      if (await hideIn(walk, picture, detector)) blank++;
      const { width, height } = picture.planes;
      if (encoder && (encoder.width !== width || encoder.height !== height))
        throw new OvertError("FILE_DAMAGED", `${input} changes its picture size after picture ${pictures}.`, {
          hint: "Cut it into files of one size each.",
        });
      encoder ??= new PictureEncoder({ width, height, fullRange: picture.fullRange });
      file.add(encoder.encode(picture.frame, lastAt));
      if (++pictures % PROGRESS_EVERY === 0) options.report(Math.min(1, lastAt / Math.max(lastAt, reader.durationMs)));
    }
    file.end();
  } finally {
    file.close();
    encoder?.close();
    reader.close();
  }
  if (pictures === 0) throw new OvertError("FILE_WITHOUT_PICTURES", `${input} holds no pictures.`);
  return { pictures, blank };
}

function unwritable(output: string, cause: unknown): never {
  throw new OvertError("FILE_UNWRITABLE", `${output} cannot be written.`, { cause });
}
