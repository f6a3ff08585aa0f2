import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { siteId } from "@overt/core";
import { readHistory } from "@overt/recorder/power/journal";
import { afterEvent, NO_HISTORY, type PowerEvent, type PowerHistory } from "@overt/rules";
import { randomStream } from "@overt/sim/scene/random";
import { beforeAll, describe, expect, test } from "vitest";
import { Disk, FATES } from "../bench/crash/disk.ts";
import { layOut } from "../bench/crash/judge.ts";
import { type CrashRun, crash, crashAgain, type Traced, traceLoad, traceOf } from "../bench/crash/power-cut.ts";
import type { DiskOp } from "../bench/crash/trace.ts";

const missing = whyNot();
const SEED = 7;
const NOTHING = { lost: 0, gapsLost: 0, rowsBack: 0, keysLost: 0, keysUndead: 0, faulty: 0 };

/** Tracks, a store and a key store under load, and the power taken away at any moment: see `bench/crash.ts`. */
describe.skipIf(missing)(`power may fail at any instant${missing && ` [skipped: ${missing}]`}`, () => {
  let traced: Traced;
  const without = (isOut: (op: DiskOp) => boolean): Traced => ({
    ...traced,
    ops: traced.ops.filter((op) => !isOut(op)),
  });

  beforeAll(async () => {
    traced = (await traceLoad(14)) as Traced;
  }, 90_000);

  test("the load has everything in it that happens to a store in years", () => {
    const count = (is: (op: DiskOp) => boolean): number => traced.ops.filter(is).length;
    const said = (word: string): number => count((op) => op.op === "mark" && op.text.includes(`"said":"${word}"`));
    for (const word of ["acknowledged", "key", "destroyed", "expired", "gap-opened", "gap-closed"])
      expect(said(word), word).toBeGreaterThan(3);
    const isPack = (op: DiskOp, volume: string): boolean => "path" in op && op.path.includes(`/${volume}/packs/`);
    expect(count((op) => op.op === "unlink" && isPack(op, "roomy"))).toBeGreaterThan(1);
    const holes = count((op) => op.op === "write" && isPack(op, "full") && op.bytes.every((byte) => byte === 0));
    expect(holes, "parts of packs given back").toBeGreaterThan(3);
    for (const volume of ["roomy", "full"]) {
      const logs = count(
        (op) => op.op === "write" && op.offset === 0 && op.path.endsWith(`/${volume}/index.sqlite-wal`),
      );
      expect(logs, `${volume}: logs of the index begun`).toBeGreaterThan(3);
    }
  });

  test("a start on whatever the disk holds then has all that was promised, nothing that is dead, and goes on", async () => {
    const run = await crash(traced, 200, { seed: SEED });
    expect(run.faults).toEqual([]);
    expect(run).toMatchObject(NOTHING);
    expect(run.secondsLost).toBeLessThanOrEqual(2);
    expect(run.readyMs).toBeLessThan(10_000);
  }, 120_000);

  test("so does a start after a start in which power failed again", async () => {
    const run = await crashAgain(traced, 4, 12, { seed: SEED });
    expect(run.faults).toEqual([]);
    expect(run).toMatchObject({ ...NOTHING, points: 48 });
  }, 120_000);

  describe("what is not as promised is seen", () => {
    test("on a disk that keeps nothing of what was synced", async () => {
      const run = await crash(traced, 40, { seed: SEED, deaf: true });
      for (const count of ["lost", "gapsLost", "keysLost"] as const) expect(run[count], count).toBeGreaterThan(0);
      expect(run.secondsLost).toBeGreaterThan(2);
    }, 120_000);

    test("on a disk that keeps nothing of what a start has synced", async () => {
      expect((await crashAgain(traced, 2, 20, { seed: SEED, deaf: true })).faulty).toBeGreaterThan(0);
    }, 120_000);

    test.each<[string, (op: DiskOp) => boolean, (keyof CrashRun)[]]>([
      ["the bytes of packs are not synced", (op) => op.op === "sync" && op.path.endsWith(".pack"), ["lost"]],
      ["the names of packs are not", (op) => op.op === "sync-directory" && /packs(\/0)?$/.test(op.path), ["lost"]],
      [
        "the index's log is not: what only the index knows",
        (op) => op.op === "sync" && op.path.endsWith("/index.sqlite-wal"),
        ["gapsLost"],
      ],
      [
        "the index is not, when its log begins anew",
        (op) => op.op === "sync" && op.path.endsWith("/index.sqlite"),
        ["lost"],
      ],
      [
        "one of the two key places is not",
        (op) => op.op === "sync" && op.path.includes("/keys-a/"),
        ["keysLost", "keysUndead"],
      ],
      [
        "one of the two key places is not written",
        (op) => op.op === "write" && op.path.includes("/keys-b/"),
        ["keysLost"],
      ],
      ["a key is only forgotten, and not overwritten", isKeyOverwritten, ["keysUndead"]],
    ])(
      "%s",
      async (_, isOut, broken) => {
        const run = await crash(without(isOut), 48, { seed: SEED });
        for (const count of broken) expect(run[count], count).toBeGreaterThan(0);
      },
      120_000,
    );

    test("rows that come back where nobody looks which keys are dead", async () => {
      const isLog = (op: DiskOp): boolean => op.op === "sync" && op.path.endsWith("/index.sqlite-wal");
      const run = await crash(without(isLog), 48, { seed: SEED, settles: false });
      expect(run.rowsBack).toBeGreaterThan(0);
    }, 120_000);

    test("packs that are said to have ended and have no footer", async () => {
      const isFooter = (op: DiskOp): boolean =>
        op.op === "write" && Buffer.from(op.bytes.subarray(-8)).toString("latin1") === "OVRTFOOT";
      const run = await crash(without(isFooter), 40, { seed: SEED });
      expect(run.faults.some((fault) => fault.includes("has no footer"))).toBe(true);
    }, 120_000);

    test("a store that opens and takes nothing more", async () => {
      const path = `${traced.root}/roomy/gaps.log`;
      const made = traced.ops.findIndex((op) => op.op === "mkdir" && op.path === `${traced.root}/roomy/packs`);
      const isOf = (op: DiskOp): boolean => "path" in op && op.path === path;
      const ops = traced.ops.flatMap((op, i): DiskOp[] =>
        i === made ? [op, { op: "mkdir", path }] : isOf(op) ? [] : [op],
      );
      const run = await crash({ ...traced, ops }, 12, { seed: SEED });
      expect(run.faults.some((fault) => fault.includes("does not go on") && fault.includes("EISDIR"))).toBe(true);
    }, 120_000);
  });
});

