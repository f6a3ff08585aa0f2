import { type Projection, projectionOf } from "./frame.ts";
import type { MapModel } from "./model.ts";
import type { Point, Ring, Shape } from "./shape.ts";

type Position = readonly [number, number];

export type Geometry =
  | { readonly type: "Point"; readonly coordinates: Position }
  | { readonly type: "LineString"; readonly coordinates: readonly Position[] }
  | { readonly type: "Polygon"; readonly coordinates: readonly (readonly Position[])[] };

export interface Feature {
  readonly type: "Feature";
  readonly geometry: Geometry;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface FeatureCollection {
  readonly type: "FeatureCollection";
  readonly attribution: string;
  readonly features: readonly Feature[];
}

/** The map as RFC 7946: WGS84, outer rings counter-clockwise, rings closed, seven decimals (11 mm). */
export function geoJsonOf(map: MapModel): FeatureCollection {
  const to = new Degrees(projectionOf(map.frame));
  const feature = (
    layer: string,
    geometry: Geometry,
    { shape, line, at, watched, ...rest }: Record<string, unknown>,
  ): Feature => ({
    type: "Feature",
    geometry,
    properties: { layer, ...rest },
  });
  const features: Feature[] = [
    ...map.buildings.map((it) => feature("building", to.polygon(it.shape), { ...it })),
    ...map.privateSpaces.map((it) => feature("private-space", to.polygon(it.shape), { ...it })),
    ...map.ground.map((it) =>
      feature("ground", it.kind === "area" ? to.polygon(it.shape) : to.line(it.line, false), { ...it }),
    ),
    ...map.barriers.map((it) => feature("barrier", to.line(it.line, it.closed), { ...it })),
    ...map.trees.map((it) => feature("tree", to.point(it.at), { ...it })),
    ...map.posts.map((it) => feature("post", to.point(it.at), { ...it })),
    ...map.cameras.map((it) => feature("camera", to.point(it.at), { ...it })),
    ...map.cameras.flatMap((it) =>
      it.watched.map((area) => feature("watched", to.polygon(area), { element: it.element })),
    ),
  ];
  return { type: "FeatureCollection", attribution: map.attribution, features };
}

class Degrees {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  point({ x, y }: Point): Geometry {
    return { type: "Point", coordinates: this.#at(x, y) };
  }

  line(ring: Ring, closed: boolean): Geometry {
    return { type: "LineString", coordinates: this.#positions(ring, closed) };
  }

  polygon({ outer, holes }: Shape): Geometry {
    return { type: "Polygon", coordinates: [outer, ...holes].map((ring) => this.#positions(ring, true)) };
  }

  #positions(ring: Ring, closed: boolean): Position[] {
    const out: Position[] = [];
    for (let i = 0; i < ring.length; i += 2) out.push(this.#at(ring[i]!, ring[i + 1]!));
    if (closed && out[0]) out.push(out[0]);
    return out;
  }

  #at(x: number, y: number): Position {
    const { lon, lat } = this.#projection.toDegrees(x, y);
    return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
  }
}
