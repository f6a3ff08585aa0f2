import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Box, Scene } from "@overt/media/pixels";
import { PictureDecoder } from "../apps/recorder/src/anonymiser/codec/decoder.ts";
import { PictureEncoder } from "../apps/recorder/src/anonymiser/codec/encoder.ts";
import { quietFfmpeg } from "../apps/recorder/src/anonymiser/codec/quiet.ts";
import { PersonDetector } from "../apps/recorder/src/anonymiser/detector/detector.ts";
import { personDetectorModel } from "../apps/recorder/src/anonymiser/detector/model.ts";
import { eachPicture } from "../apps/recorder/src/anonymiser/leakage/variants.ts";
import { type BenchOptions, type BenchReport, row } from "./row.ts";

const VIDEO = fileURLToPath(new URL("../../shared/data/video/vtest.avi", import.meta.url));
const SIZE = { width: 640, height: 480 };
const FPS = 10;
const INTERVAL_MS = 1_000 / FPS;
/** The first minute is learning; a camera runs for years. */
const LEARNING_MS = 60_000;
const CORES = 2;

interface Sent {
  readonly key: boolean;
  readonly accessUnit: Uint8Array;
}

interface Cost {
  /** ms of core per second of one camera. */
  readonly learningMsPerS: number;
  readonly steadyMsPerS: number;
}

/** CPU of one camera from decoding to encoding, against the same decoding and encoding with nothing between. */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  if (!existsSync(VIDEO)) return { rows: [], notes: [`Skipped: ${VIDEO} is not here.`] };
  quietFfmpeg();
  const detector = await PersonDetector.load(await personDetectorModel(join(tmpdir(), "overt-model")));
  const clip = await cameraStream();
  const rounds = quick ? 2 : 4;
  // Once unmeasured: compiled code and warm memory, as in a process that has run for a while.
  await measure(clip, 1, null);
  const bare = await measure(clip, rounds, null);
  const ours = await measure(clip, rounds, detector);
  await detector.close();
  const baseline = { name: "decode + encode alone", value: rounded(bare.steadyMsPerS) };
  const perCore = 1_000 / ours.steadyMsPerS;
  return {
    rows: [
      row("core time per camera-second, 640 x 480 at 10 fps", "ms", rounded(ours.steadyMsPerS), {
        baseline,
        goal: { of: "ratio", atMost: 1.5 },
      }),
      row("the same in a camera's first minute, while it learns the place", "ms", rounded(ours.learningMsPerS), {
        baseline: { name: baseline.name, value: rounded(bare.learningMsPerS) },
      }),
      row("cameras anonymised in full on 2 cores, by that cost", "", Math.floor(perCore * CORES), {
        goal: { of: "ours", atLeast: 36 },
      }),
      row("cores per 1,000 cameras", "", rounded(1_000 / perCore)),
    ],
    notes: [
      `One camera, ${(rounds * clip.length) / FPS} s of real CCTV in a loop, one thread; user and system time of the whole process.`,
      "Cameras on 2 cores is reckoned from one camera's cost; it leaves nothing for ingest and store.",
    ],
  };
}

/** What a camera would send: H.264 of the clip at 10 a second. */
async function cameraStream(): Promise<Sent[]> {
  const encoder = new PictureEncoder({ ...SIZE, fullRange: false, quality: 23 });
  const sent: Sent[] = [];
  await eachPicture(VIDEO, SIZE, Number.POSITIVE_INFINITY, ({ frame }, number) => {
    const { key, accessUnit } = encoder.encode(frame, number * INTERVAL_MS);
    sent.push({ key, accessUnit });
  });
  encoder.close();
  return sent;
}

async function measure(clip: readonly Sent[], rounds: number, detector: PersonDetector | null): Promise<Cost> {
  const decoder = PictureDecoder.ofCamera("h264", new Uint8Array());
  const encoder = new PictureEncoder({ ...SIZE, fullRange: false });
  const scene = new Scene(SIZE.width, SIZE.height, { look: "blocks" });
  const learningPictures = LEARNING_MS / INTERVAL_MS;
  const from = cpuMs();
  let learnt = from;
  for (let i = 0; i < rounds * clip.length; i++) {
    if (i === learningPictures) learnt = cpuMs();
    const { key, accessUnit } = clip[i % clip.length] as Sent;
    const at = (i + 1) * INTERVAL_MS;
    decoder.send(accessUnit, at, key);
    const picture = decoder.next();
    if (!picture) continue;
    if (detector) {
      const detections: (readonly Box[])[] = [];
      for (const scale of scene.look(picture.planes, at)) detections.push(await detector.detect(picture.planes, scale));
      scene.hide(picture.planes, at, detections);
    }
    encoder.encode(picture.frame, at);
  }
  const end = cpuMs();
  decoder.close();
  encoder.close();
  const steadySeconds = (rounds * clip.length - learningPictures) / FPS;
  return {
    learningMsPerS: (learnt - from) / (LEARNING_MS / 1_000),
    steadyMsPerS: (end - learnt) / steadySeconds,
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
