import { CAMERA_FIELDS, type CameraKey, type PlanCamera } from "../record/camera.ts";
import { columnOf } from "../record/columns.ts";
import { same, says } from "../import/update.ts";
import { ALIKE, type Match, matchCameras, type MatchOptions, neighbours, turnDeg } from "./match.ts";

/** What two plans say otherwise, one by one (issue 5, 3). Cameras are named by their places in the two lists. */
export type Conflict =
  /** The same camera, another figure. */
  | {
      readonly kind: "figure";
      readonly id: string;
      readonly ours: number;
      readonly theirs: number;
      readonly field: CameraKey;
      /** As exports name it. */
      readonly column: string;
      readonly unit: string | null;
      readonly values: readonly [ours: unknown, theirs: unknown];
    }
  /** The same number, and too far apart to be the same place: moved, mistyped, or two cameras. */
  | {
      readonly kind: "place";
      readonly id: string;
      readonly ours: number;
      readonly theirs: number;
      readonly apartM: number;
    }
  /** Two cameras that are not the same at one mount: both may be meant, or one twice. */
  | {
      readonly kind: "mount";
      readonly id: string;
      readonly ours: number;
      readonly theirs: number;
      readonly apartM: number;
    };

export interface ConflictOptions extends MatchOptions {
  /** Nearer than this, two cameras hang on one mount. */
  readonly mountM: number;
  /** The same number farther apart than this is a conflict. */
  readonly placeM: number;
}

export const USUAL: ConflictOptions = { ...ALIKE, mountM: 1.5, placeM: 3 };

export interface Comparison {
  readonly matches: readonly Match[];
  readonly conflicts: readonly Conflict[];
}

/** Differences below these are rounding: two surveys never agree to the last digit. */
const SLACK: Readonly<Partial<Record<CameraKey, number>>> = {
  heightM: 0.05,
  panDeg: 0.5,
  tiltDeg: 0.5,
  rollDeg: 0.5,
  horizontalDeg: 0.5,
  verticalDeg: 0.5,
  focalMm: 0.05,
  sensorWidthMm: 0.05,
  sensorHeightMm: 0.05,
  k1: 0.001,
};

/** Names within one organisation, and texts about the record itself, are no figures. */
const NOT_COMPARED: ReadonlySet<CameraKey> = new Set(["id", "number", "sources", "notes"]);
const COMPARED = (Object.keys(CAMERA_FIELDS) as CameraKey[]).filter((key) => !NOT_COMPARED.has(key));

export function compareCameras(
  ours: readonly PlanCamera[],
  theirs: readonly PlanCamera[],
  options: ConflictOptions = USUAL,
): Comparison {
  const matches = matchCameras(ours, theirs, options);
  const conflicts = matches.flatMap((match) => conflictsOf(match, ours, theirs, options));
  const [ourPairs, theirPairs] = [
    new Map(matches.map((m) => [m.ours, m.theirs])),
    new Set(matches.map((m) => m.theirs)),
  ];
  for (const pair of neighbours(ours, theirs, options.mountM)) {
    // Where both have their match, both plans know of two cameras there.
    const known = ourPairs.has(pair.ours) && theirPairs.has(pair.theirs);
    if (!known) conflicts.push({ kind: "mount", id: idOf("mount", pair), ...pair });
  }
  return { matches, conflicts: conflicts.sort((a, b) => a.ours - b.ours || a.theirs - b.theirs) };
}

const idOf = (kind: string, { ours, theirs }: { ours: number; theirs: number }): string => `${kind}:${ours}:${theirs}`;

function conflictsOf(
  match: Match,
  ours: readonly PlanCamera[],
  theirs: readonly PlanCamera[],
  { placeM }: ConflictOptions,
): Conflict[] {
  const [mine, other] = [ours[match.ours]!, theirs[match.theirs]!];
  const pair = { ours: match.ours, theirs: match.theirs };
  const place: Conflict[] =
    match.apartM !== null && match.apartM > placeM
      ? [{ kind: "place", id: idOf("place", pair), ...pair, apartM: match.apartM }]
      : [];
  const figures = COMPARED.filter((key) => differs(mine, other, key)).map((field): Conflict => {
    const { unit } = CAMERA_FIELDS[field];
    const values = [mine[field], other[field]] as const;
    return {
      kind: "figure",
      id: `${idOf("figure", pair)}:${field}`,
      ...pair,
      field,
      column: columnOf(field),
      unit,
      values,
    };
  });
  return [...place, ...figures];
}

/** Where one says nothing there is no conflict: the other fills it in. */
function differs(a: PlanCamera, b: PlanCamera, key: CameraKey): boolean {
  if (!says(a, key) || !says(b, key)) return false;
  const [mine, other] = [a[key], b[key]];
  if (typeof mine === "number" && typeof other === "number") {
    const apart = key === "panDeg" ? turnDeg(mine, other) : Math.abs(mine - other);
    return apart > (SLACK[key] ?? 0);
  }
  if (typeof mine === "string" && typeof other === "string") return mine.toLowerCase() !== other.toLowerCase();
  return !same(mine, other);
}
