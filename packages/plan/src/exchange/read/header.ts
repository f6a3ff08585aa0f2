import { CAMERA_FIELDS } from "../record/camera.ts";
import type { Cell } from "../record/field.ts";
import type { PlanFormat, Sheet, SheetRow } from "./sheet.ts";
import { wordsOf } from "./words.ts";

/** How far down titles, logos and remarks may push the header. */
const DEEPEST = 40;

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.values(CAMERA_FIELDS).flatMap(({ called }) => called.map((name) => wordsOf(name).join(" "))),
  ..."lat lon long latitude longitude breite länge breitengrad längengrad x y easting northing rechtswert hochwert xcoord ycoord wkt geometry the geom".split(
    " ",
  ),
]);

interface Given {
  readonly format: PlanFormat;
  readonly name: string | null;
  readonly delimiter: string | null;
  readonly remarks: readonly string[];
}

/** A grid with its header found, or where the caller says that it is (from 1; 0: there is none). */
export function sheetOf(
  grid: readonly (readonly Cell[])[],
  given: Given,
  headerRow: number | null | undefined = null,
): Sheet {
  const header = headerRow === null ? headerRowOf(grid) : headerRow > 0 ? headerRow - 1 : -1;
  const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
  const rows: SheetRow[] = [];
  for (let i = header + 1; i < grid.length; i++) {
    const cells = grid[i]!;
    if (cells.some((cell) => cell !== null && cell !== "")) rows.push({ row: i + 1, cells, drawn: null });
  }
  return {
    ...given,
    headers: headersOf(grid[header] ?? [], header < 0 ? width : 0),
    headerRow: header < 0 ? null : header + 1,
    rows,
    system: null,
    title: null,
    attribution: null,
  };
}

/** Of the first rows the one with the most names of columns; -1: none looks like a header. */
function headerRowOf(grid: readonly (readonly Cell[])[]): number {
  // So our own exports begin, whatever their rows say.
  if (grid[0]?.[0] === "layer") return 0;
  let [best, most] = [-1, 0];
  for (let i = 0; i < Math.min(DEEPEST, grid.length); i++) {
    const score = scoreOf(grid[i]!);
    if (score > most) [best, most] = [i, score];
  }
  return best;
}

function scoreOf(row: readonly Cell[]): number {
  const texts = row.filter((cell): cell is string => typeof cell === "string" && cell.trim() !== "");
  const filled = row.filter((cell) => cell !== null && cell !== "").length;
  const names = texts.filter((text) => text.length <= 60 && !/^[\s\d.,:+-]+$/.test(text));
  if (names.length === 0 || names.length < filled * 0.6) return 0;
  const known = names.filter((text) => KNOWN.has(wordsOf(text).join(" "))).length;
  return known * 3 + Math.min(names.length, 20) * (new Set(names).size === names.length ? 0.5 : 0.1);
}

/** Each once: a second `Name` is `Name (2)`. */
function headersOf(cells: readonly Cell[], width: number): readonly string[] {
  const seen = new Set<string>();
  return Array.from({ length: Math.max(cells.length, width) }, (_, i) => {
    const name = String(cells[i] ?? "").trim() || `Column ${i + 1}`;
    let once = name;
    for (let n = 2; seen.has(once); n++) once = `${name} (${n})`;
    seen.add(once);
    return once;
  });
}
