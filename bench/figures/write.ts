/** `npm run figures`: puts the committed results into the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withFigures } from "./figures.ts";

const readme = fileURLToPath(new URL("../../README.md", import.meta.url));
const results = fileURLToPath(new URL("../results", import.meta.url));
writeFileSync(readme, withFigures(readFileSync(readme, "utf8"), results));
