import { z } from "zod";
import { planFileError } from "../plan-file-error.ts";
import { CAMERA_FIELDS, type CameraKey } from "../record/camera.ts";
import { UNITS, type Unit } from "../record/number.ts";
import type { Sheet } from "../read/sheet.ts";

/** Readings of one column that fill several fields: they are only imported. */
export const COMPOSITES = ["resolution", "sensor"] as const;
export type Composite = (typeof COMPOSITES)[number];

export type Target = CameraKey | Composite;

const KEYS = Object.keys(CAMERA_FIELDS) as [CameraKey, ...CameraKey[]];
const ColumnName = z.string().max(1_000);
const Decimal = z.enum([".", ","]);

const Columns = z.strictObject({
  from: z.literal("columns"),
  /** Eastward: longitude, easting, x. */
  x: ColumnName,
  y: ColumnName,
  decimal: Decimal,
});
/** One column with `49.0069, 8.4037` or well-known text. */
const OneColumn = z.strictObject({ from: z.literal("column"), column: ColumnName, latFirst: z.boolean() });
/** What the file draws: GeoJSON, KML. */
const Drawing = z.strictObject({ from: z.literal("drawing") });

const PositionText = z.strictObject({
  where: z.discriminatedUnion("from", [Columns, OneColumn, Drawing]),
  /** `EPSG:…` */
  system: z.string().max(200),
  swapped: z.boolean(),
  /** Multiplies both numbers first: 0.3048 makes feet metres. */
  scale: z.number().positive().max(10),
});

const MappingText = z.strictObject({
  v: z.literal(1),
  title: z.string().max(200),
  position: PositionText.nullable(),
  columns: z
    .array(
      z.strictObject({
        column: ColumnName,
        /** `more`: kept as it comes; `skip`: left out. */
        to: z.enum([...KEYS, ...COMPOSITES, "more", "skip"]),
        unit: z.enum(Object.keys(UNITS) as [Unit, ...Unit[]]).nullable(),
        decimal: Decimal,
        /** The column's own words: `{"A": "works"}`. */
        words: z.record(z.string(), z.string()),
      }),
    )
    .max(2_000),
  /** Doubtful places that are taken all the same. */
  accept: z.array(z.enum(["POSITION_SWAPPED", "POSITION_IN_OTHER_UNIT", "POSITION_FAR"])),
});

/** How a file's columns become a camera's record: plain data, saved and used again for the same department's next file. */
export type Mapping = z.output<typeof MappingText>;
export type MappedColumn = Mapping["columns"][number];
export type MappedPosition = NonNullable<Mapping["position"]>;

/** @throws OvertError `MAPPING_INVALID`, `MAPPING_NEWER` */
export function readMapping(saved: unknown): Mapping {
  const version = typeof saved === "object" && saved !== null && "v" in saved ? saved.v : null;
  if (typeof version === "number" && version > 1)
    throw planFileError("MAPPING_NEWER", `The mapping is of version ${version}; 1 is known.`, "Update Overt.");
  const mapping = MappingText.safeParse(saved);
  if (mapping.success) return mapping.data;
  const issue = mapping.error.issues[0];
  throw planFileError(
    "MAPPING_INVALID",
    `The mapping does not say what mappings say (${issue?.path.join(".") || "it"}: ${issue?.message}).`,
    "Make it anew from the file.",
  );
}

/** Columns that a saved mapping names and a file lacks: asked before it is used. */
export function missingColumns({ columns, position }: Mapping, { headers }: Sheet): readonly string[] {
  const where = position?.where;
  const placed = where?.from === "columns" ? [where.x, where.y] : where?.from === "column" ? [where.column] : [];
  const used = columns.filter(({ to }) => to !== "skip" && to !== "more").map(({ column }) => column);
  return [...placed, ...used].filter((name) => !headers.includes(name));
}
