import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { BenchRow } from "../row.ts";
import { withFigures } from "./figures.ts";
import { growthSvg } from "./growth.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const results = new URL("../results", import.meta.url).pathname;

test("the README's figures are those of the committed results", () => {
  expect(withFigures(readme, results)).toBe(readme);
});

test("the picture of what grows is that of the committed results", () => {
  const { rows } = JSON.parse(readFileSync(`${results}/ingest.json`, "utf8")) as { rows: BenchRow[] };
  const drawn = readFileSync(new URL("../../docs/images/ingest.svg", import.meta.url), "utf8");
  expect(growthSvg(rows)).toBe(drawn);
});
