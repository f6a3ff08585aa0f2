import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Covering, parseOrLibrary } from "@overt/plan";

const DATA = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const read = (path: string): string => readFileSync(`${DATA}${path}`, "utf8");

export interface Instance {
  readonly name: string;
  readonly covering: Covering;
  /** The best value known; undefined where its README tells none. */
  readonly best: number | undefined;
}

/** `scp41 429, 42 512, …`: the best known values as the data's README tells them. */
export function orLibrary(): Instance[] {
  const known = /Best known[^:]*:([^\n]*)/.exec(read("README.md"))?.[1] ?? "";
  const best = new Map(Array.from(known.matchAll(/(\d+) (\d+)/g), ([, name, value]) => [`scp${name}`, Number(value)]));
  return readdirSync(`${DATA}orlib`)
    .filter((file) => /^scp.*\.txt$/.test(file))
    .map((file) => {
      const name = file.replace(/\.txt$/, "");
      return { name, covering: parseOrLibrary({ covering: read(`orlib/${file}`) }), best: best.get(name) };
    });
}

export const TOWN_FILE = `${DATA}ocp/kirchfeld-4m.txt`;

export function town(): Covering {
  return parseOrLibrary({
    covering: read("ocp/kirchfeld-4m.txt"),
    weights: read("ocp/kirchfeld-4m.weights.txt"),
    sites: read("ocp/kirchfeld-4m.sites.txt"),
  });
}

/** `5,100 -> 1,027`: the budgets of the town's README, and the most weight that was met within each. */
export function townBudgets(): { budget: number; best: number }[] {
  const plain = (text: string | undefined): number => Number(text?.replaceAll(",", ""));
  return Array.from(read("ocp/README.md").matchAll(/([\d,]+) -> ([\d,]+)/g), ([, budget, best]) => ({
    budget: plain(budget),
    best: plain(best),
  }));
}
