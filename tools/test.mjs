// Format, lint, types and all tests; ends with one line that counts them.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const bin = (name) => join(root, "node_modules/.bin", name);
/** All that tests leave behind, those that were killed too. */
const scratch = mkdtempSync(join(tmpdir(), "overt-"));
// VLC runs as another user than root, and reads its film there.
chmodSync(scratch, 0o711);
const report = join(scratch, "report.json");
const only = process.argv.slice(2);

const checks = [
  ["format", bin("biome"), ["format", "."]],
  ["lint", bin("biome"), ["lint", "--error-on-warnings", "."]],
  ["types", bin("tsc"), ["--noEmit"]],
];
let passed = 0;
const failed = [];
for (const [name, program, args] of only.length > 0 ? [] : checks) {
  process.stdout.write(`check: ${name}\n`);
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit", env: pinnedEnv() });
  if (status === 0) passed++;
  else failed.push(name);
}

const vitest = spawnSync(
  bin("node"),
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${report}`,
    ...only,
  ],
  { cwd: root, stdio: "inherit", env: pinnedEnv() },
);

const skipped = [];
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  for (const file of result.testResults) {
    if (file.assertionResults.length === 0 && file.status === "failed") failed.push(`${file.name}: ${file.message}`);
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed++;
      else if (test.status === "failed") failed.push(test.fullName);
      else skipped.push(test.fullName);
    }
  }
} catch (error) {
  failed.push(`the test run left no report: ${error.message}`);
}
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
if (vitest.status !== 0 && failed.length === 0) failed.push(`vitest ended with ${vitest.status ?? vitest.signal}`);

// A test may only be skipped with its reason in its own name, so that nobody has to guess what did not run.
const unexplained = skipped.filter((name) => !name.includes("[skipped:"));
for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
for (const name of unexplained) failed.push(`skipped without a reason: ${name}`);
for (const name of failed) process.stdout.write(`failed: ${name}\n`);
const explained = skipped.length - unexplained.length;
process.stdout.write(`${passed} passed, ${failed.length} failed${explained > 0 ? `, ${explained} skipped` : ""}\n`);
process.exit(failed.length === 0 ? 0 : 1);

function pinnedEnv() {
  return { ...process.env, TMPDIR: scratch, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
}
