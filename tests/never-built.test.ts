import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Packages that ship models of faces, gaits, voices, ages or plates, by what their names say. */
const FORBIDDEN_PACKAGE = /face|facial|blazeface|mediapipe|gait|voice|speech|plate|alpr|anpr|reid|age-gender/i;

test("no package that could identify anybody is installed", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  const names = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ""));
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => FORBIDDEN_PACKAGE.test(name) && !name.includes("interface"))).toEqual([]);
});

test("what a worker says back holds no place, box, count or score of anybody", () => {
  const source = readFileSync(join(root, "apps/recorder/src/anonymiser/messages.ts"), "utf8");
  const answers = source.slice(source.indexOf("export type FromWorker"));
  expect(answers).toContain('kind: "picture"');
  expect(answers).not.toMatch(/\b(box|boxes|person|people|score|detection|detections|count|tracks?)\b\??:/i);
});

test("nothing outside the anonymiser and its bench imports the detector", () => {
  const importing = ["apps", "packages"].flatMap((dir) =>
    readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/node_modules|\/dist\//.test(entry.parentPath),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes("apps/recorder/src/anonymiser/"))
      .filter((path) => /from "[^"]*detector/.test(readFileSync(path, "utf8")))
      .map((path) => relative(root, path)),
  );
  expect(importing).toEqual([]);
});

test("the centre can ask a recorder for nothing that yields an original or a clear picture", () => {
  const source = readFileSync(join(root, "packages/link/src/recorder.ts"), "utf8");
  const operations = [...source.matchAll(/op: z\.literal\("(\w+)"\)/g)].map((match) => match[1]);
  expect(operations.sort()).toEqual(["cancel", "read", "status", "still", "timeline", "watch"]);
});
