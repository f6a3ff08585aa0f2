/** Where a record comes from: which row of which file, read by which mapping. It stays with a camera through merges. */
export interface Source {
  readonly file: string;
  /** Of a workbook, or the folder of a KML file. */
  readonly sheet: string | null;
  /** As the program that wrote the file counts them, from 1; of a GeoJSON or KML file the n-th feature. */
  readonly row: number | null;
  /** The mapping's title. */
  readonly mapping: string | null;
}

/** `roads.xlsx!Sheet 1#12@Roads department`, with the four marks and semicolons in names written as %21, %23 … */
export function writeSource({ file, sheet, row, mapping }: Source): string {
  const parts = [
    quoted(file),
    sheet === null ? "" : `!${quoted(sheet)}`,
    row === null ? "" : `#${row}`,
    mapping === null ? "" : `@${quoted(mapping)}`,
  ];
  return parts.join("");
}

export function readSource(text: string): Source | null {
  const [, file, sheet, row, mapping] = /^([^!#@]*)(?:!([^!#@]*))?(?:#(\d{1,9}))?(?:@([^!#@]*))?$/.exec(text) ?? [];
  if (file === undefined) return null;
  return {
    file: unquoted(file),
    sheet: sheet === undefined ? null : unquoted(sheet),
    row: row === undefined ? null : Number(row),
    mapping: mapping === undefined ? null : unquoted(mapping),
  };
}

const MARKS = /[%!#@;\n]/g;

const quoted = (name: string): string =>
  name.replace(MARKS, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`);

const unquoted = (text: string): string =>
  text.replace(/%([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

export const sameSource = (a: Source, b: Source): boolean =>
  a.file === b.file && a.sheet === b.sheet && a.row === b.row;