/** The power journal noting events, and the power taken away before each call. */
describe.skipIf(missing)(`power may fail while it is noted${missing && ` [skipped: ${missing}]`}`, () => {
  let traced: Traced;
  beforeAll(async () => {
    traced = (await traceOf("note-power.ts")) as Traced;
  }, 30_000);

  test("a start knows each event that was said to be noted, whatever the disk holds", async () => {
    const { faults, points, turns } = await historiesOf(traced);
    expect(faults).toEqual([]);
    expect(points).toBeGreaterThan(300);
    expect(turns, "written anew").toBeGreaterThan(2);
  });

  test.each<[string, (op: DiskOp) => boolean]>([
    ["a line that is not synced", (op) => op.op === "sync" && op.path.endsWith("/journal.log")],
    ["a new journal that is not synced", (op) => op.op === "sync" && op.path.endsWith("/journal.log.new")],
    ["a new journal's name that is not", (op) => op.op === "sync-directory"],
  ])("%s is seen", async (_, isOut) => {
    const ops = traced.ops.filter((op) => !isOut(op));
    expect((await historiesOf({ ...traced, ops })).faults).not.toEqual([]);
  });
});

/** What a start reads after a cut, where it is neither what was said to be noted nor that with what was under way. */
async function historiesOf({ root, ops }: Traced): Promise<{ faults: string[]; points: number; turns: number }> {
  const site = siteId("harbour");
  const events = ops.flatMap((op) => (op.op === "mark" ? [JSON.parse(op.text) as PowerEvent] : []));
  const known = [NO_HISTORY];
  for (const event of events) known.push(afterEvent(known.at(-1) as PowerHistory, event, site));
  const disk = new Disk(root);
  const random = randomStream(SEED);
  const faults: string[] = [];
  let noted = 0;
  let points = 0;
  for (const op of ops) {
    if (op.op === "mark") noted++;
    else disk.do(op);
    for (const fate of FATES) {
      const place = mkdtempSync(join(tmpdir(), "overt-noted-"));
      layOut(disk.after(fate, random), root, place);
      const read = await readHistory(place, site);
      rmSync(place, { recursive: true });
      points++;
      if (!known.slice(noted, noted + 2).some((history) => isDeepStrictEqual(history, read)))
        faults.push(`event ${noted}, after ${op.op}, ${fate}`);
    }
  }
  return { faults, points, turns: ops.filter(({ op }) => op === "rename").length };
}

/** Zeros where a living slot has its key. */
function isKeyOverwritten(op: DiskOp): boolean {
  if (op.op !== "write" || !op.path.endsWith(".slots") || op.offset < 256) return false;
  return op.bytes.subarray(56, 88).every((byte) => byte === 0);
}

function whyNot(): string {
  const tried = spawnSync("strace", ["-f", "-qq", "-e", "trace=none", "true"]);
  if (tried.error) return "no strace";
  return tried.status === 0 ? "" : "strace may not look at processes here";
}
