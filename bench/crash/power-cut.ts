import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream } from "@overt/sim/scene/random";
import { Disk, FATES, type Fate, type Held } from "./disk.ts";
import { judge, layOut, scratch, type Verdict } from "./judge.ts";
import { type Mark, markOf, Promised } from "./marks.ts";
import { type DiskOp, readTrace, STRACE_ARGS } from "./trace.ts";

export interface Traced {
  readonly root: string;
  readonly ops: readonly DiskOp[];
  /** What was there before, durable; and what had been promised by then. */
  readonly held?: Held;
  readonly heard?: readonly Mark[];
}

/** All verdicts: counts are sums, times are the worst, and of the faults the first few are kept. */
export interface CrashRun extends Verdict {
  readonly points: number;
  /** Points that were not as promised. */
  readonly faulty: number;
}

export interface CrashOptions {
  readonly seed: number;
  /** A disk that keeps nothing for certain: then what was promised must be seen to be broken. */
  readonly deaf?: boolean;
  /** See `judge`. */
  readonly settles?: boolean;
}

const FAULTS_SHOWN = 10;

/** Tracks, a store and a key store under load. See `traceOf`. */
export const traceLoad = (seconds: number): Promise<Traced | null> => traceOf("load.ts", [String(seconds)]);

/**
 * What a program of this folder does in an empty folder, its first argument.
 *
 * @returns null where `strace` is not installed or may not look
 */
export async function traceOf(entry: string, args: readonly string[] = []): Promise<Traced | null> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "overt-crash-")));
  const root = join(base, "site");
  const output = join(base, "trace");
  try {
    // Its own folder, made before: what is above it is not ours to promise.
    mkdirSync(root);
    if (!(await strace(output, entry, [root, ...args]))) return null;
    return { root, ops: await readTrace(output, root) };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Takes the power away at `points` moments of a trace, and starts on what the disk may hold then. */
export async function crash(traced: Traced, points: number, options: CrashOptions): Promise<CrashRun> {
  const result = nothing();
  for (const { at, fate, held, heard } of cuts(traced, points, options))
    add(
      result,
      await judge(traced.root, held, new Promised(heard, false), options.settles),
      `before call ${at}, ${fate}`,
    );
  return result;
}

/**
 * Takes the power away at `starts` moments, and again at `points` moments of each start that follows: there on a disk that
 * is deaf, when it shall be.
 */
export async function crashAgain(
  traced: Traced,
  starts: number,
  points: number,
  options: CrashOptions,
): Promise<CrashRun> {
  const result = nothing();
  for (const { at, fate, held, heard } of cuts(traced, starts, { seed: options.seed })) {
    const start = { ...(await traceStart(traced.root, held)), heard: [...heard] };
    for (const again of cuts(start, points, { ...options, seed: options.seed + at }))
      add(
        result,
        await judge(start.root, again.held, new Promised(again.heard, true)),
        `before call ${at}, ${fate}, and before call ${again.at} of the start, ${again.fate}`,
      );
  }
  return result;
}

interface Cut {
  readonly at: number;
  readonly fate: Fate;
  readonly held: Held;
  readonly heard: readonly Mark[];
}

/** Moments before calls: a word that was said by then was said on time. */
function* cuts({ root, ops, held, heard = [] }: Traced, points: number, { seed, deaf }: CrashOptions): Generator<Cut> {
  const random = randomStream(seed);
  const calls = ops.flatMap(({ op }, i) => (op === "mark" ? [] : [i]));
  const moments = Array.from({ length: points }, (_, i) => calls[Math.floor(((i + random()) * calls.length) / points)]);
  const disk = new Disk(root, held);
  const marks = [...heard];
  let next = 0;
  for (const [turn, at = 0] of moments.entries()) {
    for (; next < at; next++) {
      const op = ops[next] as DiskOp;
      if (op.op === "mark") marks.push(markOf(op.text));
      else if (!deaf || (op.op !== "sync" && op.op !== "sync-directory")) disk.do(op);
    }
    const fate = FATES[turn % FATES.length] as Fate;
    yield { at, fate, held: disk.after(fate, random), heard: marks };
  }
}

async function traceStart(root: string, held: Held): Promise<Traced> {
  const base = realpathSync(scratch());
  const moved = join(base, "site");
  const output = join(base, "trace");
  try {
    layOut(held, root, moved);
    const there = new Map([...held].map(([path, content]) => [moved + path.slice(root.length), content]));
    const sizes = [...there].flatMap(([path, content]): [string, number][] =>
      content === "directory" ? [] : [[path, content.length]],
    );
    await strace(output, "restart.ts", [moved]);
    return { root: moved, ops: await readTrace(output, moved, sizes), held: there };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

const nothing = () => ({
  ...{ points: 0, faulty: 0, lost: 0, gapsLost: 0, rowsBack: 0, keysLost: 0, keysUndead: 0 },
  ...{ secondsLost: 0, readyMs: 0, faults: [] as string[] },
});

function add(to: ReturnType<typeof nothing>, verdict: Verdict, where: string): void {
  to.points++;
  for (const count of ["lost", "gapsLost", "rowsBack", "keysLost", "keysUndead"] as const) to[count] += verdict[count];
  for (const worst of ["secondsLost", "readyMs"] as const) to[worst] = Math.max(to[worst], verdict[worst]);
  if (verdict.faults.length > 0) to.faulty++;
  for (const fault of verdict.faults) if (to.faults.length < FAULTS_SHOWN) to.faults.push(`${where}: ${fault}`);
}

/** @returns false when there is no such program, or it may not do what it is for */
function strace(output: string, entry: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL(`./${entry}`, import.meta.url));
    const child = spawn("strace", [...STRACE_ARGS, "-o", output, process.execPath, program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, UV_USE_IO_URING: "0" },
    });
    let errors = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk;
    });
    child.once("error", () => resolve(false));
    child.once("close", (code) => {
      if (code === 0) resolve(true);
      else if (/ptrace|Operation not permitted/.test(errors)) resolve(false);
      else reject(new Error(`${entry} ended with ${code}: ${errors.slice(-2_000)}`));
    });
  });
}
