import { readFile, rename, writeFile } from "node:fs/promises";
import { OvertError } from "@overt/core";
import type { VideoCodec } from "../codec/annexb.ts";
import { isParameterSet, splitAnnexB } from "../codec/annexb.ts";
import type { AccessUnit } from "../codec/unit.ts";
import { accessUnit } from "../codec/unit.ts";

/** An encoded loop of pictures in memory; shared by all cameras that play it. */
export interface PreparedStream {
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** One per picture, in decode order; the first is a key picture. */
  readonly units: readonly AccessUnit[];
  /** VPS (H.265), SPS and PPS of the first key picture. */
  readonly parameterSets: readonly Uint8Array[];
  /** The Annex B file that it was read from. */
  readonly path: string;
}

interface Index {
  readonly version: 1;
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Per access unit: bytes in the Annex B file, 1 for a key picture, place in display order. */
  readonly units: readonly (readonly [bytes: number, key: 0 | 1, displayIndex: number])[];
}

const START_CODE = Uint8Array.of(0, 0, 0, 1);

/**
 * Writes `PATH.annexb` and `PATH.json`, the index last and by rename, so that an interrupted
 * preparation leaves nothing that {@link readPrepared} would accept.
 */
export async function writePrepared(path: string, stream: Omit<PreparedStream, "path" | "parameterSets">) {
  const chunks: Uint8Array[] = [];
  const units = stream.units.map((unit) => {
    let bytes = 0;
    for (const nal of unit.nals) {
      chunks.push(START_CODE, nal);
      bytes += START_CODE.length + nal.length;
    }
    return [bytes, unit.key ? 1 : 0, unit.displayIndex] as const;
  });
  const { codec, width, height, fps } = stream;
  const index: Index = { version: 1, codec, width, height, fps, units };
  await replace(`${path}.annexb`, Buffer.concat(chunks));
  await replace(`${path}.json`, Buffer.from(JSON.stringify(index)));
}

/** @returns undefined when nothing whole is stored under `path`. */
export async function readPrepared(path: string): Promise<PreparedStream | undefined> {
  let index: Index;
  let bytes: Uint8Array;
  try {
    index = JSON.parse(await readFile(`${path}.json`, "utf8"));
    bytes = await readFile(`${path}.annexb`);
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error && error.code === "ENOENT"))
      return undefined;
    throw error;
  }
  const total = index.units.reduce((sum, [length]) => sum + length, 0);
  if (index.version !== 1 || total !== bytes.length) return undefined;
  return preparedStream(`${path}.annexb`, index, cut(index, bytes));
}

/** @throws OvertError `SIM_STREAM_EMPTY` when there is no key picture to start with. */
export function preparedStream(
  path: string,
  about: Pick<PreparedStream, "codec" | "width" | "height" | "fps">,
  units: readonly AccessUnit[],
): PreparedStream {
  const first = units[0];
  if (!first?.key)
    throw new OvertError("SIM_STREAM_EMPTY", `The stream ${path} does not start with a key picture.`, {
      hint: "Give a source with at least one picture.",
    });
  const { codec, width, height, fps } = about;
  const parameterSets = first.nals.filter((nal) => isParameterSet(codec, nal));
  return { codec, width, height, fps, units, parameterSets, path };
}

function cut(index: Index, bytes: Uint8Array): AccessUnit[] {
  let at = 0;
  return index.units.map(([length, key, displayIndex]) => {
    const unit = bytes.subarray(at, at + length);
    at += length;
    return accessUnit(splitAnnexB(unit), key === 1, displayIndex);
  });
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}
