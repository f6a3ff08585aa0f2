import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Who may import whom (DESIGN §3): an arrow may only point down. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "packages/core": [],
  "packages/media": ["core"],
  "packages/seal": ["core"],
  "packages/rules": ["core"],
  "packages/link": ["core"],
  "packages/plan": ["core"],
  "apps/recorder": ["core", "link", "media", "rules", "seal"],
  "apps/control": ["core", "link", "rules"],
  "apps/web": ["core", "link", "media"],
  "apps/sim": ["core", "media", "seal"],
  "apps/cli": ["core", "control", "link", "media", "recorder", "rules", "seal", "sim"],
};

/** Pure packages run in browsers too, so they know no process, file, socket or clock of their own. */
const isPure = (workspace: string): boolean => workspace.startsWith("packages/");

const IMPORT = /(?:^|[\s;])(?:import|export)\s[^"';]*?from\s*"([^"]+)"|import\(\s*"([^"]+)"\s*\)|^import\s+"([^"]+)"/gm;

interface Import {
  readonly file: string;
  readonly workspace: string;
  readonly target: string;
}

const imports: readonly Import[] = Object.keys(MAY_IMPORT).flatMap((workspace) =>
  sources(join(root, workspace, "src")).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(IMPORT)].map((match) => ({
      file: relative(root, file),
      workspace,
      target: match[1] ?? match[2] ?? match[3] ?? "",
    })),
  ),
);

test("every workspace is listed with what it may import", () => {
  const found = ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  expect(found.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports between workspaces only point down", () => {
  const upward = imports.filter(({ workspace, target }) => {
    const other = /^@overt\/([a-z]+)/.exec(target)?.[1];
    return other !== undefined && !MAY_IMPORT[workspace]?.includes(other);
  });
  expect(upward).toEqual([]);
});

test("no relative import leaves its own workspace", () => {
  const leaving = imports.filter(
    ({ file, workspace, target }) =>
      target.startsWith(".") && !resolve(root, dirname(file), target).startsWith(join(root, workspace, "src")),
  );
  expect(leaving).toEqual([]);
});

test("pure packages and the web bundle import no Node module", () => {
  const node = new Set(builtinModules);
  const touching = imports.filter(
    ({ file, workspace, target }) =>
      (isPure(workspace) || workspace === "apps/web") &&
      !/\.test\.tsx?$/.test(file) &&
      (target.startsWith("node:") || node.has(target.split("/")[0] ?? "")),
  );
  expect(touching).toEqual([]);
});

test("pure packages read no clock and no process", () => {
  const impure = Object.keys(MAY_IMPORT)
    .filter(isPure)
    .flatMap((workspace) => sources(join(root, workspace, "src")))
    .filter((file) => !/\.test\.ts$/.test(file) && !file.includes("/testing/"))
    .filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.|\bsetTimeout\(/.test(readFileSync(file, "utf8")),
    )
    .map((file) => relative(root, file));
  expect(impure).toEqual([]);
});

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
