import { hours } from "@overt/core";

/** Where the sun stands; both in radians, the azimuth clockwise from north. */
export interface Sun {
  readonly elevation: number;
  readonly azimuth: number;
}

const rad = (deg: number): number => (deg * Math.PI) / 180;

/** NOAA's general solar position calculations, after Spencer (1971): right to about a tenth of a degree. */
export function sunAt(atMs: number, latDeg: number, lonDeg: number): Sun {
  const year = new Date(atMs).getUTCFullYear();
  const sinceNewYear = (atMs - Date.UTC(year, 0, 1)) / hours(24);
  const length = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / hours(24);
  const g = ((2 * Math.PI) / length) * (sinceNewYear - 0.5);
  const equationMin =
    229.18 *
    (0.000075 +
      0.001868 * Math.cos(g) -
      0.032077 * Math.sin(g) -
      0.014615 * Math.cos(2 * g) -
      0.040849 * Math.sin(2 * g));
  const declination =
    0.006918 -
    0.399912 * Math.cos(g) +
    0.070257 * Math.sin(g) -
    0.006758 * Math.cos(2 * g) +
    0.000907 * Math.sin(2 * g) -
    0.002697 * Math.cos(3 * g) +
    0.00148 * Math.sin(3 * g);
  const solarMin = ((atMs % hours(24)) / 60_000 + equationMin + 4 * lonDeg + 1_440) % 1_440;
  const hourAngle = rad(solarMin / 4 - 180);
  const lat = rad(latDeg);
  // East, north and up of the direction to the sun.
  const east = -Math.cos(declination) * Math.sin(hourAngle);
  const north = Math.sin(declination) * Math.cos(lat) - Math.cos(declination) * Math.sin(lat) * Math.cos(hourAngle);
  const up = Math.sin(declination) * Math.sin(lat) + Math.cos(declination) * Math.cos(lat) * Math.cos(hourAngle);
  return {
    elevation: Math.asin(Math.max(-1, Math.min(1, up))),
    azimuth: (Math.atan2(east, north) + 2 * Math.PI) % (2 * Math.PI),
  };
}

/** The cosine of the angle between the sun and the normal of a plane; 0 when it stands behind it or below the horizon. */
export function cosIncidence({ elevation, azimuth }: Sun, slopeDeg: number, facesDeg: number): number {
  if (elevation <= 0) return 0;
  const slope = rad(slopeDeg);
  const cos =
    Math.sin(elevation) * Math.cos(slope) + Math.cos(elevation) * Math.sin(slope) * Math.cos(azimuth - rad(facesDeg));
  return Math.max(0, cos);
}
