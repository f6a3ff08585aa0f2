import { utf8 } from "@overt/core";
import type { ExchangedPlan, Layer } from "../record/plan.ts";
import { degrees, LAYERS, type LayerRow, layerTable, wound } from "./layer-table.ts";

/** The plan as RFC 7946: one collection, `layer` saying what a feature is; what is unknown is null. */
export function writeGeoJson(plan: ExchangedPlan, layers: readonly Layer[] = LAYERS): Uint8Array<ArrayBuffer> {
  const features = layers.flatMap((layer) => {
    const { columns, rows } = layerTable(plan, layer);
    return rows.map((row) => {
      const properties = Object.fromEntries(columns.map((name, i) => [name, row.cells[i] ?? null]));
      return JSON.stringify({ type: "Feature", geometry: geometryOf(row), properties });
    });
  });
  const { title, attribution } = plan;
  const head = JSON.stringify({ type: "FeatureCollection", title, attribution }).slice(0, -1);
  // A feature a line: such files can be compared, and cut, by ordinary tools.
  return utf8(`${head},"features":[\n${features.join(",\n")}\n]}\n`);
}

/** Where a place has both a point and an area, its properties keep the point. */
function geometryOf({ at, area }: LayerRow) {
  const polygons = wound(area);
  if (polygons.length === 1) return { type: "Polygon", coordinates: polygons[0] };
  if (polygons.length > 1) return { type: "MultiPolygon", coordinates: polygons };
  return at && { type: "Point", coordinates: [degrees(at.lon), degrees(at.lat)] };
}
