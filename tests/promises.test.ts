import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const rows = readFileSync(join(root, "docs/promises.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| \d/.test(line));

test("all ten promises stand in the table", () => {
  expect(rows.map((row) => Number(row.split("|")[1]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("every file and test that the table names is there", () => {
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string));
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("a promise that is kept has a test that attacks it, and one that is not says so", () => {
  for (const row of rows) {
    const [, , , kept = "", attacked = ""] = row.split("|");
    if (/not yet/.test(kept)) expect(attacked.trim()).toBe("");
    else expect(attacked, row).toMatch(/\.test\.ts`/);
  }
});
