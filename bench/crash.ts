import { killEverything } from "./crash/kills.ts";
import { crash, crashAgain, type Traced, traceLoad } from "./crash/power-cut.ts";
import { type BenchOptions, type BenchReport, row } from "./row.ts";

const SEED = 20_261_125;
/** Enough for packs to end and keys, rows and packs to die. */
const LOAD_S = 30;
/** Starts that are cut again, and how often each. */
const AGAIN = { starts: 40, points: 25 };

/**
 * What a disk may hold when power fails at any moment of a store's and a key store's life under load, whether a start on
 * it finds all that was promised, and whether it goes on. Beside it the same on a disk that keeps nothing it was asked to
 * sync: what is measured here must see that.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const traced = await traceLoad(quick ? LOAD_S / 2 : LOAD_S);
  if (!traced) return { rows: [], notes: ["Skipped: no strace here, or it may not look at processes."] };
  const ours = await crash(traced, quick ? 1_000 : 5_000, { seed: SEED });
  const again = await crashAgain(traced, quick ? 4 : AGAIN.starts, AGAIN.points, { seed: SEED });
  const deaf = await crash(traced, quick ? 100 : 500, { seed: SEED, deaf: true });
  const kills = await killEverything(quick ? 5 : 50);
  const against = (value: number) => ({ baseline: { name: "a disk that forgets what was synced", value } });
  return {
    rows: [
      row("points", "", ours.points, { goal: { of: "ours", atLeast: 1_000 } }),
      row("lost acknowledged", "fragments", ours.lost, { ...against(deaf.lost), goal: { of: "ours", atMost: 0 } }),
      row("gaps that were known and are not told", "", ours.gapsLost, {
        ...against(deaf.gapsLost),
        goal: { of: "ours", atMost: 0 },
      }),
      row("periods listed again whose rows had gone", "", ours.rowsBack, { goal: { of: "ours", atMost: 0 } }),
      row("keys lost that should live", "", ours.keysLost, {
        ...against(deaf.keysLost),
        goal: { of: "ours", atMost: 0 },
      }),
      row("dead keys still in one of the places", "", ours.keysUndead, { goal: { of: "ours", atMost: 0 } }),
      row("starts that were not as promised", "", ours.faulty, {
        ...against(deaf.faulty),
        goal: { of: "ours", atMost: 0 },
      }),
      row("starts on which power failed twice, that were not as promised", "", again.faulty, {
        goal: { of: "ours", atMost: 0 },
      }),
      row("seconds lost, worst", "s", ours.secondsLost, { goal: { of: "ours", atMost: 2 } }),
      row("from the first look to stores that have been written to, worst", "ms", Math.round(ours.readyMs), {
        goal: { of: "ours", atMost: 10_000 },
      }),
      row(`kill -9 of everything, ${kills.times} times: stretches lost that were on the timeline`, "", kills.lost, {
        goal: { of: "ours", atMost: 0 },
      }),
      row(
        `kill -9 of everything, ${kills.times} times: seconds lost, worst`,
        "s",
        Number(kills.secondsLost.toFixed(2)),
        {
          goal: { of: "ours", atMost: 2 },
        },
      ),
      row(
        `kill -9 of everything, ${kills.times} times: until all record again, worst`,
        "s",
        Number(kills.backS.toFixed(1)),
        {
          goal: { of: "ours", atMost: 30 },
        },
      ),
    ],
    notes: [
      `${kills.times} kills of a recorder of 20 cameras of 2 Mbit/s and all its processes at once; it comes back by itself.`,
      `${summary(traced)}. At each point one of four fates of what was not synced: all lost, all kept, or any of its sectors of 512 or 4,096 bytes kept.`,
      `${again.points} points more in starts after a first cut. Waits are production's: fragments of 0.9 s, commits every 0.3 s.`,
      `Of the ${deaf.points} points on a disk that forgets, ${deaf.faulty} were seen not to be as promised.`,
      ...ours.faults,
      ...again.faults,
    ],
  };
}

function summary({ ops }: Traced): string {
  const count = (name: string): number => ops.filter(({ op }) => op === name).length;
  return `A load of ${count("write")} writes, ${count("sync") + count("sync-directory")} syncs, ${count("unlink")} removals, as strace saw it below libc`;
}
