import { barriersOf } from "./barriers.ts";
import { buildingsOf } from "./buildings.ts";
import { camerasOf } from "./cameras.ts";
import { Drawing } from "./drawing.ts";
import { boxOfBounds, frameOf, projectionOf } from "./frame.ts";
import { groundOf } from "./ground.ts";
import type { MapModel } from "./model.ts";
import { type Bounds, OSM_LIMITS, type OsmLimits } from "./osm.ts";
import { osmError } from "./osm-error.ts";
import { OsmStore } from "./osm-store.ts";
import { postsOf, treesOf } from "./posts.ts";
import { privateSpacesOf } from "./private-spaces.ts";
import { type OsmInput, readOsm } from "./read-osm.ts";
import { grownBox } from "./shape.ts";

export interface ReadMapOptions {
  /** What to keep; the file's own box, or all that it holds, if it is not said. */
  readonly bounds?: Bounds;
  /** How far beyond the box obstacles still count. */
  readonly reachM?: number;
  readonly limits?: OsmLimits;
}

export const ATTRIBUTION = "© OpenStreetMap contributors (ODbL)";

/**
 * A town from an OpenStreetMap file.
 *
 * @throws OvertError with an {@link OsmErrorCode}; what is merely odd is among the model's findings
 */
export async function readMap(input: OsmInput, options: ReadMapOptions = {}): Promise<MapModel> {
  const store = new OsmStore(options.limits ?? OSM_LIMITS);
  await readOsm(input, store, options.limits);
  return modelOf(store, options);
}

/** The same from elements that are read already. */
export function modelOf(store: OsmStore, { bounds, reachM = 150 }: ReadMapOptions = {}): MapModel {
  const kept = bounds ?? store.fileBounds ?? store.extent();
  if (!kept) throw osmError("OSM_EMPTY", "The map file holds no node.");
  const frame = frameOf(kept);
  const projection = projectionOf(frame);
  const box = boxOfBounds(projection, kept);
  const drawing = new Drawing(store, projection, box, grownBox(box, reachM));
  const model = {
    attribution: ATTRIBUTION,
    frame,
    bounds: kept,
    box,
    buildings: buildingsOf(drawing),
    barriers: barriersOf(drawing),
    trees: treesOf(drawing),
    ground: groundOf(drawing),
    posts: postsOf(drawing),
    cameras: camerasOf(drawing),
    privateSpaces: privateSpacesOf(drawing),
  };
  const empty = Object.values(model).every((part) => !Array.isArray(part) || part.length === 0);
  if (bounds && empty)
    throw osmError(
      "OSM_EMPTY",
      "Nothing of the map file lies in the chosen box.",
      "Is the box in degrees, west, south, east, north?",
    );
  return { ...model, findings: drawing.told(), edgeUncertain: drawing.edgeUncertain };
}
