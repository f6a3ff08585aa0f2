import { Worker } from "node:worker_threads";
import type { TargetName } from "./fuzz/target.ts";
import type { WorkerResult, WorkerTask } from "./fuzz/worker.ts";
import { type BenchOptions, type BenchReport, type BenchRow, row } from "./row.ts";

const SEED = 20_261_125;
const HANG_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const GOAL_GROWTH_MB = 8;

interface Outcome extends WorkerResult {
  readonly inputs: number;
  readonly hangs: number;
}

/** `through` is what must come of so many inputs, lest only their first bytes were tried. */
const PLAN: readonly { target: TargetName; words: string; inputs: number; through: string; atLeast: number }[] = [
  { target: "packets", words: "RTP and RTCP packets", inputs: 1_000_000, through: "pictures", atLeast: 1 / 10 },
  { target: "sdp", words: "session descriptions", inputs: 100_000, through: "videos found", atLeast: 1 / 4 },
  { target: "rtsp", words: "RTSP responses and frames", inputs: 100_000, through: "sessions played", atLeast: 1 / 50 },
];

/**
 * Feeds mutated packets, session descriptions and RTSP responses to the parsers of `@overt/media`, each kind in a
 * thread of its own that is watched from here: a thread without progress for 10 s hangs.
 *
 * The same seed gives the same inputs; a finding names both.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  const outcomes: Outcome[] = [];
  for (const { target, words, inputs, through, atLeast } of PLAN) {
    const asked = quick ? inputs / 20 : inputs;
    const outcome = await fuzz(target, asked);
    outcomes.push(outcome);
    rows.push(
      row(`mutated ${words}`, "inputs", outcome.inputs, { goal: { of: "ours", atLeast: asked } }),
      row(`${through} in spite of it`, "", outcome.through, { goal: { of: "ours", atLeast: asked * atLeast } }),
    );
  }
  const total = (of: (outcome: Outcome) => number): number => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const most = (of: (outcome: Outcome) => number): number => Math.max(...outcomes.map(of));
  const none = { goal: { of: "ours", atMost: 0 } } as const;
  rows.push(
    row(
      "crashes",
      "inputs",
      total((outcome) => outcome.crashes),
      none,
    ),
    row(
      "hangs",
      "inputs",
      total((outcome) => outcome.hangs),
      none,
    ),
    row(
      "pictures or sessions against their promises",
      "inputs",
      total((outcome) => outcome.broken),
      none,
    ),
    row("heap growth, worst kind", "MB", rounded(most((outcome) => outcome.growthBytes) / 1e6), {
      goal: { of: "ours", atMost: GOAL_GROWTH_MB },
    }),
    row("slowest input, CPU", "ms", rounded(most((outcome) => outcome.slowestMs))),
  );
  return { rows, notes: outcomes.flatMap((outcome) => outcome.findings) };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

async function fuzz(target: TargetName, inputs: number): Promise<Outcome> {
  const progress = new SharedArrayBuffer(4);
  const task: WorkerTask = { target, seed: SEED, inputs, progress };
  const worker = new Worker(new URL("./fuzz/worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const done = new Int32Array(progress);
  const failed = (kind: "crashes" | "hangs", what: string): Outcome => {
    const findings = [`${target}, seed ${SEED}, input ${done[0]}: ${what}`];
    const nothing = { through: 0, crashes: 0, hangs: 0, broken: 0, slowestMs: Number.NaN, growthBytes: Number.NaN };
    return { ...nothing, [kind]: 1, inputs: done[0] ?? 0, findings };
  };
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Outcome>((resolve) => {
      worker.once("message", (result: WorkerResult) => resolve({ ...result, inputs: done[0] ?? 0, hangs: 0 }));
      worker.once("error", (error) => resolve(failed("crashes", `the thread died of ${error}`)));
      worker.once("exit", (code) => resolve(failed("crashes", `the thread ended with ${code}`)));
      watch = watchFor(done, () => resolve(failed("hangs", `no progress for ${HANG_MS / 1000} s`)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function watchFor(done: Int32Array, hung: () => void): NodeJS.Timeout {
  let last = -1;
  let stillMs = 0;
  return setInterval(() => {
    stillMs = done[0] === last ? stillMs + LOOK_EVERY_MS : 0;
    last = done[0] ?? 0;
    if (stillMs >= HANG_MS) hung();
  }, LOOK_EVERY_MS);
}
