/** `npm run figures`: puts the committed results into the README, and draws what grows. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BenchRow } from "../row.ts";
import { withFigures } from "./figures.ts";
import { growthSvg } from "./growth.ts";

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const readme = pathOf("../../README.md");
const results = pathOf("../results");
writeFileSync(readme, withFigures(readFileSync(readme, "utf8"), results));
const { rows } = JSON.parse(readFileSync(`${results}/ingest.json`, "utf8")) as { rows: BenchRow[] };
writeFileSync(pathOf("../../docs/images/ingest.svg"), growthSvg(rows));
