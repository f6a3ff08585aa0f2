import { ALSO, COLUMNS, columnOf, FIELDS_OF } from "../record/columns.ts";
import type { Cell } from "../record/field.ts";
import type { Area, ExchangedPlan, Layer } from "../record/plan.ts";

export type Place = { readonly lon: number; readonly lat: number };

/** A layer of a plan as a table: the cells of each row by the names of `columns`; its shapes beside them. */
export interface LayerTable {
  readonly layer: Layer;
  readonly columns: readonly string[];
  readonly rows: readonly LayerRow[];
}

export interface LayerRow {
  readonly cells: readonly Cell[];
  readonly at: Place | null;
  readonly area: Area;
  /** What a map writes beside it. */
  readonly label: string;
}

interface Written {
  readonly at?: Place | null;
  readonly area?: Area;
  readonly more?: Readonly<Record<string, string>>;
}

const RECORDS: Readonly<Record<Layer, (plan: ExchangedPlan) => readonly Written[]>> = {
  camera: ({ cameras }) => cameras,
  viewshed: ({ viewsheds }) => viewsheds,
  place: ({ places }) => places,
  "private-space": ({ spaces }) => spaces,
};

export const LAYERS = Object.keys(RECORDS) as readonly Layer[];

/** Every documented column but the shape, then those of other people's plans that no field stands for. */
export function layerTable(plan: ExchangedPlan, layer: Layer): LayerTable {
  const records = RECORDS[layer](plan);
  const more = [...new Set(records.flatMap((record) => Object.keys(record.more ?? {})))];
  const documented = COLUMNS[layer].filter(({ kind }) => kind !== "geometry").map(({ name }) => name);
  const fields = Object.entries(FIELDS_OF[layer]).map(([key, field]) => ({ key, name: columnOf(key), field }));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const rows = records.map((record): LayerRow => {
    const values = record as Readonly<Record<string, unknown>>;
    const at = record.at ?? null;
    const cells = documented.map((name): Cell => {
      if (name === "layer") return layer;
      if (name === "lon" || name === "lat") return at && degrees(at[name]);
      const { field, key } = byName.get(name)!;
      return field.write(values[key]);
    });
    const label = String(values.number ?? values.name ?? values.camera ?? values.id ?? "");
    return {
      cells: [...cells, ...more.map((name) => record.more?.[name] ?? null)],
      at,
      area: record.area ?? [],
      label,
    };
  });
  return { layer, columns: [...documented, ...more.map((name) => ALSO + name)], rows };
}

/** Nine decimals: a tenth of a millimetre. */
export const degrees = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

/** Rings closed, the outer one counter-clockwise, holes clockwise (RFC 7946 §3.1.6). */
export function wound(area: Area): Area {
  return area.map((polygon) =>
    polygon.map((ring, i) => {
      const corners = ring.map(([lon, lat]) => [degrees(lon), degrees(lat)] as const);
      const [first, last] = [corners[0], corners.at(-1)];
      if (first && last && (first[0] !== last[0] || first[1] !== last[1])) corners.push(first);
      return signedArea(corners) > 0 === (i === 0) ? corners : corners.toReversed();
    }),
  );
}

function signedArea(ring: readonly (readonly [number, number])[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) sum += ring[i]![0] * ring[i + 1]![1] - ring[i + 1]![0] * ring[i]![1];
  return sum;
}
