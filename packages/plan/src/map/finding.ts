import type { Point } from "./shape.ts";

/** What a reader of a map must be told: repaired, left out or doubtful. The list is closed. */
export const FINDING_CODES = [
  /** A height that no rule understands; nothing was guessed from it (osm-05). */
  "HEIGHT_UNREADABLE",
  /** A height that cannot be, or contradicts its min_height; levels or a default stand in (osm-06). */
  "HEIGHT_IMPOSSIBLE",
  /** Below ground: no obstacle (osm-12). */
  "BELOW_GROUND",
  /** Edges crossed each other; what they enclose was kept. */
  "RING_CROSSED",
  /** Fewer than three corners, or no area: nothing to draw. */
  "RING_DEGENERATE",
  /** Members without a role, or with a wrong one, were placed by containment (osm-10). */
  "ROLES_REPAIRED",
  /** A building or area whose line runs out of the file: not closed by force, left out (osm-11). */
  "CUT_BY_EXTRACT",
  /** All members are there and still do not close. */
  "RING_OPEN",
  /** A hole that lies in no outer ring: left out. */
  "HOLE_OUTSIDE",
  /** A way repeats what a relation draws: the relation counts. */
  "OUTLINE_DOUBLED",
  /** A camera with several directions: one camera, several fields of view (osm-02). */
  "CAMERA_SEVERAL_VIEWS",
  "CAMERA_DIRECTION_UNREADABLE",
  /** Two keys name different directions; `camera:direction` counts (osm-04). */
  "CAMERA_DIRECTION_CONFLICT",
  "CAMERA_VALUE_UNREADABLE",
  /** Drawn as a line or an area: its centre stands for it (osm-14). */
  "CAMERA_IMPRECISE",
  /** A width that no rule understands; a default stands in. */
  "WIDTH_UNREADABLE",
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  readonly code: FindingCode;
  /** As OpenStreetMap names it: `way/123`. */
  readonly element: string;
  /** One sentence for a person. */
  readonly detail: string;
  /** Where, in the map's metres, if any of it has a place. */
  readonly at: Point | null;
}
