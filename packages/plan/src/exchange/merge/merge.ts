import { CAMERA_FIELDS, type CameraKey, type PlanCamera } from "../record/camera.ts";
import { sameSource } from "../record/source.ts";
import { says } from "../import/update.ts";
import type { Comparison, Conflict } from "./conflicts.ts";

/** Who is right in a conflict. `both` is for mounts and places: two cameras, not one. */
export type Choice = "ours" | "theirs" | "both";

export interface Merged {
  readonly cameras: readonly PlanCamera[];
  /** Not chosen yet: of figures and places ours stands meanwhile, of mounts both hang there. */
  readonly open: readonly Conflict[];
}

/**
 * Two plans as one. What only one of them knows is kept, and each camera keeps all the sources that it comes from; a
 * choice names a conflict by its id.
 */
export function mergeCameras(
  ours: readonly PlanCamera[],
  theirs: readonly PlanCamera[],
  { matches, conflicts }: Comparison,
  choices: ReadonlyMap<string, Choice> = new Map(),
): Merged {
  const merged: (PlanCamera | null)[] = [...ours];
  const rest: (PlanCamera | null)[] = [...theirs];
  const figures = groupBy(conflicts);
  for (const match of matches) {
    const of = figures.get(`${match.ours} ${match.theirs}`) ?? [];
    const place = of.find(({ kind }) => kind === "place");
    if (place && choices.get(place.id) === "both") continue;
    merged[match.ours] = joined(ours[match.ours]!, theirs[match.theirs]!, of, choices);
    rest[match.theirs] = null;
  }
  for (const { kind, id, ours: mine, theirs: other } of conflicts) {
    if (kind !== "mount") continue;
    const choice = choices.get(id);
    // A camera that another pair has taken up stays.
    if (choice === "ours") rest[other] = null;
    if (choice === "theirs" && rest[other]) merged[mine] = null;
  }
  return {
    cameras: [...merged, ...rest].filter((camera) => camera !== null),
    open: conflicts.filter(({ id }) => !choices.has(id)),
  };
}

function groupBy(conflicts: readonly Conflict[]): ReadonlyMap<string, readonly Conflict[]> {
  const groups = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    const key = `${conflict.ours} ${conflict.theirs}`;
    const group = groups.get(key);
    if (group) group.push(conflict);
    else groups.set(key, [conflict]);
  }
  return groups;
}

function joined(
  mine: PlanCamera,
  other: PlanCamera,
  conflicts: readonly Conflict[],
  choices: ReadonlyMap<string, Choice>,
): PlanCamera {
  const theirs = conflicts.filter(({ id }) => choices.get(id) === "theirs");
  const chosen = new Set(theirs.flatMap((conflict) => (conflict.kind === "figure" ? [conflict.field] : [])));
  const next: Record<string, unknown> = { ...mine };
  for (const key of Object.keys(CAMERA_FIELDS) as CameraKey[])
    if (chosen.has(key) || (!says(mine, key) && says(other, key))) next[key] = other[key];
  next.at = theirs.some(({ kind }) => kind === "place") || !mine.at ? (other.at ?? mine.at) : mine.at;
  next.more = { ...other.more, ...mine.more };
  const added = other.sources.filter((source) => !mine.sources.some((known) => sameSource(known, source)));
  next.sources = [...mine.sources, ...added];
  return next as unknown as PlanCamera;
}
