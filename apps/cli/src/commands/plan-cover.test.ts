import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "overt-plan-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** Three places in a row; two cameras of which each sees two, a dear one that sees the last. */
const SMALL = file("small.txt", " 3 3 \n 19 20 36 \n 1\n 1\n 2\n 1 2\n 2\n 2 3\n");
const MAIN = new URL("../main.ts", import.meta.url).pathname;

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

function cover(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "plan", "cover", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("tells cost, columns from 1, bound and seconds, and stops when the bound is reached", () => {
  const result = JSON.parse(
    execFileSync(process.execPath, [MAIN, "plan", "cover", SMALL, "--seconds", "20"], { encoding: "utf8" }),
  );
  expect(result).toEqual({ cost: 39, columns: [1, 2], bound: 39, seconds: expect.any(Number) });
  expect(result.seconds).toBeLessThan(15);
});

test("within a budget it tells the weight that is met", () => {
  const weights = file("weights.txt", "3\n1 1 5\n");
  const { stdout } = cover(SMALL, "--budget", "25", "--weights", weights, "--moves", "1000");
  expect(JSON.parse(stdout)).toMatchObject({ cost: 20, weight: 6, columns: [2], bound: 6 });
});

test.each([
  [["--json", file("two.txt", "two 3")], 1, "COVER_FILE_NUMBER"],
  [["--json", file("dark.txt", "2 1\n5\n1 1\n0\n")], 1, "COVER_INFEASIBLE"],
  [["--json", join(dir, "none.txt")], 1, "FILE_UNREADABLE"],
  [["--json", SMALL, "--sites", SMALL], 1, "COVER_FILE_TRAILING"],
] as const)("%j is refused", (args, exit, code) => {
  const { status, stdout, stderr } = cover(...args);
  expect(status).toBe(exit);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
  expect(stderr).toContain(code);
});

test.each([
  ["--seconds", "0"],
  ["--seconds", "soon"],
  ["--budget", "-1"],
  ["--moves", "x"],
])("%s %s is wrong usage", (option, value) => {
  expect(cover(SMALL, option, value).status).toBe(2);
});
