import type { Finding } from "./finding.ts";
import type { Frame } from "./frame.ts";
import type { Heading } from "./heading.ts";
import type { Bounds } from "./osm.ts";
import type { Box, Point, Ring, Shape } from "./shape.ts";

/**
 * A town as a planner needs it. Corners are metres of `frame`, which gives their degrees (WGS84) to half a
 * millimetre; `geojson.ts` writes them as RFC 7946 has them. Whatever OpenStreetMap did not say is marked as guessed.
 */
export interface MapModel {
  /** Must stand beside every picture and export of the map. */
  readonly attribution: string;
  readonly frame: Frame;
  /** What the model covers; obstacles may stand outside it, as far as sight from within may reach. */
  readonly bounds: Bounds;
  readonly box: Box;
  readonly buildings: readonly Building[];
  readonly barriers: readonly Barrier[];
  readonly trees: readonly Tree[];
  readonly ground: readonly Ground[];
  readonly posts: readonly Post[];
  readonly cameras: readonly MappedCamera[];
  readonly privateSpaces: readonly PrivateSpace[];
  readonly findings: readonly Finding[];
  /** The file ends within something that was to be drawn: near its edge, more may stand than the map shows (osm-11). */
  readonly edgeUncertain: boolean;
}

/** Where a figure comes from: a tag of that name, or a rule of ours. */
export type Origin = "height" | "levels" | "width" | "lanes" | "diameter" | "guessed";

export interface Measured {
  readonly m: number;
  readonly from: Origin;
}

/** An obstacle over `shape` from `min` to `height` above ground: a building, a part of one, or what its parts leave. */
export interface Building {
  readonly element: string;
  readonly role: "outline" | "part" | "rest";
  /** The value of `building` or `building:part`. */
  readonly kind: string;
  readonly shape: Shape;
  readonly height: Measured;
  /** 0 unless it hangs over open ground. */
  readonly min: Measured;
}

export interface Barrier {
  readonly element: string;
  readonly kind: string;
  readonly line: Ring;
  readonly closed: boolean;
  readonly height: Measured;
  /** 0 clear as air, 1 opaque. */
  readonly opacity: { readonly share: number; readonly from: "tagged" | "guessed" };
}

export interface Tree {
  readonly element: string;
  readonly at: Point;
  readonly height: Measured;
  readonly crown: Measured;
  /** Mapped one by one, or as a row whose trees we spaced. */
  readonly placed: "mapped" | "row";
}

export type GroundUse = "carriageway" | "footway" | "square";

/** Ground that anyone may use: a line with a width, or an area. */
export type Ground =
  | {
      readonly kind: "strip";
      readonly element: string;
      readonly use: GroundUse;
      readonly name: string | null;
      readonly line: Ring;
      readonly width: Measured;
    }
  | {
      readonly kind: "area";
      readonly element: string;
      readonly use: GroundUse;
      readonly name: string | null;
      readonly shape: Shape;
    };

/** What stands already and might carry a camera. */
export interface Post {
  readonly element: string;
  readonly kind: "lamp" | "pole" | "mast";
  readonly at: Point;
  /** Null: not said. */
  readonly heightM: number | null;
  /** A lamp on a wall or a wire is no post to climb. */
  readonly support: string | null;
}

/** A device that OpenStreetMap's mappers saw. What they did not say is null, and stays so (P6). */
export interface MappedCamera {
  readonly element: string;
  /** Anything but `camera` and `unknown` is never taken over into a plan. */
  readonly device: "camera" | "plate-reader" | "speed-camera" | "guard" | "other" | "unknown";
  readonly at: Point;
  /** False: drawn as a line or area, this is its centre. */
  readonly precise: boolean;
  /** The area that was drawn. */
  readonly watched: readonly Shape[];
  readonly kind: "fixed" | "panning" | "dome" | "other" | null;
  /** One for each value; none: unknown. */
  readonly views: readonly Heading[];
  /** Degrees below the horizon. */
  readonly tiltDeg: number | null;
  readonly heightM: number | null;
  readonly mount: string | null;
  readonly surveillance: string | null;
  readonly zone: string | null;
  readonly operator: string | null;
  readonly ref: string | null;
}

/** Whose eyes a camera must spare. All are derived from tags that were set for another purpose: a planner confirms them. */
export interface PrivateSpace {
  readonly element: string;
  readonly kind: "home" | "garden" | "school" | "worship" | "health";
  readonly shape: Shape;
  readonly derived: true;
  /** The tag that it was derived from. */
  readonly basis: string;
  /** False: `building=yes` may be a home; nobody said. */
  readonly sure: boolean;
}
