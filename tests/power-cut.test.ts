import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { crash, type Traced, traceLoad } from "../bench/crash/power-cut.ts";

const missing = whyNot();
const SEED = 7;

/** A store and a key store under load, and the power taken away at any moment: see `bench/crash.ts`. */
describe.skipIf(missing)(`power may fail at any instant${missing && ` [skipped: ${missing}]`}`, () => {
  let traced: Traced;

  beforeAll(async () => {
    traced = (await traceLoad(12)) as Traced;
  }, 60_000);

  test("the load writes, ends packs, destroys keys and removes what they opened", () => {
    const count = (name: string): number => traced.ops.filter(({ op }) => op === name).length;
    expect(count("write")).toBeGreaterThan(200);
    expect(traced.ops.some(({ op }, i) => op === "unlink" && packsMadeBefore(traced, i) > 3)).toBe(true);
    expect(traced.ops.some((op) => op.op === "mark" && op.text.includes('"destroyed"'))).toBe(true);
  });

  test("a start on whatever the disk holds then has all that was acknowledged, and no key that was dead", async () => {
    const run = await crash(traced, 300, { seed: SEED });
    expect(run.faults).toEqual([]);
    expect(run).toMatchObject({ lost: 0, keysLost: 0, keysUndead: 0, faulty: 0 });
    expect(run.secondsLost).toBeLessThanOrEqual(2);
    expect(run.readyMs).toBeLessThan(10_000);
  }, 120_000);

  test("on a disk that keeps nothing of what was synced, that is seen", async () => {
    const run = await crash(traced, 60, { seed: SEED, deaf: true });
    expect(run.lost).toBeGreaterThan(0);
    expect(run.keysLost).toBeGreaterThan(0);
    expect(run.secondsLost).toBeGreaterThan(2);
  }, 120_000);

  test("a key that is only forgotten, and not overwritten, is seen", async () => {
    const dead = traced.ops.findIndex((op) => op.op === "mark" && op.text.includes('"destroyed"'));
    const isZeros = (bytes: Uint8Array): boolean => bytes.subarray(56, 88).every((byte) => byte === 0);
    const forgetful = traced.ops.filter(
      (op) => !(op.op === "write" && op.path.endsWith(".slots") && op.offset >= 256 && isZeros(op.bytes)),
    );
    expect(dead).toBeGreaterThan(0);
    const run = await crash({ ...traced, ops: forgetful }, 40, { seed: SEED });
    expect(run.keysUndead).toBeGreaterThan(0);
  }, 120_000);
});

function packsMadeBefore({ ops }: Traced, index: number): number {
  return ops.slice(0, index).filter((op) => op.op === "create" && op.path.endsWith(".pack")).length;
}

function whyNot(): string {
  const tried = spawnSync("strace", ["-f", "-qq", "-e", "trace=none", "true"]);
  if (tried.error) return "no strace";
  return tried.status === 0 ? "" : "strace may not look at processes here";
}
