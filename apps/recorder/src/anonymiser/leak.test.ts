import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quietFfmpeg } from "./codec/quiet.ts";
import { PersonDetector } from "./detector/detector.ts";
import { personDetectorModel } from "./detector/model.ts";
import { type Clip, judgeClip } from "./leakage/clips.ts";
import type { LeakScore } from "./leakage/score.ts";

const DATA = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));
/** Ten blank seconds and twenty more; the whole clip is judged by `npm run bench -- leak`. */
const SOURCE = { video: join(DATA, "video/vtest.avi"), boxes: join(DATA, "pets/boxes.csv"), pictures: 300 };
const absent = !existsSync(SOURCE.video);
const LIMIT = { timeout: 120_000 };

let folder: string;
let detector: PersonDetector;

beforeAll(async () => {
  if (absent) return;
  quietFfmpeg();
  folder = await mkdtemp(join(tmpdir(), "overt-leak-"));
  detector = await PersonDetector.load(await personDetectorModel(folder));
});
afterAll(async () => {
  if (absent) return;
  await detector.close();
  await rm(folder, { recursive: true });
});

/** What DESIGN §7 asks of every clip. */
const holds = ({ clearPercent, boxesOverHalf }: LeakScore) => clearPercent <= 0.1 && boxesOverHalf === 0;

async function judged(clip: Clip, without?: "detector" | "background" | "all"): Promise<LeakScore> {
  const { score } = await judgeClip(clip, SOURCE, detector, { look: "blocks", ...(without ? { without } : {}) });
  expect(score.boxes).toBeGreaterThan(40);
  return score;
}

describe.skipIf(absent)(`real CCTV with true boxes${absent ? " [skipped: ../shared/data is not here]" : ""}`, () => {
  test.for(["original", "frozen", "dimmed", "shaken", "half"] as const)(
    "%s: people's area is hidden in what comes out, and no box is half clear",
    LIMIT,
    async (clip) => {
      expect(await judged(clip)).toSatisfy(holds);
    },
  );

  test.for([
    ["frozen", "detector"],
    ["original", "background"],
    ["original", "all"],
    ["frozen", "all"],
  ] as const)("fails, as it must, on %s without %s", LIMIT, async ([clip, without]) => {
    const score = await judged(clip, without);
    expect(score).not.toSatisfy(holds);
    expect(score.clearPercent).toBeGreaterThan(without === "all" ? 99 : 5);
  });
});
