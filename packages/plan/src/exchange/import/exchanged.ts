import { type Cell, type Field, isUnread, PLAIN } from "../record/field.ts";
import { columnOf, FIELDS_OF } from "../record/columns.ts";
import {
  type Area,
  EMPTY_PLAN,
  type ExchangedPlan,
  type Layer,
  planPlace,
  planSpace,
  planViewshed,
} from "../record/plan.ts";
import type { Drawn, Sheet, SheetRow } from "../read/sheet.ts";
import { readWkt } from "../read/wkt.ts";
import { WGS84 } from "../system/systems.ts";
import { dryRun } from "./dry-run.ts";
import { rowFinding, type RowFinding } from "./finding.ts";
import { isOurs, proposeMapping } from "./propose.ts";

export interface ReadBack {
  readonly plan: ExchangedPlan;
  readonly findings: readonly RowFinding[];
}

/** Our own exports read back (P43): the sheets of one file, or of several CSV files of one plan. Null: not ours. */
export function readExchanged(sheets: readonly Sheet[], file: string): ReadBack | null {
  const ours = sheets.filter(isOurs);
  if (ours.length === 0) return null;
  const findings: RowFinding[] = [];
  const plan = ours.reduce((so, sheet) => joined(so, sheetPlan(sheet, file, findings)), EMPTY_PLAN);
  return { plan, findings };
}

const joined = (a: ExchangedPlan, b: ExchangedPlan): ExchangedPlan => ({
  title: a.title ?? b.title,
  attribution: a.attribution ?? b.attribution,
  cameras: [...a.cameras, ...b.cameras],
  viewsheds: [...a.viewsheds, ...b.viewsheds],
  places: [...a.places, ...b.places],
  spaces: [...a.spaces, ...b.spaces],
});

function sheetPlan(sheet: Sheet, file: string, findings: RowFinding[]): ExchangedPlan {
  const layer = sheet.headers.indexOf("layer");
  const rowsOf = (wanted: Layer): readonly SheetRow[] => sheet.rows.filter(({ cells }) => cells[layer] === wanted);
  const read = (row: SheetRow, of: Layer): Record<string, unknown> => valuesOf(sheet, row, of, findings);
  return {
    title: sheet.title,
    attribution: sheet.attribution,
    cameras: camerasOf(sheet, file, findings),
    viewsheds: rowsOf("viewshed").map((row) => planViewshed({ ...read(row, "viewshed"), area: areaOf(sheet, row) })),
    places: rowsOf("place").map((row) =>
      planPlace({ ...read(row, "place"), at: atOf(sheet, row), area: areaOf(sheet, row) }),
    ),
    spaces: rowsOf("private-space").map((row) =>
      planSpace({ ...read(row, "private-space"), area: areaOf(sheet, row) }),
    ),
  };
}

/** They are in WGS84, and may lie anywhere on it. */
function camerasOf(sheet: Sheet, file: string, findings: RowFinding[]): ExchangedPlan["cameras"] {
  const mapping = proposeMapping(sheet);
  const position = mapping.position && { ...mapping.position, system: WGS84.code, swapped: false, scale: 1 };
  const run = dryRun(sheet, { ...mapping, position }, { file, town: WGS84.use });
  for (const finding of run.findings) if (finding.code !== "POSITION_MISSING") findings.push(finding);
  return run.rows.map(({ camera }) => camera);
}

function valuesOf(
  sheet: Sheet,
  { row, cells }: SheetRow,
  layer: Layer,
  findings: RowFinding[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(FIELDS_OF[layer]) as [string, Field<unknown>][]) {
    const column = columnOf(key);
    const cell: Cell = cells[sheet.headers.indexOf(column)] ?? null;
    const value = field.read(cell, PLAIN);
    if (isUnread(value))
      findings.push(rowFinding(value.unread, "doubt", row, column, cell, "The value stays unknown."));
    else values[key] = value;
  }
  return values;
}

function areaOf({ headers }: Sheet, { cells, drawn }: SheetRow): Area {
  const shape: Drawn | null = drawn ?? readWkt(String(cells[headers.indexOf("WKT")] ?? ""));
  return shape?.areas ?? [];
}

function atOf({ headers }: Sheet, { cells, drawn }: SheetRow): { lon: number; lat: number } | null {
  const [lon, lat] = ["lon", "lat"].map((name) => String(cells[headers.indexOf(name)] ?? "").trim());
  if (lon && lat && Number.isFinite(Number(lon)) && Number.isFinite(Number(lat)))
    return { lon: Number(lon), lat: Number(lat) };
  const point = drawn?.points[0];
  return point ? { lon: point[0], lat: point[1] } : null;
}
