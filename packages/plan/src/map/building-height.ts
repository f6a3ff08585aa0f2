import type { FindingCode } from "./finding.ts";
import { lengthM } from "./length.ts";
import type { Measured } from "./model.ts";
import type { Tags } from "./osm.ts";

export const LEVEL_M = 3;
const LEAST_M = 0.5;
const MOST_M = 900;

/** Heights to assume where nobody mapped one, by kind; 6 m, two storeys, for the others. */
const GUESSES: readonly (readonly [number, string])[] = [
  [3, "garage garages carport shed hut kiosk storage greenhouse cabin service toilets container"],
  [4, "roof storage_tank"],
  [5, "bungalow"],
  [8, "industrial warehouse hangar"],
  [9, "commercial public civic school parking train_station"],
  [12, "apartments dormitory office hotel hospital government university mosque temple synagogue"],
  [15, "church"],
  [20, "tower"],
  [25, "cathedral"],
];
const GUESS_M = new Map(GUESSES.flatMap(([m, kinds]) => kinds.split(" ").map((kind) => [kind, m] as const)));
const GUESS_OTHER_M = 6;
/** How thick a roof on posts is taken to be. */
const CANOPY_M = 0.5;

export interface Extent {
  readonly height: Measured;
  readonly min: Measured;
  readonly findings: readonly { readonly code: FindingCode; readonly detail: string }[];
}

/** From where to where a building or part stands above ground (osm-05, osm-06). */
export function extentOf(tags: Tags, kind: string): Extent {
  const findings: Extent["findings"][number][] = [];
  const read = (key: string): number | null => {
    const text = tags[key];
    if (text === undefined) return null;
    const value = lengthM(text);
    if (value === null)
      findings.push({ code: "HEIGHT_UNREADABLE", detail: `${key}="${cut(text)}" is not understood.` });
    return value;
  };
  const impossible = (detail: string): null => {
    findings.push({ code: "HEIGHT_IMPOSSIBLE", detail });
    return null;
  };
  let tagged = read("height");
  if (tagged !== null && !(tagged >= LEAST_M && tagged <= MOST_M))
    tagged = impossible(`height="${cut(tags.height!)}" cannot be.`);
  let min = read("min_height");
  if (min !== null && !(min >= 0 && min <= MOST_M))
    min = impossible(`min_height="${cut(tags.min_height!)}" cannot be.`);
  if (tagged !== null && min !== null && min >= tagged) {
    impossible(`min_height="${cut(tags.min_height!)}" is not below height="${cut(tags.height!)}".`);
    [tagged, min] = [null, null];
  }
  const height: Measured = tagged !== null ? { m: tagged, from: "height" } : fromLevels(tags, kind);
  return { height, min: minOf(tags, kind, min, height, findings), findings };
}

function fromLevels(tags: Tags, kind: string): Measured {
  const levels = countOf(tags["building:levels"]);
  if (levels !== null && levels > 0 && levels * LEVEL_M <= MOST_M) return { m: levels * LEVEL_M, from: "levels" };
  return { m: GUESS_M.get(kind) ?? GUESS_OTHER_M, from: "guessed" };
}

function minOf(
  tags: Tags,
  kind: string,
  tagged: number | null,
  height: Measured,
  findings: Extent["findings"][number][],
): Measured {
  if (tagged !== null) {
    if (tagged < height.m) return { m: tagged, from: "height" };
    findings.push({
      code: "HEIGHT_IMPOSSIBLE",
      detail: `min_height=${tagged} is not below the ${height.m} m that it is taken to have.`,
    });
  }
  const level = countOf(tags["building:min_level"]);
  if (level !== null && level > 0 && level * LEVEL_M < height.m) return { m: level * LEVEL_M, from: "levels" };
  if (isCanopy(tags, kind)) return { m: Math.max(0, height.m - CANOPY_M), from: "guessed" };
  return { m: 0, from: "guessed" };
}

/** A roof on posts is open below. */
const isCanopy = (tags: Tags, kind: string): boolean => kind === "roof" || kind === "carport" || tags.wall === "no";

/** Whether all of it lies below ground (osm-12). */
export function isBelowGround(tags: Tags): boolean {
  if (tags.location === "underground") return true;
  if (Number(tags.layer) < 0) return true;
  const levels = (tags.level ?? "")
    .split(";")
    .map((level) => level.trim())
    .filter((level) => level !== "");
  if (levels.length > 0 && levels.every((level) => Number(level) < 0)) return true;
  return countOf(tags["building:levels"]) === 0 && (countOf(tags["building:levels:underground"]) ?? 0) > 0;
}

function countOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
