import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, BenchReport, BenchRow } from "./row.ts";
import { table } from "./table.ts";

const HELP = `usage: npm run bench [-- NAME… --quick --json]

Runs the named benches, or all, prints a table of each and writes bench/results/NAME.json.

  --quick   shorter runs, less certain figures
  --json    one JSON document on stdout: the result, or a list of them; words go to stderr
  --help    this

example: npm run bench -- fuzz ingest --quick
exit: 0 all ran, 1 one failed, 2 wrong usage`;

/** `bench/results/NAME.json` (DESIGN §8). */
interface Result {
  readonly name: string;
  readonly commit: string;
  readonly machine: string;
  readonly when: string;
  /** Shorter runs, less certain figures: not to be quoted. */
  readonly quick?: true;
  readonly rows: readonly BenchRow[];
}

class Usage extends Error {}

const here = fileURLToPath(new URL(".", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  try {
    const { names, quick, json, help } = read(argv);
    if (help) return say(process.stdout, HELP, 0);
    const results: Result[] = [];
    // A bench of its own process each: what one leaves in memory, or a crash of its native code, is not the next one's.
    for (const name of names) {
      const result = names.length === 1 ? await runOne(name, quick) : await runApart(name, quick);
      if (result && !json) process.stdout.write(`\n${describe(result)}\n`);
      if (result) results.push(result);
    }
    if (json) process.stdout.write(`${JSON.stringify(names.length === 1 ? results[0] : results, null, 2)}\n`);
    return results.length === names.length ? 0 : 1;
  } catch (error) {
    if (error instanceof Usage) return say(process.stderr, error.message, 2);
    throw error;
  }
}

function read(argv: string[]) {
  const options = { quick: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
  const { values, positionals } = parsed(() => parseArgs({ args: argv, options, allowPositionals: true }));
  const { quick = false, json = false, help = false } = values;
  const there = benches();
  const unknown = positionals.filter((name) => !there.includes(name));
  if (unknown.length > 0)
    throw new Usage(`There is no bench "${unknown.join('", "')}". These exist: ${there.join(", ") || "none"}.`);
  return { names: positionals.length > 0 ? [...new Set(positionals)] : there, quick, json, help };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

/** A bench is a file of this folder; what benches share lies in folders below it. */
function benches(): string[] {
  const harness = new Set(["main", "table", "row"]);
  return readdirSync(here)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !harness.has(name))
    .sort();
}

async function runOne(name: string, quick: boolean): Promise<Result | undefined> {
  const done = progress(name);
  try {
    const module: { run?: Bench } = await import(pathToFileURL(`${here}${name}.ts`).href);
    if (typeof module.run !== "function") throw new Error(`bench/${name}.ts exports no function "run".`);
    const report = reportOf(await module.run({ quick }));
    const result: Result = {
      name,
      commit: commit(),
      machine: machine(),
      when: new Date().toISOString(),
      ...(quick ? { quick } : {}),
      rows: report.rows,
    };
    mkdirSync(`${here}results`, { recursive: true });
    writeFileSync(`${here}results/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
    done("done");
    for (const note of report.notes ?? []) process.stderr.write(`  note: ${note}\n`);
    return result;
  } catch (error) {
    done("failed");
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    return undefined;
  }
}

/** The same in a child; its words go straight to our stderr. */
async function runApart(name: string, quick: boolean): Promise<Result | undefined> {
  const args = [`${here}main.ts`, name, "--json", ...(quick ? ["--quick"] : [])];
  const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const status = await new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
  const document = Buffer.concat(chunks).toString();
  if (status === 0 && document) return JSON.parse(document) as Result;
  process.stderr.write(`bench ${name} ended with ${status}${document ? "" : " and no result"}\n`);
  return undefined;
}

function reportOf(returned: readonly BenchRow[] | BenchReport): BenchReport {
  return "rows" in returned ? returned : { rows: returned };
}

function describe(result: Result): string {
  return `${result.name} · ${result.commit.slice(0, 12)} · ${result.machine}\n${table(result.rows)}`;
}

/** Says every ten seconds that a bench still runs. */
function progress(name: string): (end: string) => void {
  const start = performance.now();
  const elapsed = () => `${Math.round((performance.now() - start) / 1_000)} s`;
  process.stderr.write(`bench ${name}: running\n`);
  const timer = setInterval(() => process.stderr.write(`bench ${name}: running for ${elapsed()}\n`), 10_000);
  return (end) => {
    clearInterval(timer);
    process.stderr.write(`bench ${name}: ${end} after ${elapsed()}\n`);
  };
}

/** The commit that was measured, marked when the checkout has changes of its own. */
function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: here, encoding: "utf8" }).trim();
  try {
    const changes = git("status", "--porcelain", "--untracked-files=no", "--", "..", ":!results");
    return git("rev-parse", "HEAD") + (changes ? "+changes" : "");
  } catch (error) {
    process.stderr.write(`no commit known: ${error instanceof Error ? error.message : error}\n`);
    return "unknown";
  }
}

function machine(): string {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} × ${model}, ${memoryGiB} GiB, Linux ${release()}, Node ${process.versions.node}`;
}

function say(to: NodeJS.WriteStream, words: string, code: number): number {
  to.write(`${words}\n`);
  return code;
}
