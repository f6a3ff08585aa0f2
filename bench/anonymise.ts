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
const TURN = 25;
/** x264's rate factor that gives a sub stream's usual 1 Mbit/s on this clip. */
const CAMERA_QUALITY = 19;

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
  await measure(clip, 1, [new Line(null)]);
  const [bare, ours] = (await measure(clip, rounds, [new Line(null), new Line(detector)])) as [Cost, Cost];
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

/** What a camera would send: H.264 of the clip at 10 a second, at about 1 Mbit/s. */
async function cameraStream(): Promise<Sent[]> {
  const encoder = new PictureEncoder({ ...SIZE, fullRange: false, quality: CAMERA_QUALITY });
  const sent: Sent[] = [];
  await eachPicture(VIDEO, SIZE, Number.POSITIVE_INFINITY, ({ frame }, number) => {
    const { key, accessUnit } = encoder.encode(frame, number * INTERVAL_MS);
    sent.push({ key, accessUnit });
  });
  encoder.close();
  return sent;
}

/** Decoding and encoding, and between them the anonymiser or nothing. */
class Line {
  readonly #detector: PersonDetector | null;
  readonly #decoder = PictureDecoder.ofCamera("h264", new Uint8Array());
  readonly #encoder = new PictureEncoder({ ...SIZE, fullRange: false });
  readonly #scene = new Scene(SIZE.width, SIZE.height, { look: "blocks" });
  learningMs = 0;
  steadyMs = 0;

  constructor(detector: PersonDetector | null) {
    this.#detector = detector;
  }

  async take({ key, accessUnit }: Sent, at: number): Promise<void> {
    const from = cpuMs();
    this.#decoder.send(accessUnit, at, key);
    const picture = this.#decoder.next();
    if (!picture) return;
    if (this.#detector) {
      const detections: (readonly Box[])[] = [];
      for (const scale of this.#scene.look(picture.planes, at))
        detections.push(await this.#detector.detect(picture.planes, scale));
      this.#scene.hide(picture.planes, at, detections);
    }
    this.#encoder.encode(picture.frame, at);
    if (at <= LEARNING_MS) this.learningMs += cpuMs() - from;
    else this.steadyMs += cpuMs() - from;
  }

  close(): void {
    this.#decoder.close();
    this.#encoder.close();
  }
}

/** The lines take turns every few pictures, so that what else the machine does meets them alike. */
async function measure(clip: readonly Sent[], rounds: number, lines: readonly Line[]): Promise<Cost[]> {
  const pictures = rounds * clip.length;
  for (let first = 0; first < pictures; first += TURN)
    for (const line of lines)
      for (let i = first; i < Math.min(pictures, first + TURN); i++)
        await line.take(clip[i % clip.length] as Sent, (i + 1) * INTERVAL_MS);
  const steadySeconds = pictures / FPS - LEARNING_MS / 1_000;
  return lines.map((line) => {
    line.close();
    return { learningMsPerS: line.learningMs / (LEARNING_MS / 1_000), steadyMsPerS: line.steadyMs / steadySeconds };
  });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
