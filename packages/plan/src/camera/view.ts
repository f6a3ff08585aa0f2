import { type Lens, type Optics, opticsOf, shrinkage } from "./lens.ts";

/** A camera as it hangs: what decides what it sees. */
export interface CameraView {
  /** Metres in the map's frame, and above ground. */
  readonly x: number;
  readonly y: number;
  readonly heightM: number;
  /** Compass degrees of the axis: 0 north, 90 east. */
  readonly panDeg: number;
  /** Of the axis below the horizon. */
  readonly tiltDeg: number;
  /** Of the picture, clockwise as the camera sees it: its right side down. */
  readonly rollDeg: number;
  readonly lens: Lens;
}

/** What part of people and things must be in the picture, and at what height their detail is judged (P11). */
export interface TargetBand {
  readonly fromM: number;
  readonly toM: number;
  readonly checkM: number;
}

export const PEOPLE: TargetBand = { fromM: 0, toM: 2, checkM: 1.5 };

/** Unit vectors: along the axis, to the picture's right, to its bottom; each east, north, up. */
export interface Axes {
  readonly forward: Vector;
  readonly right: Vector;
  readonly down: Vector;
}

export type Vector = readonly [east: number, north: number, up: number];

/** A camera made ready for many questions. */
export interface Aimed {
  readonly view: CameraView;
  readonly optics: Optics;
  readonly axes: Axes;
}

export const aim = (view: CameraView): Aimed => ({ view, optics: opticsOf(view.lens), axes: axesOf(view) });

export function axesOf({ panDeg, tiltDeg, rollDeg }: Pick<CameraView, "panDeg" | "tiltDeg" | "rollDeg">): Axes {
  const [pan, tilt, roll] = [panDeg, tiltDeg, rollDeg].map((deg) => (deg * Math.PI) / 180) as [number, number, number];
  const forward: Vector = [Math.sin(pan) * Math.cos(tilt), Math.cos(pan) * Math.cos(tilt), -Math.sin(tilt)];
  const level: Vector = [Math.cos(pan), -Math.sin(pan), 0];
  const plumb: Vector = [-Math.sin(pan) * Math.sin(tilt), -Math.cos(pan) * Math.sin(tilt), -Math.cos(tilt)];
  const mix = (a: Vector, b: Vector, s: number, t: number): Vector => [
    s * a[0] + t * b[0],
    s * a[1] + t * b[1],
    s * a[2] + t * b[2],
  ];
  return {
    forward,
    right: mix(level, plumb, Math.cos(roll), Math.sin(roll)),
    down: mix(plumb, level, Math.cos(roll), -Math.sin(roll)),
  };
}

/** Where a point of the world falls in the picture. */
export interface Projected {
  /** Pixels from the left and from the top. */
  readonly u: number;
  readonly v: number;
  /** Along the axis. */
  readonly depthM: number;
  /** Of something there that faces the camera; the lesser of across and along the picture's radius. */
  readonly pxPerM: number;
  readonly inPicture: boolean;
}

/** Null behind the camera. */
export function project({ view, optics, axes }: Aimed, x: number, y: number, heightM: number): Projected | null {
  const to: Vector = [x - view.x, y - view.y, heightM - view.heightM];
  const depthM = dot(to, axes.forward);
  if (depthM <= 0) return null;
  const [a, b] = [dot(to, axes.right) / depthM, dot(to, axes.down) / depthM];
  const r2 = a * a + b * b;
  const scale = 1 + optics.k1 * r2;
  const u = optics.widthPx / 2 + optics.fx * a * scale;
  const v = optics.heightPx / 2 + optics.fy * b * scale;
  // Beyond its bend a barrel's polynomial leads back into the picture; no light does.
  const bent = 1 + 3 * optics.k1 * r2 <= 0;
  const inPicture = !bent && u >= 0 && u <= optics.widthPx && v >= 0 && v <= optics.heightPx;
  const pxPerM = (Math.min(optics.fx, optics.fy) / depthM) * shrinkage(Math.sqrt(r2), optics.k1);
  return { u, v, depthM, pxPerM, inPicture };
}

/**
 * Pixels per metre at the check height of a target that stands there; 0 where any of its band is out of the picture
 * (P10, P11). What stands between is `sight`'s business.
 */
export function densityAt(aimed: Aimed, x: number, y: number, band: TargetBand = PEOPLE): number {
  const [low, high] = [project(aimed, x, y, band.fromM), project(aimed, x, y, band.toM)];
  const check = project(aimed, x, y, band.checkM);
  return low?.inPicture && high?.inPicture && check?.inPicture ? check.pxPerM : 0;
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
