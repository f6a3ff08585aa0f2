import type { PlanCamera } from "./camera.ts";

/** What decides a viewshed and must be assumed, wide and hatched, until someone surveys it (P6). */
export type UnknownKey = "height" | "tilt" | "direction" | "lens";

export function unknownOf(camera: PlanCamera): readonly UnknownKey[] {
  return [
    ...(camera.heightM === null ? (["height"] as const) : []),
    ...(camera.tiltDeg === null ? (["tilt"] as const) : []),
    ...(camera.panDeg === null ? (["direction"] as const) : []),
    ...(horizontalDegOf(camera) === null ? (["lens"] as const) : []),
  ];
}

/** The field of view that is said, or that focal length and sensor make together; null: nobody knows. */
export function horizontalDegOf({ horizontalDeg, focalMm, sensorWidthMm }: PlanCamera): number | null {
  if (horizontalDeg !== null) return horizontalDeg;
  if (focalMm === null || sensorWidthMm === null) return null;
  return (Math.atan(sensorWidthMm / (2 * focalMm)) * 360) / Math.PI;
}
