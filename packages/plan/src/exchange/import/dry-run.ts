import { CAMERA_FIELDS, type CameraKey, type PlanCamera, planCamera } from "../record/camera.ts";
import { ALSO } from "../record/columns.ts";
import { type Cell, cleanText, type Field, isUnread, saysUnknown } from "../record/field.ts";
import type { Sheet, SheetRow } from "../read/sheet.ts";
import type { Pair } from "../system/guess.ts";
import type { GeoBox, LonLat } from "../system/systems.ts";
import { readResolution, readSensor } from "./composite.ts";
import { type RowCode, rowFinding, type RowFinding } from "./finding.ts";
import { type JudgedPlace, placeJudge } from "./judge-place.ts";
import type { MappedColumn, Mapping } from "./mapping.ts";
import { plainNumber } from "./update.ts";
import { pairOfColumns, type RowPair } from "./place-of.ts";

export interface ImportedRow {
  readonly row: number;
  readonly camera: PlanCamera;
}

/** What an import would bring, before anything is taken. */
export interface DryRun {
  readonly rows: readonly ImportedRow[];
  /** In the order of the file. */
  readonly findings: readonly RowFinding[];
  readonly refused: number;
}

export interface RunOptions {
  /** The file's name, for each record's source. */
  readonly file: string;
  readonly town?: GeoBox | null;
  /** Read the first rows only, for a preview. */
  readonly most?: number;
}

/**
 * A sheet's rows as cameras by a mapping, with all that is wrong row by row (P3). Nothing is guessed: what a cell does
 * not say is unknown (P6).
 *
 * @throws OvertError `SYSTEM_UNKNOWN`
 */
export function dryRun(sheet: Sheet, mapping: Mapping, { file, town = null, most }: RunOptions): DryRun {
  const run = new Run(sheet, mapping, file, town);
  const cameras = sheet.rows.filter(isCamera(sheet));
  for (const row of most === undefined ? cameras : cameras.slice(0, most)) run.take(row);
  run.heights();
  return run;
}

/** Our own files carry other layers beside cameras. */
function isCamera({ headers }: Sheet): (row: SheetRow) => boolean {
  const layer = headers.indexOf("layer");
  const others = new Set<Cell>(["place", "private-space", "viewshed"]);
  return ({ cells }) => layer < 0 || !others.has(cells[layer] ?? null);
}

interface Filling {
  readonly index: number;
  readonly column: MappedColumn;
  fill(into: Record<string, unknown>, cell: Cell): RowCode | null;
}

class Run implements DryRun {
  readonly rows: ImportedRow[] = [];
  readonly findings: RowFinding[] = [];
  refused = 0;
  readonly #sheet: Sheet;
  readonly #mapping: Mapping;
  readonly #file: string;
  readonly #fillings: readonly Filling[];
  readonly #more: readonly { readonly index: number; readonly name: string }[];
  readonly #pairOf: ((row: SheetRow) => RowPair) | null;
  readonly #judge: ((pair: Pair) => JudgedPlace) | null;
  readonly #numbers = new Map<string, number>();

