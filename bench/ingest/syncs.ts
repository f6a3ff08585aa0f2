import { spawn } from "node:child_process";

const COUNT_MS = 5_000;

/**
 * How often processes ask the kernel to make something durable, counted by `strace` while it slows them: so never while
 * anything else is measured.
 *
 * @returns null where `strace` is not installed or may not look
 */
export async function syncsPerSecond(pids: readonly number[]): Promise<number | null> {
  const tracer = spawn(
    "strace",
    ["-c", "-f", "-qq", "-e", "trace=fsync,fdatasync", ...pids.flatMap((pid) => ["-p", `${pid}`])],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let table = "";
  tracer.stderr.on("data", (chunk: Buffer) => {
    table += String(chunk);
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
  // "% time, seconds, usecs/call, calls, errors or nothing, syscall"
  const counts = [...table.matchAll(/^(?:\s*[\d.]+){3}\s+(\d+)\b.*\b(?:fsync|fdatasync)$/gm)];
  return counts.reduce((sum, [, calls]) => sum + Number(calls), 0) / seconds;
}
