import type { Heading } from "../map/heading.ts";
import type { MappedCamera } from "../map/model.ts";
import type { CameraView } from "./view.ts";

/** What stands in for what nobody knows of an imported camera (P6). Wide on purpose: it is to alarm, not to flatter. */
export const ASSUMED = { heightM: 4, tiltDeg: 15, horizontalDeg: 90, widthPx: 1_920, heightPx: 1_080 } as const;

/** The keys that were assumed: drawn hatched until someone surveys them. */
export type AssumedKey = "height" | "tilt" | "direction" | "lens";

export interface SupposedView {
  readonly view: CameraView;
  readonly assumed: readonly AssumedKey[];
}

/** Whether a plan may take a mapped device over: plate readers, speed cameras and guards stay other people's (P5). */
export const mayTakeOver = ({ device }: MappedCamera): boolean => device === "camera" || device === "unknown";

const AROUND = [0, 90, 180, 270];

/**
 * An imported camera as views that can be drawn: one for each of its directions, four where it may look anywhere; none
 * for what is no camera.
 */
export function supposedViews(camera: MappedCamera): readonly SupposedView[] {
  if (!mayTakeOver(camera)) return [];
  const { at, heightM, tiltDeg } = camera;
  const turns = camera.kind === "dome" || camera.kind === "panning";
  const known: readonly Heading[] = turns || camera.views.length === 0 ? [{ kind: "around" }] : camera.views;
  const common: AssumedKey[] = [
    ...(heightM === null ? ["height" as const] : []),
    ...(tiltDeg === null ? ["tilt" as const] : []),
  ];
  const supposed = (panDeg: number, horizontalDeg: number, more: readonly AssumedKey[]): SupposedView => ({
    view: {
      x: at.x,
      y: at.y,
      heightM: heightM ?? ASSUMED.heightM,
      panDeg,
      tiltDeg: tiltDeg ?? ASSUMED.tiltDeg,
      rollDeg: 0,
      lens: { widthPx: ASSUMED.widthPx, heightPx: ASSUMED.heightPx, horizontalDeg, verticalDeg: null, k1: null },
    },
    assumed: [...common, ...more],
  });
  return known.flatMap((heading) => {
    if (heading.kind === "towards") return [supposed(heading.deg, ASSUMED.horizontalDeg, ["lens"])];
    if (heading.kind === "around")
      return AROUND.map((deg) => supposed(deg, 90, camera.views.length === 0 ? ["direction", "lens"] : ["lens"]));
    // No flat picture is wider than this: wider ranges are shared by several.
    const parts = Math.ceil(heading.widthDeg / 120);
    const width = heading.widthDeg / parts;
    return Array.from({ length: parts }, (_, i) => supposed((heading.fromDeg + (i + 0.5) * width) % 360, width, []));
  });
}
