import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const webApp = join(root, "apps/web");
const dist = join(webApp, "dist");
/** Two test files may find the bundle stale at once. */
const lock = join(tmpdir(), `overt-web-build-${process.getuid?.() ?? 0}`);
const LOCK_LASTS_MS = 120_000;

/** The built control room; built anew when a source is younger. */
export async function freshBundle(): Promise<string> {
  while (isStale()) {
    if (!locked()) {
      await delay(200);
      continue;
    }
    try {
      await promisify(execFile)(join(root, "node_modules/.bin/vite"), ["build", webApp, "--logLevel", "error"], {
        // The test runner's own NODE_ENV would build React's development version.
        env: { ...process.env, NODE_ENV: "production" },
      });
    } finally {
      rmdirSync(lock);
    }
  }
  return dist;
}

function locked(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (thrown) {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LOCK_LASTS_MS) rmdirSync(lock);
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}

function isStale(): boolean {
  const built = statSync(join(dist, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ["apps/web/src", "apps/web/public", "packages/core/src", "packages/link/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const all = [...sources, join(webApp, "index.html"), join(webApp, "vite.config.ts")];
  return all.some((file) => statSync(file).mtimeMs > built);
}
