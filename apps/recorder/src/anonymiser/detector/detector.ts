import type { Box, DetectionScale, PicturePlanes } from "@overt/media/pixels";
import { type Tile, TileScaler } from "./scaling.ts";
import { INPUT_SIDE } from "./convert.ts";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Weaker evidence than this is of no use to anyone. */
const WEAKEST = 0.12;
/** Four tiles that overlap: each takes this share of the picture's width and height. */
const TILE_SHARE = 0.55;
const PIXELS = INPUT_SIDE * INPUT_SIDE;

/** Finds people in a picture. One session per worker, shared by its cameras; its results never leave the process. */
export class PersonDetector {
  readonly #session: InferenceSession;
  readonly #scaling = new TileScaler(INPUT_SIDE);
  readonly #inputs: Record<DetectionScale, Uint8Array> = {
    whole: new Uint8Array(3 * PIXELS),
    tiles: new Uint8Array(4 * 3 * PIXELS),
  };

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async load(model: Uint8Array): Promise<PersonDetector> {
    const session = await InferenceSession.create(model, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
    });
    return new PersonDetector(session);
  }

  /** @returns boxes in pixels of the picture, unsorted, overlapping ones included: their union is what is hidden. */
  async detect(picture: PicturePlanes, scale: DetectionScale): Promise<Box[]> {
    const tiles = scale === "whole" ? [wholeOf(picture)] : tilesOf(picture);
    const input = this.#inputs[scale];
    for (const [index, tile] of tiles.entries())
      this.#scaling.toRgbPlanes(picture, tile, input.subarray(index * 3 * PIXELS, (index + 1) * 3 * PIXELS));
    const pictures = new Tensor("uint8", input, [tiles.length, 3, INPUT_SIDE, INPUT_SIDE]);
    const { boxes, scores } = await this.#session.run({ pictures });
    return people(boxes?.data as Float32Array, scores?.data as Float32Array, tiles);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function wholeOf({ width, height }: PicturePlanes): Tile {
  return { left: 0, top: 0, width, height };
}

/** Even offsets and sizes, so that chroma is cut at the same place as luma. */
function tilesOf({ width, height }: PicturePlanes): Tile[] {
  const wide = Math.ceil((width * TILE_SHARE) / 2) * 2;
  const high = Math.ceil((height * TILE_SHARE) / 2) * 2;
  const right = Math.max(0, Math.floor((width - wide) / 2) * 2);
  const bottom = Math.max(0, Math.floor((height - high) / 2) * 2);
  return [0, bottom].flatMap((top) =>
    [0, right].map((left) => ({
      left,
      top,
      width: Math.min(wide, width - left),
      height: Math.min(high, height - top),
    })),
  );
}

function people(boxes: Float32Array, scores: Float32Array, tiles: readonly Tile[]): Box[] {
  const found: Box[] = [];
  const perTile = scores.length / tiles.length;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score < WEAKEST) continue;
    const tile = tiles[Math.floor(i / perTile)] as Tile;
    const x = (share: number) => tile.left + clampShare(share) * tile.width;
    const y = (share: number) => tile.top + clampShare(share) * tile.height;
    const [top, left, bottom, right] = boxes.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    found.push({ left: x(left), top: y(top), right: x(right), bottom: y(bottom), score });
  }
  return found;
}

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));
