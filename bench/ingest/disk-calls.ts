import { spawn } from "node:child_process";

const COUNT_MS = 5_000;

export interface DiskCalls {
  readonly syncsPerS: number;
  /** To packs, not to the index. */
  readonly packWritesPerS: number;
  readonly bytesPerPackWrite: number;
}

/**
 * What a writer asks of its disk, seen by `strace` while it slows it: so never while anything else is measured.
 *
 * @returns null where `strace` is not installed or may not look
 */
export async function diskCallsOf(pid: number): Promise<DiskCalls | null> {
  const calls = ["-e", "trace=fsync,fdatasync,pwrite64,pwritev,pwritev2"];
  const tracer = spawn("strace", ["-f", "-qq", "-y", "-s", "0", "-e", "signal=none", ...calls, "-p", `${pid}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let lines = "";
  tracer.stderr.on("data", (chunk: Buffer) => {
    lines += String(chunk);
  });
  const ended = new Promise<boolean>((resolve) => {
    tracer.once("error", () => resolve(false));
    tracer.once("close", () => resolve(true));
  });
  const began = performance.now();
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, COUNT_MS))]);
  const seconds = (performance.now() - began) / 1_000;
  tracer.kill("SIGINT");
  if (!(await ended) || seconds < COUNT_MS / 1_000) return null;
  const syncs = [...lines.matchAll(/\b(?:fsync|fdatasync)\(/g)].length;
  // A call that another thread's line has cut in two says its file in the first part and its bytes in the second.
  const whole = [...lines.matchAll(/\bpwrite(?:64|v2?)\(\d+<[^>]*\.pack>.*\)\s+= (\d+)$/gm)].map(([, bytes]) =>
    Number(bytes),
  );
  const bytes = whole.reduce((sum, written) => sum + written, 0);
  const cut = [...lines.matchAll(/\bpwrite(?:64|v2?)\(\d+<[^>]*\.pack>.*<unfinished/g)].length;
  return {
    syncsPerS: syncs / seconds,
    packWritesPerS: (whole.length + cut) / seconds,
    bytesPerPackWrite: whole.length === 0 ? Number.NaN : bytes / whole.length,
  };
}
