import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchRow } from "../row.ts";

/** `bench/results/NAME.json` (DESIGN §8). */
interface BenchFile {
  readonly name: string;
  readonly machine: string;
  readonly quick?: true;
  readonly rows: readonly BenchRow[];
}

/** Between these the README's table of figures stands; nobody types a number there. */
export const BEGIN = "<!-- figures: npm run figures -->";
export const END = "<!-- /figures -->";

const BENCHES = ["ingest", "complete", "crash", "rebuild", "soak", "anonymise", "leak", "live", "seek", "fuzz"];

/** What the README says was measured: the rows with a goal, made of the committed results alone. */
export function figures(resultsDir: string): string {
  const there = new Set(readdirSync(resultsDir));
  const files = BENCHES.filter((name) => there.has(`${name}.json`)).map(
    (name) => JSON.parse(readFileSync(join(resultsDir, `${name}.json`), "utf8")) as BenchFile,
  );
  const hasty = files.filter(({ quick }) => quick).map(({ name }) => name);
  if (hasty.length > 0) throw new Error(`Measured with --quick, and not to be quoted: ${hasty.join(", ")}.`);
  const rows = files.flatMap(({ name, rows }) =>
    rows
      .filter(({ goal }) => goal !== null)
      .map(({ measure, unit, ours, baseline, ratio, goal, met }) => {
        const against = baseline ? `${number(baseline.value)}${spaced(unit)} (${baseline.name})` : "";
        const verdict = `${goal}: ${met ? "met" : "**not met**"}`;
        return `| ${name} | ${measure} | ${number(ours)}${spaced(unit)} | ${against}${ratio === null ? "" : `, ${number(ratio)}×`} | ${verdict} |`;
      }),
  );
  const machine = files[0] ? `On ${files[0].machine}; each file in \`bench/results\` names its commit and time.` : "";
  return [
    BEGIN,
    "| bench | what | ours | baseline, same run | goal |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    machine,
    END,
  ].join("\n");
}

/** The README with its table made anew. @throws Error when the README has lost its marks */
export function withFigures(readme: string, resultsDir: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`The README has no place for figures: ${BEGIN} … ${END}`);
  return readme.slice(0, from) + figures(resultsDir) + readme.slice(to + END.length);
}

const spaced = (unit: string): string => (unit === "" ? "" : ` ${unit}`);

function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-GB");
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
