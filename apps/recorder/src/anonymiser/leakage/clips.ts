import type { SceneOptions } from "@overt/media/pixels";
import type { Detector } from "../lane.ts";
import { emptyScene } from "./empty-scene.ts";
import { type PersonBox, readPersonBoxes } from "./people-boxes.ts";
import { emptyPicture } from "./picture-copy.ts";
import { LeakJudge, type LeakRun } from "./run.ts";
import { dim, eachPicture, frozenPeople, paste, shake } from "./variants.ts";

/** Copies of one clip, each hard in its own way. */
export const CLIPS = ["original", "frozen", "dimmed", "shaken", "half", "empty"] as const;
export type Clip = (typeof CLIPS)[number];

export interface ClipSource {
  readonly video: string;
  readonly boxes: string;
  /** Pictures from the start; all by default. */
  readonly pictures?: number;
}

const FULL = { width: 640, height: 480 };
const HALF = { width: 320, height: 240 };
/** Pictures between two that are judged in a clip whose people are not in `boxes.csv`. */
const EMPTY_STEP = 20;

/** Runs one clip through the anonymiser and judges the pictures that come out. */
export async function judgeClip(
  clip: Clip,
  source: ClipSource,
  detector: Detector,
  options: SceneOptions = { look: "blocks" },
): Promise<LeakRun> {
  const boxes = readPersonBoxes(source.boxes);
  const size = clip === "half" ? HALF : FULL;
  const last = source.pictures ?? Number.POSITIVE_INFINITY;
  const frozen = clip === "frozen" ? await frozenPeople(source.video, size, boxes) : [];
  const empty = clip === "empty" ? await emptyScene(source.video, size) : null;
  const spare = emptyPicture(size.width, size.height);
  const judge = new LeakJudge(detector, options);
  await eachPicture(source.video, size, last, async ({ planes, frame: pixels }, frame) => {
    for (const person of frozen) paste(person, planes);
    if (clip === "dimmed") dim(planes, frame);
    if (clip === "shaken") shake(planes, frame, spare);
    empty?.paint(planes, frame);
    await judge.add({ planes, people: peopleIn(frame) }, pixels);
  });
  return judge.end();

  function peopleIn(frame: number): readonly PersonBox[] | null {
    if (empty) return frame % EMPTY_STEP === 0 && frame > 600 ? [] : null;
    const walking = boxes.get(frame);
    return walking ? [...walking, ...frozen.map(({ box }) => box)] : null;
  }
}
