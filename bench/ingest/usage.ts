import { readdirSync, readFileSync } from "node:fs";

/** `CLK_TCK` of Linux, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 1_000;

export interface Usage {
  readonly seconds: number;
  /** Core time per second, user and system, 1 for a core that is busy all the time. */
  readonly cores: number;
  /** Proportional set size, mean and highest of one look a second. */
  readonly memoryBytes: number;
  readonly mostMemoryBytes: number;
  /** Core time per second by process title, largest first. */
  readonly byTitle: readonly (readonly [title: string, cores: number])[];
}

/**
 * Watches processes for a while. Children that come and go are counted with the parent that waits for them.
 *
 * @param pids asked at each look, parents before their children
 */
export async function usageOf(pids: () => readonly number[], durationMs: number): Promise<Usage> {
  const began = performance.now();
  const before = cpuByProcess(pids());
  const looks: number[] = [];
  while (performance.now() - began < durationMs) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    looks.push(pids().reduce((sum, pid) => sum + memoryOf(pid), 0));
  }
  const after = cpuByProcess(pids());
  const seconds = (performance.now() - began) / 1_000;
  const byTitle = new Map<string, number>();
  for (const [pid, { title, cpuS }] of after)
    byTitle.set(title, (byTitle.get(title) ?? 0) + (cpuS - (before.get(pid)?.cpuS ?? 0)) / seconds);
  // A child that was there before and has ended since stands in its parent's count now, from its first moment on.
  for (const [pid, { title, cpuS }] of before)
    if (!after.has(pid)) byTitle.set(title, (byTitle.get(title) ?? 0) - cpuS / seconds);
  return {
    seconds,
    cores: [...byTitle.values()].reduce((sum, cores) => sum + cores, 0),
    memoryBytes: looks.reduce((sum, bytes) => sum + bytes, 0) / looks.length,
    mostMemoryBytes: Math.max(...looks),
    byTitle: [...byTitle].sort(([, a], [, b]) => b - a),
  };
}

/** A process and all that it has started, while they live. */
export function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.[1] : undefined;
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = [root];
  for (let i = 0; i < family.length; i++)
    for (const [pid, parent] of parents) if (parent === family[i]) family.push(pid);
  return family;
}

export const titleOf = (pid: number): string | undefined => read(`/proc/${pid}/cmdline`)?.split("\0")[0];

function cpuByProcess(pids: readonly number[]): Map<number, { title: string; cpuS: number }> {
  const found = new Map<number, { title: string; cpuS: number }>();
  for (const pid of pids) {
    const stat = statOf(pid);
    const title = titleOf(pid);
    // Own user and system time, and that of the children that have been waited for (proc(5), fields 14 to 17).
    const ticks = stat?.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    if (ticks !== undefined && title) found.set(pid, { title, cpuS: ticks / TICKS_PER_SECOND });
  }
  return found;
}

/** The fields behind the name, which may hold anything: state, parent, … */
function statOf(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Proportional set size; 0 for a process that has ended. */
export function memoryOf(pid: number): number {
  const kB = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
  return Number(kB ?? 0) * 1024;
}

/** @returns undefined for a process that has ended meanwhile */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw thrown;
  }
}
