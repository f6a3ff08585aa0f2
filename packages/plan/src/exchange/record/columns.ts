import { CAMERA_FIELDS } from "./camera.ts";
import type { Field } from "./field.ts";
import { type Layer, PLACE_FIELDS, SPACE_FIELDS, VIEWSHED_FIELDS } from "./plan.ts";

/** One column of an export, as its documentation has it (P43). */
export interface Column {
  readonly name: string;
  readonly kind: Field<unknown>["kind"] | "geometry";
  /** `m`, `deg`, `px/m` …; null: none. */
  readonly unit: string | null;
  readonly about: string;
  /** The words that a choice may say. */
  readonly choices: readonly string[];
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export const FIELDS_OF: Readonly<Record<Layer, Fields>> = {
  camera: CAMERA_FIELDS as unknown as Fields,
  place: PLACE_FIELDS as unknown as Fields,
  "private-space": SPACE_FIELDS as unknown as Fields,
  viewshed: VIEWSHED_FIELDS as unknown as Fields,
};

/** `sensorWidthMm` is the column `sensor_width_mm`, `retentionH` is `retention_h`. */
export const columnOf = (key: string): string => key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** Columns that no field stands for carry their own name behind this, so that nobody takes them for one of ours. */
export const ALSO = "also:";

const DEGREES = "East of Greenwich (WGS84); nine decimals, a tenth of a millimetre.";
const position: readonly Column[] = [
  { name: "lon", kind: "number", unit: "deg", about: DEGREES, choices: [] },
  {
    name: "lat",
    kind: "number",
    unit: "deg",
    about: DEGREES.replace("East of Greenwich", "North of the equator"),
    choices: [],
  },
];
const layer: Column = {
  name: "layer",
  kind: "choice",
  unit: null,
  about: "What the row is.",
  choices: ["camera", "place", "private-space", "viewshed"],
};
const area: Column = {
  name: "WKT",
  kind: "geometry",
  unit: "deg",
  about: "Its area as well-known text, MULTIPOLYGON, longitude first (WGS84). GeoJSON and KML draw it instead.",
  choices: [],
};

/** Every column of every export, with its unit: docs are made from this. */
export const COLUMNS: Readonly<Record<Layer, readonly Column[]>> = {
  camera: [layer, ...position, ...documented("camera")],
  place: [layer, ...position, ...documented("place"), area],
  "private-space": [layer, ...documented("private-space"), area],
  viewshed: [layer, ...documented("viewshed"), area],
};

function documented(layer: Layer): readonly Column[] {
  return Object.entries(FIELDS_OF[layer]).map(([key, { kind, unit, about, choices }]) => ({
    name: columnOf(key),
    kind,
    unit,
    about,
    choices,
  }));
}

/** The table as Markdown, for the documentation. */
export function columnsMarkdown(layer: Layer): string {
  const rows = COLUMNS[layer].map(({ name, unit, about, choices }) => {
    const words = choices.length > 0 ? ` One of ${choices.map((word) => `\`${word}\``).join(", ")}.` : "";
    return `| \`${name}\` | ${unit ?? ""} | ${about.replaceAll("|", "\\|")}${words} |`;
  });
  return ["| column | unit | what it says |", "|---|---|---|", ...rows, ""].join("\n");
}
