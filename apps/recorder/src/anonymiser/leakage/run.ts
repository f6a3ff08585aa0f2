import { type Box, type PicturePlanes, Scene, type SceneOptions } from "@overt/media/pixels";
import { PictureDecoder } from "../codec/decoder.ts";
import { PictureEncoder } from "../codec/encoder.ts";
import type { Detector } from "../lane.ts";
import { clearnessOf } from "./clearness.ts";
import type { PersonBox } from "./people-boxes.ts";
import { copyPicture, emptyPicture } from "./picture-copy.ts";
import { LeakCount, type LeakScore } from "./score.ts";

const INTERVAL_MS = 100;
/** As good as a camera's main stream, so that what is lost was lost by us. */
const INPUT_QUALITY = 20;

export interface LeakRun {
  readonly score: LeakScore;
  /** Learnt share of the ground at the end, 0 to 1. */
  readonly learntShare: number;
  readonly accessUnits: readonly Uint8Array[];
}

export interface ClipPicture {
  readonly planes: PicturePlanes;
  /** People to judge in it; null for a picture that is not judged. */
  readonly people: readonly PersonBox[] | null;
}

/** One camera's way through the anonymiser, with the measure on what comes out of it, decoded again. */
export class LeakJudge {
  readonly #detector: Detector;
  readonly #options: SceneOptions;
  readonly #count = new LeakCount();
  readonly #outputs: Uint8Array[] = [];
  readonly #toCamera = PictureDecoder.ofCamera("h264", new Uint8Array());
  readonly #toScreen = PictureDecoder.ofCamera("h264", new Uint8Array());
  #camera: PictureEncoder | null = null;
  #screen: PictureEncoder | null = null;
  #scene: Scene | null = null;
  #seen: PicturePlanes | null = null;
  #at = 1_000_000;

  constructor(detector: Detector, options: SceneOptions) {
    this.#detector = detector;
    this.#options = options;
  }

  async add({ planes, people }: ClipPicture, frame: Parameters<PictureEncoder["encode"]>[0]): Promise<void> {
    this.#at += INTERVAL_MS;
    const { width, height } = planes;
    this.#camera ??= new PictureEncoder({ width, height, fullRange: false, quality: INPUT_QUALITY });
    const sent = this.#camera.encode(frame, this.#at);
    this.#toCamera.send(sent.accessUnit, this.#at, sent.key);
    const picture = this.#toCamera.next();
    if (!picture) throw new Error("A picture without reordering did not come out at once.");
    this.#seen ??= emptyPicture(width, height);
    copyPicture(picture.planes, this.#seen);
    this.#scene ??= new Scene(width, height, this.#options);
    const detections: (readonly Box[])[] = [];
    for (const scale of this.#scene.look(picture.planes, this.#at))
      detections.push(await this.#detector.detect(picture.planes, scale));
    const { blank } = this.#scene.hide(picture.planes, this.#at, detections);
    this.#screen ??= new PictureEncoder({ width, height, fullRange: false });
    const shown = this.#screen.encode(picture.frame, this.#at);
    this.#outputs.push(shown.accessUnit);
    this.#toScreen.send(shown.accessUnit, this.#at, shown.key);
    const output = this.#toScreen.next();
    if (output && people && !blank) this.#count.add(clearnessOf(this.#seen, output.planes), people);
  }

  end(): LeakRun {
    for (const codec of [this.#toCamera, this.#toScreen, this.#camera, this.#screen]) codec?.close();
    return {
      score: this.#count.score(),
      learntShare: this.#scene?.learntShare ?? 0,
      accessUnits: this.#outputs,
    };
  }
}
