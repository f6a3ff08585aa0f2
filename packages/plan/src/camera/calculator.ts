import type { Ladder, Level } from "./ladder.ts";
import { fieldOfViewDeg, focalLengthMm, opticsOf } from "./lens.ts";
import { bisect, densityAlong, limitsOf } from "./limits.ts";
import { aim, type CameraView, PEOPLE, project, type TargetBand } from "./view.ts";

/** A camera without a lens chosen yet. */
export interface CameraBody {
  readonly heightM: number;
  readonly sensorMm: { readonly width: number; readonly height: number };
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Wanted {
  /** How far along the ground the place lies. */
  readonly distanceM: number;
  readonly pxPerM: number;
}

export type LensAnswer =
  | {
      readonly fits: true;
      readonly focalMm: number;
      readonly horizontalDeg: number;
      readonly verticalDeg: number;
      /** Puts the middle of the target band in the picture's middle. */
      readonly tiltDeg: number;
      /** How wide the picture is there. */
      readonly sceneWidthM: number;
    }
  | { readonly fits: false; readonly because: "BAND_TOO_TALL" };

/**
 * Given place and level: the shortest focal length that gives it, and the tilt (P14). Refused where a picture of that
 * detail cannot hold the whole band: too few pixels, or too steep.
 */
export function lensFor(
  { heightM, sensorMm, widthPx, heightPx }: CameraBody,
  wanted: Wanted,
  band: TargetBand = PEOPLE,
): LensAnswer {
  const middle = (band.fromM + band.toM) / 2;
  const tilt = Math.atan2(heightM - middle, wanted.distanceM);
  // Depth along the axis of a target's check height, as density is judged.
  const depthM = wanted.distanceM * Math.cos(tilt) + (heightM - band.checkM) * Math.sin(tilt);
  const focalPx = wanted.pxPerM * depthM;
  const focalMm = (focalPx * sensorMm.width) / widthPx;
  const horizontalDeg = fieldOfViewDeg(focalMm, sensorMm.width);
  const tiltDeg = (tilt * 180) / Math.PI;
  const lens = { widthPx, heightPx, horizontalDeg, verticalDeg: null, k1: null };
  const aimed = aim({ x: 0, y: 0, heightM, panDeg: 0, tiltDeg, rollDeg: 0, lens });
  const ends = [band.fromM, band.toM].map((at) => project(aimed, 0, wanted.distanceM, at));
  if (!ends.every((end) => end?.inPicture)) return { fits: false, because: "BAND_TOO_TALL" };
  const verticalDeg = (2 * Math.atan(heightPx / 2 / focalPx) * 180) / Math.PI;
  return { fits: true, focalMm, horizontalDeg, verticalDeg, tiltDeg, sceneWidthM: widthPx / wanted.pxPerM };
}

export interface Reach {
  readonly level: Level;
  /** Along the axis on the ground; null where the level is reached nowhere. */
  readonly fromM: number | null;
  readonly toM: number | null;
}

/** Given a camera: from where to where along its axis it gives each level of a ladder (P14). */
export function reachesOf(view: CameraView, ladder: Ladder, band: TargetBand = PEOPLE): readonly Reach[] {
  const { nearM, farM } = limitsOf(view, band);
  const aimed = aim(view);
  return ladder.levels.map((level) => {
    const gives = (atM: number): boolean => densityAlong(aimed, atM, band) >= level.pxPerM;
    if (nearM === null || farM === null || !gives(nearM + 0.002)) return { level, fromM: null, toM: null };
    const most = Math.min(farM, farthestM(view, level));
    return { level, fromM: nearM, toM: gives(most) ? most : bisect(nearM + 0.002, most, gives) };
  });
}

/** Nothing farther has this density: depth is at least the distance's share along the axis. */
function farthestM(view: CameraView, { pxPerM }: Level): number {
  const { fx, fy } = opticsOf(view.lens);
  const cos = Math.max(0.01, Math.cos((view.tiltDeg * Math.PI) / 180));
  return Math.max(fx, fy) / pxPerM / cos + view.heightM;
}

/** The same lens's focal length on a sensor, for a data sheet. */
export const focalOf = (view: CameraView, sensorWidthMm: number): number =>
  focalLengthMm(view.lens.horizontalDeg, sensorWidthMm);
