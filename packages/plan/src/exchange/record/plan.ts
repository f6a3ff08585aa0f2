import { type Field, choice, list, number, text } from "./field.ts";
import { blanksOf, type PlanCamera, type Values } from "./camera.ts";
import type { Source } from "./source.ts";
import { readSource, writeSource } from "./source.ts";

/** Degrees, east first (WGS84). */
export type Position = readonly [lon: number, lat: number];
/** Rings of a polygon, the outer one first; closed ones repeat their first corner. */
export type Polygon = readonly (readonly Position[])[];
/** An area may have several parts. */
export type Area = readonly Polygon[];

const sources = list<Source>(
  { about: "Where this record comes from, as `file!sheet#row@mapping`.", called: "" },
  { read: readSource, write: writeSource },
);

/** An important point or area (DESIGN §2) and what it asks of a plan. */
export const PLACE_FIELDS = {
  id: text({ about: "Overt's own name of the place.", called: "" }),
  name: text({ about: "What people call it.", called: "name, bezeichnung, nom, nombre, nome" }),
  weight: number({ about: "How much it counts.", called: "weight, gewicht, poids, peso, priority", from: 0, to: 1e9 }),
  needPxPerM: number({ about: "Detail that it needs.", called: "", unit: "px/m", from: 0, to: 10_000 }),
  mostPxPerM: number({
    about: "The most detail that its purpose allows.",
    called: "",
    unit: "px/m",
    from: 0,
    to: 10_000,
  }),
  views: number({
    about: "How many cameras must see it, each from elsewhere.",
    called: "",
    from: 1,
    to: 20,
    whole: true,
  }),
  hours: text({
    about: "When it must be seen, as OpenStreetMap's opening_hours.",
    called: "hours, zeiten, opening hours",
  }),
  threat: text({ about: "What is feared there.", called: "threat, threat note, gefährdung" }),
  notes: text({ about: "Anything else.", called: "notes, bemerkung" }),
  sources,
} as const;

/** Ground that cameras must spare. */
export const SPACE_FIELDS = {
  id: text({ about: "Overt's own name of the space.", called: "" }),
  name: text({ about: "What people call it.", called: "name" }),
  kind: text({ about: "home, garden, school, worship, health or another.", called: "kind" }),
  rule: choice({ about: "What may be seen of it.", called: "rule" }, { never: "", masked: "", permitted: "" }, null),
  basis: text({ about: "Why; of a permitted one, the article or consent.", called: "basis" }),
  notes: text({ about: "Anything else.", called: "notes" }),
  sources,
} as const;

/** Ground that a camera sees, at a level of a density ladder or in all. */
export const VIEWSHED_FIELDS = {
  camera: text({ about: "The camera: its id, else its number, else its name.", called: "" }),
  level: text({ about: "Level of the ladder; empty: all that is seen.", called: "" }),
  pxPerM: number({ about: "The least detail within.", called: "", unit: "px/m", from: 0, to: 10_000 }),
  areaM2: number({ about: "Its size.", called: "", unit: "m²", from: 0, to: 1e12 }),
} as const;

export interface PlanPlace extends Values<typeof PLACE_FIELDS> {
  readonly at: { readonly lon: number; readonly lat: number } | null;
  readonly area: Area;
}
export interface PlanSpace extends Values<typeof SPACE_FIELDS> {
  readonly area: Area;
}
export interface PlanViewshed extends Values<typeof VIEWSHED_FIELDS> {
  readonly area: Area;
}

/** A plan as files carry it. */
export interface ExchangedPlan {
  readonly title: string | null;
  /** Who must be named beside its map. */
  readonly attribution: string | null;
  readonly cameras: readonly PlanCamera[];
  readonly viewsheds: readonly PlanViewshed[];
  readonly places: readonly PlanPlace[];
  readonly spaces: readonly PlanSpace[];
}

export const EMPTY_PLAN: ExchangedPlan = {
  title: null,
  attribution: null,
  cameras: [],
  viewsheds: [],
  places: [],
  spaces: [],
};

export type Layer = "camera" | "viewshed" | "place" | "private-space";

const made =
  <T extends object>(fields: Readonly<Record<string, Field<unknown>>>, empty: Partial<T>) =>
  (known: Partial<T>): T =>
    ({ ...blanksOf(fields), ...empty, ...known }) as T;

export const planPlace = made<PlanPlace>(PLACE_FIELDS, { at: null, area: [] });
export const planSpace = made<PlanSpace>(SPACE_FIELDS, { area: [] });
export const planViewshed = made<PlanViewshed>(VIEWSHED_FIELDS, { area: [] });

/** What viewsheds name a camera by. */
export const cameraName = ({ id, number, name }: Pick<PlanCamera, "id" | "number" | "name">): string | null =>
  id ?? number ?? name;
