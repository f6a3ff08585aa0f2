import { utf8 } from "@overt/core";
import type { Cell } from "../record/field.ts";
import { guarded } from "../record/formula.ts";
import type { Area, ExchangedPlan, Layer } from "../record/plan.ts";
import { layerTable, wound } from "./layer-table.ts";

export interface CsvOptions {
  /** Spreadsheets of countries with decimal commas open `;` by a double click. Numbers keep their point. */
  readonly delimiter?: "," | ";" | "\t";
}

/**
 * One layer as CSV by RFC 4180: UTF-8 with a mark, for Excel; areas as well-known text in `WKT`. No text of it is run as
 * a formula by a spreadsheet.
 */
export function writeCsv(
  plan: ExchangedPlan,
  layer: Layer,
  { delimiter = "," }: CsvOptions = {},
): Uint8Array<ArrayBuffer> {
  const { columns, rows } = layerTable(plan, layer);
  const shaped = layer !== "camera";
  const line = (cells: readonly Cell[]): string =>
    `${cells.map((cell) => cellOf(cell, delimiter)).join(delimiter)}\r\n`;
  const lines = [line(shaped ? [...columns, "WKT"] : columns)];
  for (const { cells, area } of rows) lines.push(line(shaped ? [...cells, wktOf(area)] : cells));
  return utf8(`\ufeff${lines.join("")}`);
}

function cellOf(cell: Cell, delimiter: string): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const text = guarded(cell);
  return /["\r\n,;\t]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}

function wktOf(area: Area): string | null {
  if (area.length === 0) return null;
  const polygons = wound(area).map((polygon) => {
    const rings = polygon.map((ring) => `(${ring.map(([lon, lat]) => `${plain(lon)} ${plain(lat)}`).join(", ")})`);
    return `(${rings.join(", ")})`;
  });
  return `MULTIPOLYGON (${polygons.join(", ")})`;
}

/** Without an exponent, which not every reader of well-known text takes. */
const plain = (value: number): string => (Math.abs(value) < 1e-6 ? value.toFixed(9) : String(value));
