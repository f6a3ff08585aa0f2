import { strToU8, zipSync } from "fflate";

/** A cell as XML, after its reference: `s` shared text, `d` a date, the rest as it is. */
export type TestCell = string | number | boolean | null | { readonly date: number };

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** A workbook as Excel writes it: shared texts, a date style, dimension, and a second hidden sheet. */
export function workbook(rows: readonly (readonly TestCell[])[], more: Record<string, string> = {}): Uint8Array {
  const texts: string[] = [];
  const cell = (value: TestCell, row: number, column: number): string => {
    if (value === null) return "";
    const r = `r="${String.fromCharCode(65 + column)}${row + 1}"`;
    if (typeof value === "number") return `<c ${r}><v>${value}</v></c>`;
    if (typeof value === "boolean") return `<c ${r} t="b"><v>${value ? 1 : 0}</v></c>`;
    if (typeof value === "object") return `<c ${r} s="1"><v>${value.date}</v></c>`;
    texts.push(value);
    return `<c ${r} t="s"><v>${texts.length - 1}</v></c>`;
  };
  const data = rows
    .map((cells, row) =>
      cells.length === 0 ? "" : `<row r="${row + 1}">${cells.map((value, i) => cell(value, row, i)).join("")}</row>`,
    )
    .join("");
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${XML}<Types/>`,
    "xl/workbook.xml": `${XML}<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Kameras" sheetId="1" r:id="rId1"/><sheet name="hidden" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${XML}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `${XML}<worksheet><sheetData>${data}</sheetData></worksheet>`,
    "xl/worksheets/sheet2.xml": `${XML}<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
    "xl/sharedStrings.xml": `${XML}<sst>${texts.map((text) => `<si><r><t>${escaped(text)}</t></r><rPh><t>furigana</t></rPh></si>`).join("")}</sst>`,
    "xl/styles.xml": `${XML}<styleSheet><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    ...more,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
}

export const archive = (parts: Readonly<Record<string, Uint8Array | string>>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, typeof part === "string" ? strToU8(part) : part]),
    ),
  );
