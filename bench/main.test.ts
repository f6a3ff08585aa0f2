import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const BENCHES = {
  swift: `import { row } from "./row.ts";
    export const run = async ({ quick }: { quick: boolean }) =>
      ({ rows: [row("quick", "", quick ? 1 : 0, { baseline: { name: "slow", value: 2 } })], notes: ["a note"] });`,
  broken: `export const run = async () => { throw new Error("no camera answered"); };`,
  empty: "export const nothing = 1;",
  gone: "process.exit(0); export const run = 1;",
};
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "overt-bench-"));
  for (const file of ["main.ts", "row.ts", "table.ts"]) cpSync(join(here, file), join(folder, file));
  for (const [name, source] of Object.entries(BENCHES)) writeFileSync(join(folder, `${name}.ts`), source);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [join(folder, "main.ts"), ...args], { encoding: "utf8" });
}

test("an unknown name is wrong usage, and what exists is listed", () => {
  const { status, stderr } = bench("swift", "rapid");
  expect(status).toBe(2);
  expect(stderr).toContain('There is no bench "rapid". These exist: broken, empty, gone, swift.');
});

test("an unknown option is wrong usage; help is not", () => {
  expect(bench("--fast").status).toBe(2);
  expect(bench("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("example:") });
});

test("a bench prints its table and leaves the fields that DESIGN §8 names, and whether it was a quick one", () => {
  const { status, stdout, stderr } = bench("swift", "--quick");
  expect(status).toBe(0);
  expect(stdout).toMatch(/quick +1 +2 \(slow\) +0\.5×/);
  expect(stderr).toContain("note: a note");
  const result = JSON.parse(readFileSync(join(folder, "results/swift.json"), "utf8"));
  expect(Object.keys(result)).toEqual(["name", "commit", "machine", "when", "quick", "rows"]);
  expect(Object.keys(result.rows[0])).toEqual(["measure", "unit", "ours", "baseline", "ratio", "goal", "met"]);
  expect(result).toMatchObject({ name: "swift", rows: [{ ours: 1, ratio: 0.5, goal: null, met: null }] });
});

test("--json puts one document on stdout", () => {
  expect(JSON.parse(bench("swift", "--json").stdout)).toMatchObject({ name: "swift", rows: [{ ours: 0 }] });
});

test.each([
  ["broken", "no camera answered"],
  ["empty", 'exports no function "run"'],
])("%s fails with its reason and leaves no result", (name, reason) => {
  const { status, stderr } = bench(name);
  expect(status).toBe(1);
  expect(stderr).toContain(reason);
  expect(existsSync(join(folder, `results/${name}.json`))).toBe(false);
});

test("one that fails, or ends its process, does not keep the others from running", () => {
  const { status, stdout, stderr } = bench("broken", "gone", "swift", "--json");
  expect(status).toBe(1);
  expect(stderr).toContain("bench broken ended with 1");
  expect(stderr).toContain("bench gone ended with 0 and no result");
  expect(JSON.parse(stdout)).toMatchObject([{ name: "swift" }]);
});
