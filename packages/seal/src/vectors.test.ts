import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkVectors, type Vectors } from "./testing/check-vectors.ts";

const vectors = JSON.parse(readFileSync(new URL("../vectors.json", import.meta.url), "utf8")) as Vectors;

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

test("Node gives and reads the bytes of the vectors", async () => {
  const checks = await checkVectors(vectors);
  expect(checks.filter(({ held }) => !held)).toEqual([]);
  expect(checks.length).toBeGreaterThan(20);
});

test("a vector that is changed is noticed, so the check is one", async () => {
  const changed = structuredClone(vectors) as Mutable<Vectors>;
  changed.segments[0]!.records[2] = changed.segments[0]!.records[3]!;
  changed.original.epochKey = "00".repeat(32);
  const checks = await checkVectors(changed);
  expect(checks.filter(({ held }) => !held).map(({ name }) => name)).toEqual([
    "segment of 3 fragments is sealed to the same bytes",
    "segment of 3 fragments opens",
    "segment of 3 fragments has its init segment",
    "original envelope, two of three and three of five",
  ]);
});
