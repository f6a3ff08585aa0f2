import { utf8 } from "@overt/core";
import { zipSync } from "fflate";
import { COLUMNS } from "../record/columns.ts";
import type { Cell } from "../record/field.ts";
import type { ExchangedPlan, Layer } from "../record/plan.ts";
import { layerTable } from "./layer-table.ts";
import { xmlText } from "./xml-text.ts";

const SHEETS: readonly (readonly [Layer, string])[] = [
  ["camera", "cameras"],
  ["place", "places"],
  ["private-space", "private spaces"],
];

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/**
 * The plan's tables as an Excel workbook, with a last sheet that says what each column means and in which unit. Areas are
 * not in it: a cell holds 32,767 characters. Text is text, never a formula.
 */
export function writeXlsx(plan: ExchangedPlan): Uint8Array<ArrayBuffer> {
  const tables = SHEETS.map(([layer, name]) => {
    const { columns, rows } = layerTable(plan, layer);
    return { name, rows: [columns, ...rows.map(({ cells }) => cells)] };
  });
  const sheets = [...tables, { name: "columns", rows: documentation() }];
  const parts: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>${sheets.map((_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets>${sheets.map(({ name }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships">${sheets.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join("")}</Relationships>`,
  };
  for (const [i, { rows }] of sheets.entries()) parts[`xl/worksheets/sheet${i + 1}.xml`] = sheetOf(rows);
  const files = Object.entries(parts).map(([name, text]) => [name, utf8(HEAD + text)] as const);
  return zipSync(Object.fromEntries(files), { mtime: "1980-01-02T00:00:00" });
}

function documentation(): readonly (readonly Cell[])[] {
  const rows = SHEETS.flatMap(([layer, sheet]) =>
    COLUMNS[layer]
      .filter(({ kind }) => kind !== "geometry")
      .map(({ name, unit, about, choices }) => [sheet, name, unit, about, choices.join(", ")]),
  );
  return [["sheet", "column", "unit", "what it says", "one of"], ...rows];
}

const sheetOf = (rows: readonly (readonly Cell[])[]): string =>
  `<worksheet ${MAIN}><sheetData>${rows.map((cells, i) => `<row r="${i + 1}">${cells.map((cell, n) => cellOf(cell, `${letters(n)}${i + 1}`)).join("")}</row>`).join("")}</sheetData></worksheet>`;

const LONGEST = 32_767;

function cellOf(cell: Cell, reference: string): string {
  if (cell === null || cell === "") return "";
  if (typeof cell === "number") return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  // What looks like an escape of a character is escaped itself (ECMA-376 §22.4.2.4).
  const text = cell.slice(0, LONGEST).replace(/_(?=x[0-9a-f]{4}_)/gi, "_x005F_");
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}
