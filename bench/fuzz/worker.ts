import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { asOvertError } from "@overt/core";
import { PacketsTarget } from "./packets.ts";
import { Random } from "./random.ts";
import { RtspTarget } from "./rtsp.ts";
import { SdpTarget } from "./sdp.ts";
import type { FuzzTarget, TargetName } from "./target.ts";

export interface WorkerTask {
  readonly target: TargetName;
  readonly seed: number;
  readonly inputs: number;
  /** One 32-bit count of the inputs done, for the one who watches for a hang. */
  readonly progress: SharedArrayBuffer;
}

export interface WorkerResult {
  readonly through: number;
  readonly crashes: number;
  readonly broken: number;
  readonly slowestMs: number;
  readonly growthBytes: number;
  /** The first few, to be tried again by their seed and number. */
  readonly findings: readonly string[];
}

const MAX_FINDINGS = 10;

export function targetOf(name: TargetName, random: Random): FuzzTarget {
  if (name === "packets") return new PacketsTarget(random);
  return name === "sdp" ? new SdpTarget(random) : new RtspTarget(random);
}

if (parentPort) parentPort.postMessage(fuzz(workerData as WorkerTask));

function fuzz({ target: name, seed, inputs, progress }: WorkerTask): WorkerResult {
  const done = new Int32Array(progress);
  const findings: string[] = [];
  const counts = { crashes: 0, broken: 0 };
  const found = (kind: keyof typeof counts, n: number, what: string): void => {
    counts[kind]++;
    if (findings.length < MAX_FINDINGS) findings.push(`${name}, seed ${seed}, input ${n}: ${what}`);
  };
  let target = targetOf(name, new Random(seed));
  let through = 0;
  let slowestMs = 0;
  let settledBytes = 0;
  for (let n = 0; n < inputs; n++) {
    // What code and caches take is there after a tenth; the rest of the run must add nothing.
    if (n === Math.floor(inputs / 10)) settledBytes = heldBytes();
    const startMs = cpuMs();
    try {
      const broken = target.next();
      if (broken) found("broken", n, broken);
    } catch (thrown) {
      found("crashes", n, asOvertError(thrown).toString());
      through += target.through;
      target = targetOf(name, new Random(seed + n));
    }
    slowestMs = Math.max(slowestMs, cpuMs() - startMs);
    done[0] = n + 1;
  }
  return { ...counts, through: through + target.through, slowestMs, growthBytes: heldBytes() - settledBytes, findings };
}

/** This thread's own, so that a busy machine does not make an input slow. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What this thread holds once all that can go is gone. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") for (let n = 0; n < 3; n++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
