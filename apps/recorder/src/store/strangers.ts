import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { packClasses, packFiles, unbegunPacks } from "./recovery.ts";
import { rowsOf } from "./segment-index.ts";
import { packPath } from "./pack.ts";

/** README.md, "Directory"; `lost+found` is the file system's own. */
const OURS =
  /^(overt-store\.json(\.new)?|lock\.sqlite(-journal)?|index\.sqlite(\.damaged-\d+)?(-wal|-journal)?|gaps\.log(\.1)?|holds\.json(\.new)?|ballast|packs|lost\+found)$/;

/** README.md, "Index". */
const TABLES: ReadonlySet<string> = new Set([
  "meta",
  "cameras",
  "packs",
  "segments",
  "open_fragments",
  "envelopes",
  "usage",
  "rules",
  "gaps",
  "runs",
]);

/** Paths in a store's directory that no store has made. */
export async function strangersIn(directory: string): Promise<string[]> {
  const classes = await packClasses(directory);
  const named = (await packFiles(directory)).map((name) => packPath(directory, name));
  const packs = new Set([...named, ...(await unbegunPacks(directory))]);
  const folders = new Set(classes.map((name) => join(directory, "packs", name)));
  const inClasses = await Promise.all([...folders].map(pathsIn));
  return [
    ...(await readdir(directory)).filter((name) => !OURS.test(name)).map((name) => join(directory, name)),
    ...(classes.length > 0 ? await pathsIn(join(directory, "packs")) : []).filter((path) => !folders.has(path)),
    ...inClasses.flat().filter((path) => !packs.has(path)),
  ];
}

/** Tables of an index that no store has made. */
export const strangeTables = (database: DatabaseSync): string[] =>
  rowsOf<{ name: string }>(
    database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all(),
  )
    .map(({ name }) => name)
    .filter((name) => !TABLES.has(name));

const pathsIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).map((name) => join(directory, name));
