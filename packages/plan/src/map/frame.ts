import proj4 from "proj4";
import type { Bounds } from "./osm.ts";
import type { Box, Point } from "./shape.ts";

/**
 * A town's own metres, east and north of a middle in degrees (WGS84): transverse Mercator about it, so that angles are
 * true, and a length 10 km from the middle is 1.2 mm in a kilometre too long at most. Plain data, to go to a worker.
 */
export interface Frame {
  readonly lon: number;
  readonly lat: number;
}

export interface Projection {
  toMetres(lon: number, lat: number): Point;
  toDegrees(x: number, y: number): { readonly lon: number; readonly lat: number };
}

export function projectionOf({ lon, lat }: Frame): Projection {
  const pair = proj4("WGS84", `+proj=tmerc +lat_0=${lat} +lon_0=${lon} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m`);
  return {
    toMetres: (atLon, atLat) => {
      const [x = 0, y = 0] = pair.forward([atLon, atLat]);
      return { x, y };
    },
    toDegrees: (x, y) => {
      const [atLon = 0, atLat = 0] = pair.inverse([x, y]);
      return { lon: atLon, lat: atLat };
    },
  };
}

/** About the middle of the box, at four decimals: the same town cut a little otherwise keeps its metres. */
export const frameOf = ({ west, south, east, north }: Bounds): Frame => ({
  lon: rounded((west + east) / 2),
  lat: rounded((south + north) / 2),
});

const rounded = (degrees: number): number => Math.round(degrees * 1e4) / 1e4;

/** The box in metres that holds the whole of `bounds`. */
export function boxOfBounds(projection: Projection, { west, south, east, north }: Bounds): Box {
  const middle = (west + east) / 2;
  const places = [west, middle, east].flatMap((lon) => [
    projection.toMetres(lon, south),
    projection.toMetres(lon, north),
  ]);
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
}
