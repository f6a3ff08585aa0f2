import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream } from "@overt/sim/scene/random";
import { Disk, FATES } from "./disk.ts";
import { judge, type Verdict } from "./judge.ts";
import { markOf, Promised } from "./marks.ts";
import { type DiskOp, readTrace, STRACE_ARGS } from "./trace.ts";

export interface Traced {
  readonly root: string;
  readonly ops: readonly DiskOp[];
}

/** All verdicts: counts are sums, times are the worst, and of the faults the first few are kept. */
export interface CrashRun extends Verdict {
  readonly points: number;
  /** Points that were not as promised. */
  readonly faulty: number;
}

const FAULTS_SHOWN = 10;

/** @returns null where `strace` is not installed or may not look */
export async function traceLoad(seconds: number): Promise<Traced | null> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "overt-crash-")));
  const root = join(base, "site");
  const output = join(base, "trace");
  try {
    // Its own folder, made before: what is above it is not ours to promise.
    await run("mkdir", [root]);
    const load = fileURLToPath(new URL("./load.ts", import.meta.url));
    const command = [process.execPath, load, root, String(seconds)];
    if ((await run("strace", [...STRACE_ARGS, "-o", output, ...command])) === null) return null;
    return { root, ops: await readTrace(output, root) };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/**
 * Takes the power away at `points` moments of a trace, and starts on what the disk may hold then.
 *
 * @param deaf a disk that keeps nothing for certain: then what was promised must be seen to be broken
 */
export async function crash(
  { root, ops }: Traced,
  points: number,
  options: { readonly seed: number; readonly deaf?: boolean; readonly onPoint?: (done: number) => void },
): Promise<CrashRun> {
  const random = randomStream(options.seed);
  const moments = Array.from({ length: points }, (_, i) => Math.floor(((i + random()) * ops.length) / points));
  const disk = new Disk(root);
  const promised = new Promised();
  const result = {
    points,
    lost: 0,
    keysLost: 0,
    keysUndead: 0,
    secondsLost: 0,
    readyMs: 0,
    faults: [] as string[],
    faulty: 0,
  };
  let at = 0;
  for (const [done, moment] of moments.entries()) {
    for (; at < moment; at++) {
      const op = ops[at] as DiskOp;
      if (op.op === "mark") promised.hear(markOf(op.text));
      else if (!options.deaf || (op.op !== "sync" && op.op !== "sync-directory")) disk.do(op);
    }
    const fate = FATES[done % FATES.length] as (typeof FATES)[number];
    const verdict = await judge(root, disk.after(fate, random), promised);
    result.lost += verdict.lost;
    result.keysLost += verdict.keysLost;
    result.keysUndead += verdict.keysUndead;
    result.secondsLost = Math.max(result.secondsLost, verdict.secondsLost);
    result.readyMs = Math.max(result.readyMs, verdict.readyMs || 0);
    if (verdict.faults.length > 0) result.faulty++;
    for (const fault of verdict.faults)
      if (result.faults.length < FAULTS_SHOWN) result.faults.push(`after call ${moment}, ${fate}: ${fault}`);
    options.onPoint?.(done + 1);
  }
  return result;
}

/** @returns its exit code; null when there is no such program, or it may not do what it is for */
function run(command: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, UV_USE_IO_URING: "0" },
    });
    let errors = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk;
    });
    child.once("error", () => resolve(null));
    child.once("close", (code) => {
      if (code === 0) resolve(0);
      else if (/ptrace|Operation not permitted/.test(errors)) resolve(null);
      else reject(new Error(`${command} ended with ${code}: ${errors.slice(-2_000)}`));
    });
  });
}
