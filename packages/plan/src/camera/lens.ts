/** A picture of a size in pixels, and the part of the world that fits it. */
export interface Lens {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Across the picture, edge to edge, as data sheets give it; distortion included. */
  readonly horizontalDeg: number;
  /** Top to bottom. Null: of square pixels and the same lens, as it follows. */
  readonly verticalDeg: number | null;
  /**
   * Radial distortion k1 of r' = r·(1 + k1·r²), r the tangent of the angle off the axis: negative for barrels. Null or
   * 0: straight lines stay straight.
   */
  readonly k1: number | null;
}

/** A lens reckoned out: pixels per unit of tangent, as the picture has it. */
export interface Optics {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fx: number;
  readonly fy: number;
  readonly k1: number;
}

const rad = (deg: number): number => (deg * Math.PI) / 180;
const deg = (angle: number): number => (angle * 180) / Math.PI;

export function opticsOf({ widthPx, heightPx, horizontalDeg, verticalDeg, k1: given }: Lens): Optics {
  const k1 = given ?? 0;
  const fx = widthPx / 2 / distorted(Math.tan(rad(horizontalDeg) / 2), k1);
  const fy = verticalDeg === null ? fx : heightPx / 2 / distorted(Math.tan(rad(verticalDeg) / 2), k1);
  return { widthPx, heightPx, fx, fy, k1 };
}

/** A radius in the picture, of one in the world; both as tangents. */
export const distorted = (r: number, k1: number): number => r * (1 + k1 * r * r);

/** The other way round; beyond the bend of a barrel, its edge. */
export function undistorted(target: number, k1: number): number {
  if (k1 === 0) return target;
  const bend = k1 < 0 ? 1 / Math.sqrt(-3 * k1) : Infinity;
  let [low, high] = [0, Math.min(bend, Math.max(1, target * 2))];
  while (distorted(high, k1) < target && high < bend) high = Math.min(bend, high * 2);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (distorted(middle, k1) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How much smaller than at the middle the picture draws a thing at tangent radius `r`, across and along the radius: the
 * lesser of the two counts.
 */
export const shrinkage = (r: number, k1: number): number =>
  Math.max(0, Math.min(1, 1 + k1 * r * r, 1 + 3 * k1 * r * r));

/** Field of view of a focal length and a sensor's side, both in millimetres, of a lens without distortion. */
export const fieldOfViewDeg = (focalMm: number, sensorMm: number): number =>
  deg(2 * Math.atan(sensorMm / (2 * focalMm)));

export const focalLengthMm = (fieldDeg: number, sensorMm: number): number =>
  sensorMm / (2 * Math.tan(rad(fieldDeg) / 2));

/** Sides of the usual sensors in millimetres, 16:9; data sheets differ by a few per cent. */
export const SENSORS_MM: Readonly<Record<string, { readonly width: number; readonly height: number }>> = {
  '1/4"': { width: 3.2, height: 1.8 },
  '1/3"': { width: 4.8, height: 2.7 },
  '1/2.8"': { width: 5.57, height: 3.13 },
  '1/2.7"': { width: 5.37, height: 3.02 },
  '1/1.8"': { width: 7.18, height: 4.04 },
  '1/1.2"': { width: 11.2, height: 6.3 },
};
