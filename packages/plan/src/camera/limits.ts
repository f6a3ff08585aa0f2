import { type Aimed, aim, type CameraView, densityAt, PEOPLE, type TargetBand } from "./view.ts";

/** Along the axis on the ground, in metres from below the camera. */
export interface Limits {
  /** Nearer than this, some of the band is below the picture: the dead zone. Null: nowhere is all of it in the picture. */
  readonly nearM: number | null;
  /** Farther than this, some of the band is above the picture; Infinity: never. */
  readonly farM: number | null;
}

/** Where, along the axis, the whole target band is in the picture (P10): the edges of the picture, no lens too strong. */
export function limitsOf(view: CameraView, band: TargetBand = PEOPLE): Limits {
  const aimed = aim(view);
  const seen = (atM: number): boolean => densityAlong(aimed, atM, band) > 0;
  // Along the axis the band enters the picture once and leaves it once, so two bisections in a growing row find both.
  const inside = DISTANCES.find(seen);
  if (inside === undefined) return { nearM: null, farM: null };
  const before = DISTANCES[DISTANCES.indexOf(inside) - 1] ?? 0;
  const nearM = seen(0) ? 0 : bisect(before, inside, (atM) => !seen(atM));
  const after = DISTANCES.find((atM) => atM > inside && !seen(atM));
  return { nearM, farM: after === undefined ? Infinity : bisect(inside, after, seen) };
}

/** 5 cm to 10 km, each 3 % farther. */
const DISTANCES = Array.from({ length: 414 }, (_, i) => 0.05 * 1.03 ** i);

export function densityAlong(aimed: Aimed, atM: number, band: TargetBand): number {
  const pan = (aimed.view.panDeg * Math.PI) / 180;
  return densityAt(aimed, aimed.view.x + atM * Math.sin(pan), aimed.view.y + atM * Math.cos(pan), band);
}

/** The last place from `low` on where `holds`, to a millimetre. */
export function bisect(low: number, high: number, holds: (at: number) => boolean): number {
  let [from, to] = [low, high];
  while (to - from > 0.001) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
