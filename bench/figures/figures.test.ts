import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withFigures } from "./figures.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const results = new URL("../results", import.meta.url).pathname;

test("the README's figures are those of the committed results", () => {
  expect(withFigures(readme, results)).toBe(readme);
});
