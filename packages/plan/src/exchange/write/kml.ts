import { utf8 } from "@overt/core";
import { zipSync } from "fflate";
import type { Area, ExchangedPlan, Layer, Polygon } from "../record/plan.ts";
import { degrees, LAYERS, type LayerRow, type LayerTable, layerTable, wound } from "./layer-table.ts";
import { xmlText } from "./xml-text.ts";

const FOLDERS: Readonly<Record<Layer, string>> = {
  camera: "Cameras",
  viewshed: "Viewsheds",
  place: "Places",
  "private-space": "Private spaces",
};

/** Line and fill by layer, as KML writes colours: alpha, blue, green, red. */
const COLOURS: Readonly<Record<Layer, readonly [line: string, fill: string]>> = {
  camera: ["ff303030", "00000000"],
  viewshed: ["ffb26b1f", "40b26b1f"],
  place: ["ff2f8f2f", "402f8f2f"],
  "private-space": ["ff5f2fbf", "605f2fbf"],
};

/** The plan for globes: a folder for each layer, every known column as extended data. */
export function writeKml(plan: ExchangedPlan, layers: readonly Layer[] = LAYERS): Uint8Array<ArrayBuffer> {
  const name = plan.title === null ? "" : `<name>${xmlText(plan.title)}</name>`;
  const styles = layers.map((layer) => styleOf(layer)).join("");
  const folders = layers.map((layer) => folderOf(layerTable(plan, layer))).join("");
  return utf8(
    `<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${name}\n${styles}${folders}</Document></kml>\n`,
  );
}

/** Archives carry a time: it is always this one, so that one plan gives one file. */
const WRITTEN = "1980-01-02T00:00:00";

export const writeKmz = (plan: ExchangedPlan, layers: readonly Layer[] = LAYERS): Uint8Array<ArrayBuffer> =>
  zipSync({ "doc.kml": writeKml(plan, layers) }, { mtime: WRITTEN });

function styleOf(layer: Layer): string {
  const [line, fill] = COLOURS[layer];
  return `<Style id="${layer}"><LineStyle><color>${line}</color><width>1</width></LineStyle><PolyStyle><color>${fill}</color></PolyStyle></Style>\n`;
}

function folderOf({ layer, columns, rows }: LayerTable): string {
  if (rows.length === 0) return "";
  const height = columns.indexOf("height_m");
  const placemarks = rows.map((row) => {
    const heightM = height < 0 ? null : row.cells[height];
    return `<Placemark><name>${xmlText(row.label)}</name><styleUrl>#${layer}</styleUrl>${dataOf(columns, row)}${shapeOf(row, heightM)}</Placemark>\n`;
  });
  return `<Folder><name>${FOLDERS[layer]}</name>\n${placemarks.join("")}</Folder>\n`;
}

/** The name is said also where there is none: the label is no name. */
function dataOf(columns: readonly string[], { cells }: LayerRow): string {
  const data = columns.flatMap((name, i) => {
    const cell = cells[i] ?? null;
    if (cell === null && name !== "name") return [];
    return [`<Data name="${xmlText(name)}"><value>${cell === null ? "" : xmlText(String(cell))}</value></Data>`];
  });
  return `<ExtendedData>${data.join("")}</ExtendedData>`;
}

function shapeOf({ at, area }: LayerRow, heightM: unknown): string {
  const shapes = [...(at ? [pointOf(at, heightM)] : []), ...polygonsOf(area)];
  return shapes.length > 1 ? `<MultiGeometry>${shapes.join("")}</MultiGeometry>` : shapes.join("");
}

function pointOf({ lon, lat }: { lon: number; lat: number }, heightM: unknown): string {
  const known = typeof heightM === "number";
  const mode = known ? "<altitudeMode>relativeToGround</altitudeMode>" : "";
  return `<Point>${mode}<coordinates>${degrees(lon)},${degrees(lat)}${known ? `,${heightM}` : ""}</coordinates></Point>`;
}

const polygonsOf = (area: Area): readonly string[] => wound(area).map(polygonOf);

function polygonOf([outer = [], ...holes]: Polygon): string {
  const ring = (positions: Polygon[number]): string =>
    `<LinearRing><coordinates>${positions.map(([lon, lat]) => `${lon},${lat}`).join(" ")}</coordinates></LinearRing>`;
  const inner = holes.map((hole) => `<innerBoundaryIs>${ring(hole)}</innerBoundaryIs>`).join("");
  return `<Polygon><outerBoundaryIs>${ring(outer)}</outerBoundaryIs>${inner}</Polygon>`;
}
