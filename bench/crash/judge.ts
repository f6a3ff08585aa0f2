import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Held } from "./disk.ts";
import { judgeKeys, type KeyVerdict } from "./judge-keys.ts";
import { judgeVolume, type VolumeVerdict } from "./judge-volume.ts";
import { type Promised, VOLUMES } from "./marks.ts";

export interface Verdict extends KeyVerdict, VolumeVerdict {
  /** From the first look to stores that have gone on. */
  readonly readyMs: number;
  /** What was wrong, in words; empty when nothing was. */
  readonly faults: readonly string[];
}

/** Young enough that a keeper which is a little ahead has not begun to remove it. */
const SLACK_MS = 1_500;
const RAM = "/dev/shm";

/**
 * Starts on such a disk, as a recorder would after a power cut, and holds what it finds against what was promised.
 *
 * @param settles whether it then looks which keys are dead, as a recorder does
 */
export async function judge(root: string, held: Held, promised: Promised, settles = true): Promise<Verdict> {
  const directory = scratch();
  try {
    layOut(held, root, directory);
    return await start(directory, promised, settles);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function start(directory: string, promised: Promised, settles: boolean): Promise<Verdict> {
  const faults: string[] = [];
  const began = performance.now();
  const { dead: known, ...keys } = await judgeKeys(directory, promised, SLACK_MS, faults);
  const dead = settles ? known : new Set<string>();
  const sum = { ...keys, lost: 0, gapsLost: 0, rowsBack: 0 };
  let secondsLost = 0;
  for (const volume of VOLUMES)
    try {
      const verdict = await judgeVolume(directory, volume, promised, dead, SLACK_MS, faults);
      sum.lost += verdict.lost;
      sum.gapsLost += verdict.gapsLost;
      sum.rowsBack += verdict.rowsBack;
      secondsLost = Math.max(secondsLost, verdict.secondsLost);
    } catch (thrown) {
      faults.push(`${volume} does not go on: ${thrown}`);
      sum.lost += promised.living(SLACK_MS).filter((one) => one.volume === volume).length;
    }
  return { ...sum, secondsLost, readyMs: performance.now() - began, faults };
}

/** A folder of its own, in memory where there is some. */
export function scratch(): string {
  try {
    return mkdtempSync(join(RAM, "overt-crash-"));
  } catch {
    // No such folder here, or not ours to write.
    return mkdtempSync(join(tmpdir(), "overt-crash-"));
  }
}

export function layOut(held: Held, root: string, directory: string): void {
  for (const path of [...held.keys()].sort()) {
    const content = held.get(path) as Uint8Array | "directory";
    const place = join(directory, path.slice(root.length));
    if (content === "directory") mkdirSync(place, { recursive: true });
    else {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
    }
  }
}
