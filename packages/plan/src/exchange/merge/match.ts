import type { PlanCamera } from "../record/camera.ts";
import { metresBetween } from "../system/systems.ts";
import { plainNumber } from "../import/update.ts";

/** Two cameras of two plans that are the same one, by their places in the lists. */
export interface Match {
  readonly ours: number;
  readonly theirs: number;
  readonly by: "number" | "place";
  /** Null: one of them has no place. */
  readonly apartM: number | null;
}

export interface MatchOptions {
  /** Nearer than this, and aimed alike, two cameras are one. */
  readonly withinM: number;
  readonly withinDeg: number;
}

export const ALIKE: MatchOptions = { withinM: 3, withinDeg: 20 };

/**
 * Which cameras of two plans are the same: by number, else by place and pan, the nearest first. A pan that nobody knows
 * fits any. A camera is matched once.
 */
export function matchCameras(
  ours: readonly PlanCamera[],
  theirs: readonly PlanCamera[],
  { withinM, withinDeg }: MatchOptions = ALIKE,
): readonly Match[] {
  const matches: Match[] = [];
  const [ourTaken, theirTaken] = [new Set<number>(), new Set<number>()];
  const take = (match: Match): void => {
    if (ourTaken.has(match.ours) || theirTaken.has(match.theirs)) return;
    ourTaken.add(match.ours);
    theirTaken.add(match.theirs);
    matches.push(match);
  };
  const byNumber = new Map<string, number>();
  ours.forEach(({ number }, i) => {
    if (number !== null && !byNumber.has(plainNumber(number))) byNumber.set(plainNumber(number), i);
  });
  theirs.forEach(({ number }, i) => {
    const mine = number === null ? undefined : byNumber.get(plainNumber(number));
    if (mine !== undefined) take({ ours: mine, theirs: i, by: "number", apartM: apartM(ours[mine]!, theirs[i]!) });
  });
  // Two numbers that both plans give, and that differ, are two cameras on purpose.
  const near = neighbours(ours, theirs, withinM)
    .filter(({ ours: a, theirs: b }) => ours[a]!.number === null || theirs[b]!.number === null)
    .filter(({ ours: a, theirs: b }) => aimedAlike(ours[a]!.panDeg, theirs[b]!.panDeg, withinDeg))
    .sort((a, b) => a.apartM - b.apartM || a.ours - b.ours || a.theirs - b.theirs);
  for (const { ours: mine, theirs: other, apartM } of near) take({ ours: mine, theirs: other, by: "place", apartM });
  return matches.sort((a, b) => a.ours - b.ours);
}

export const apartM = (a: PlanCamera, b: PlanCamera): number | null =>
  a.at && b.at ? metresBetween(a.at, b.at) : null;

const aimedAlike = (a: number | null, b: number | null, withinDeg: number): boolean =>
  a === null || b === null || turnDeg(a, b) <= withinDeg;

/** The smaller angle between two directions. */
export const turnDeg = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

export interface Neighbours {
  readonly ours: number;
  readonly theirs: number;
  readonly apartM: number;
}

/** All pairs within a distance of each other, by cells of a degree grid that are no smaller than it. */
export function neighbours(
  ours: readonly PlanCamera[],
  theirs: readonly PlanCamera[],
  withinM: number,
): readonly Neighbours[] {
  const rows = withinM / 110_000;
  const cells = new Map<string, number[]>();
  const keyOf = (row: number, column: number): string => `${row} ${column}`;
  /** The widest column that a row of cells needs, nearest the pole. */
  const columnsOf = (row: number): number =>
    rows / Math.max(0.01, Math.cos(((Math.abs(row) + 2) * rows * Math.PI) / 180));
  theirs.forEach(({ at }, i) => {
    if (!at) return;
    const row = Math.floor(at.lat / rows);
    const key = keyOf(row, Math.floor(at.lon / columnsOf(row)));
    const there = cells.get(key);
    if (there) there.push(i);
    else cells.set(key, [i]);
  });
  return ours.flatMap(({ at }, mine) => {
    if (!at) return [];
    const middle = Math.floor(at.lat / rows);
    const found: Neighbours[] = [];
    for (let row = middle - 1; row <= middle + 1; row++) {
      const column = Math.floor(at.lon / columnsOf(row));
      for (let c = column - 1; c <= column + 1; c++)
        for (const i of cells.get(keyOf(row, c)) ?? []) {
          const apart = metresBetween(at, theirs[i]!.at!);
          if (apart <= withinM) found.push({ ours: mine, theirs: i, apartM: apart });
        }
    }
    return found;
  });
}
