import type { Cell } from "../record/field.ts";
import { planFileError } from "../plan-file-error.ts";

export type XY = readonly [number, number];

/** What a feature draws, in the file's own numbers, whatever it nests them in. */
export interface Drawn {
  readonly points: readonly XY[];
  readonly lines: readonly (readonly XY[])[];
  /** Polygons: rings, the outer one first. */
  readonly areas: readonly (readonly (readonly XY[])[])[];
}

export interface SheetRow {
  /** As the program that wrote the file counts: from 1, header and empty rows too; of features the n-th. */
  readonly row: number;
  /** One for each header; more where a row is too long. */
  readonly cells: readonly Cell[];
  readonly drawn: Drawn | null;
}

export type PlanFormat = "csv" | "xlsx" | "geojson" | "kml" | "kmz";

/** One table of a file, with its header found: all formats come to this. */
export interface Sheet {
  readonly format: PlanFormat;
  /** Of a workbook. */
  readonly name: string | null;
  /** No two alike. */
  readonly headers: readonly string[];
  /** In a CSV or Excel file; null: the file has none, columns are numbered. */
  readonly headerRow: number | null;
  readonly rows: readonly SheetRow[];
  /** That the file names itself. */
  readonly system: string | null;
  readonly delimiter: string | null;
  /** Of the whole file, where its format has room for them. */
  readonly title: string | null;
  readonly attribution: string | null;
  /** What a reader must be told of the whole file, one sentence each. */
  readonly remarks: readonly string[];
}

export interface FileLimits {
  readonly fileBytes: number;
  /** Of what an archive unpacks to, all its parts that are read together. */
  readonly unpackedBytes: number;
  readonly rows: number;
  readonly cells: number;
  readonly columns: number;
}

export const FILE_LIMITS: FileLimits = {
  fileBytes: 256 * 2 ** 20,
  unpackedBytes: 512 * 2 ** 20,
  rows: 1_000_000,
  cells: 30_000_000,
  columns: 2_000,
};

/** Counts what a reader takes in. */
export class Room {
  readonly #limits: FileLimits;
  #rows = 0;
  #cells = 0;

  constructor(limits: FileLimits) {
    this.#limits = limits;
  }

  /** @throws OvertError `PLAN_FILE_TOO_LARGE` */
  row(cells: number): void {
    this.#rows++;
    this.#cells += cells;
    const { rows, columns, cells: most } = this.#limits;
    if (this.#rows <= rows && cells <= columns && this.#cells <= most) return;
    throw planFileError(
      "PLAN_FILE_TOO_LARGE",
      `The file has more than ${rows} rows, ${columns} columns or ${most} cells.`,
      "Keep the rows and columns that describe cameras, and save it again.",
    );
  }
}

/** Rows of named values as a sheet whose headers are all names, in the order in which they came. */
export class NamedRows {
  readonly #columns = new Map<string, number>();
  readonly #rows: SheetRow[] = [];
  readonly #room: Room;

  constructor(limits: FileLimits) {
    this.#room = new Room(limits);
  }

  add(row: number, values: ReadonlyMap<string, Cell>, drawn: Drawn | null): void {
    const cells: Cell[] = [];
    for (const [name, cell] of values) {
      let column = this.#columns.get(name);
      if (column === undefined) {
        column = this.#columns.size;
        this.#columns.set(name, column);
      }
      while (cells.length < column) cells.push(null);
      cells[column] = cell;
    }
    this.#room.row(this.#columns.size);
    this.#rows.push({ row, cells, drawn });
  }

  get headers(): readonly string[] {
    return [...this.#columns.keys()];
  }

  get rows(): readonly SheetRow[] {
    return this.#rows;
  }
}