  constructor(sheet: Sheet, mapping: Mapping, file: string, town: GeoBox | null) {
    this.#sheet = sheet;
    this.#mapping = mapping;
    this.#file = file;
    const at = (name: string): number => sheet.headers.indexOf(name);
    const present = mapping.columns.filter(({ column }) => at(column) >= 0);
    this.#fillings = present.flatMap((column) => fillingOf(column, at(column.column)));
    this.#more = present.flatMap(({ column, to }) =>
      to === "more" ? [{ index: at(column), name: column.startsWith(ALSO) ? column.slice(ALSO.length) : column }] : [],
    );
    const { position } = mapping;
    this.#pairOf = position && pairOfColumns(sheet, position.where);
    this.#judge = position && placeJudge(position, samplePairs(sheet, this.#pairOf!), town);
  }

  take(row: SheetRow): void {
    const { row: number, cells } = row;
    const { headers } = this.#sheet;
    if (cells.length > headers.length && cells.slice(headers.length).some((cell) => cell !== null && cell !== ""))
      this.#find(
        "ROW_TOO_LONG",
        "doubt",
        number,
        null,
        cells.slice(headers.length).join(" "),
        "It has more cells than there are columns.",
      );
    const known: Record<string, unknown> = {};
    for (const { index, column, fill } of this.#fillings) {
      const cell = cells[index] ?? null;
      if (cell === null || cell === "") continue;
      const code = fill(known, cell);
      if (code) this.#find(code, "doubt", number, column.column, cell, SAID[code] ?? "");
    }
    const place = this.#place(row);
    if (place === "refused") return;
    const camera = planCamera({ ...known, at: place, more: this.#moreOf(cells) });
    if (!this.#isNew(camera, number)) return;
    this.rows.push({
      row: number,
      camera: camera.sources.length > 0 ? camera : { ...camera, sources: [this.#source(number)] },
    });
  }

  /** Nobody hangs most of its cameras at 12 m: the column may be feet that nobody named. */
  heights(): void {
    const column = this.#mapping.columns.find(({ to }) => to === "heightM");
    if (!column || column.unit !== null) return;
    const heights = this.rows
      .flatMap(({ camera: { heightM } }) => (heightM === null ? [] : [heightM]))
      .sort((a, b) => a - b);
    const middle = heights[Math.floor(heights.length / 2)] ?? 0;
    if (heights.length >= 5 && middle >= 11)
      this.#find(
        "HEIGHTS_MAYBE_FEET",
        "doubt",
        null,
        column.column,
        middle,
        `Half of the cameras would hang at ${middle} m or higher.`,
      );
  }

  #place(row: SheetRow): LonLat | null | "refused" {
    if (!this.#pairOf || !this.#judge) return null;
    const { pair, text, precise } = this.#pairOf(row);
    if (!pair) {
      const [code, detail] = text === null ? NO_PLACE.missing : NO_PLACE.unread;
      this.#find(code, "doubt", row.row, null, text, detail);
      return null;
    }
    const { at, code } = this.#judge(pair);
    if (!precise)
      this.#find(
        "POSITION_IMPRECISE",
        "doubt",
        row.row,
        null,
        null,
        "It is drawn as several points, a line or an area; one place stands for it.",
      );
    if (code === null) return at && rounded(at);
    const accepted = (this.#mapping.accept as readonly string[]).includes(code);
    const unplaced = code === "POSITION_ZERO" || code === "POSITION_UNREADABLE";
    this.#find(code, accepted || unplaced ? "doubt" : "refused", row.row, null, pair.join(" / "), SAID[code]!);
    if (unplaced) return null;
    if (accepted) return at && rounded(at);
    this.refused++;
    return "refused";
  }

  #isNew({ id, number, name, at }: PlanCamera, row: number): boolean {
    const refuse = (code: RowCode, text: string | null, detail: string): false => {
      this.#find(code, "refused", row, null, text, detail);
      this.refused++;
      return false;
    };
    if (id === null && number === null && name === null && at === null)
      return refuse("ROW_SAYS_NOTHING", null, "It has neither a number nor a name nor a place.");
    if (number === null) return true;
    const first = this.#numbers.get(plainNumber(number));
    if (first !== undefined) return refuse("NUMBER_TWICE", number, `Row ${first} has the number ${number} already.`);
    this.#numbers.set(plainNumber(number), row);
    return true;
  }

  #moreOf(cells: readonly Cell[]): Readonly<Record<string, string>> {
    const found: [string, string][] = [];
    for (const { index, name } of this.#more) {
      const text = cleanText(String(cells[index] ?? ""));
      if (text !== null) found.push([name, text]);
    }
    return Object.fromEntries(found);
  }

  #source(row: number) {
    return { file: this.#file, sheet: this.#sheet.name, row, mapping: cleanText(this.#mapping.title) };
  }

  #find(...finding: Parameters<typeof rowFinding>): void {
    this.findings.push(rowFinding(...finding));
  }
}

const SAID: Readonly<Partial<Record<RowCode, string>>> = {
  VALUE_UNREADABLE: "The cell is not understood; the value stays unknown.",
  VALUE_IMPOSSIBLE: "The value cannot be; it stays unknown.",
  CHOICE_UNKNOWN: "The word is none of those that are known; the value stays unknown.",
  POSITION_ZERO: "0, 0 is what programs write for nothing; the camera has no place yet.",
  POSITION_UNREADABLE: "The reference system has no such place.",
  POSITION_SWAPPED: "It lies with the others only if its two numbers change places.",
  POSITION_IN_OTHER_UNIT: "It lies with the others only if its numbers are in the other unit: feet, or metres.",
  POSITION_FAR: "It lies far from the town and from the others.",
};
const NO_PLACE = {
  missing: ["POSITION_MISSING", "The row says no place."],
  unread: ["POSITION_UNREADABLE", "The cells are no two numbers."],
} as const;

/** Nine decimals of a degree are a tenth of a millimetre. */
const rounded = ({ lon, lat }: LonLat): LonLat => ({
  lon: Math.round(lon * 1e9) / 1e9,
  lat: Math.round(lat * 1e9) / 1e9,
});

function samplePairs({ rows }: Sheet, pairOf: (row: SheetRow) => RowPair): readonly Pair[] {
  const step = Math.max(1, Math.floor(rows.length / 400));
  return rows.flatMap((row, i) => {
    const pair = i % step === 0 ? pairOf(row).pair : null;
    return pair && (pair[0] !== 0 || pair[1] !== 0) ? [pair] : [];
  });
}

function fillingOf(column: MappedColumn, index: number): readonly Filling[] {
  const { to } = column;
  if (to === "more" || to === "skip") return [];
  if (to === "resolution" || to === "sensor") {
    const read = to === "resolution" ? readResolution : readSensor;
    const fill = (into: Record<string, unknown>, cell: Cell): RowCode | null => {
      const sides = read(cell);
      for (const [key, value] of Object.entries(sides ?? {})) into[key] ??= value;
      return sides || saysUnknown(cell) ? null : "VALUE_UNREADABLE";
    };
    return [{ index, column, fill }];
  }
  const field = CAMERA_FIELDS[to as CameraKey] as Field<unknown>;
  const fill = (into: Record<string, unknown>, cell: Cell): RowCode | null => {
    const value = field.read(cell, column);
    if (isUnread(value)) return value.unread;
    into[to] = value;
    return null;
  };
  return [{ index, column, fill }];
}
