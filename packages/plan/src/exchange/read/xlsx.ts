import type { Cell } from "../record/field.ts";
import { planFileError } from "../plan-file-error.ts";
import { type FileLimits, Room } from "./sheet.ts";
import { readXml, type XmlSink } from "./xml.ts";
import { readWorkbook, type Workbook } from "./xlsx-parts.ts";
import { type Budget, unpacked, zipEntries } from "./zip.ts";

/** One sheet's cells; empty rows are empty. */
export interface WorkbookGrid {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * The visible sheets of an Excel workbook, row by row as it is unpacked. Formulas count with the value that was saved;
 * dates are ISO text.
 *
 * @throws OvertError `PLAN_FILE_EMPTY`, `PLAN_FILE_INVALID`, `PLAN_FILE_TOO_LARGE`
 */
export function readXlsx(bytes: Uint8Array, limits: FileLimits): readonly WorkbookGrid[] {
  const entries = zipEntries(bytes);
  const budget: Budget = { left: limits.unpackedBytes };
  const book = readWorkbook(entries, budget, limits);
  const visible = book.sheets.filter(({ hidden }) => !hidden);
  const room = new Room(limits);
  return (visible.length > 0 ? visible : book.sheets).flatMap(({ name, part }) => {
    const entry = entries.get(part);
    // Charts are sheets without cells.
    if (!entry || /chartsheet/.test(part)) return [];
    const cells = new Cells(book, room, limits);
    readXml(unpacked(entry, budget), cells);
    return [{ name, rows: cells.rows }];
  });
}

class Cells implements XmlSink {
  readonly rows: Cell[][] = [];
  readonly #book: Workbook;
  readonly #room: Room;
  readonly #limits: FileLimits;
  #row: Cell[] = [];
  #column = -1;
  #type = "n";
  #style = 0;
  #text = "";
  #inValue = false;

  constructor(book: Workbook, room: Room, limits: FileLimits) {
    this.#book = book;
    this.#room = room;
    this.#limits = limits;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "row") this.#beginRow(Number(attributes.r ?? this.rows.length + 1));
    else if (name === "c") {
      this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
      this.#type = attributes.t ?? "n";
      this.#style = Number(attributes.s ?? 0);
      this.#text = "";
    } else this.#inValue = name === "v" || name === "t";
  }

  text(text: string): void {
    if (this.#inValue) this.#text += text;
  }

  close(name: string): void {
    if (name === "v" || name === "t") this.#inValue = false;
    else if (name === "c") this.#put();
    else if (name === "row") {
      this.#room.row(this.#row.length);
      this.rows.push(this.#row);
    }
  }

  /** Rows without cells are left out of the file: they still count. */
  #beginRow(number: number): void {
    if (!Number.isInteger(number) || number <= this.rows.length || number > 1_048_576) {
      if (number !== this.rows.length + 1)
        throw planFileError("PLAN_FILE_INVALID", `Its rows are out of order at row ${this.rows.length + 1}.`);
    }
    while (this.rows.length < number - 1) {
      this.#room.row(0);
      this.rows.push([]);
    }
    this.#row = [];
    this.#column = -1;
  }

  #put(): void {
    const cell = this.#cell();
    if (cell === null) return;
    if (this.#column < 0 || this.#column >= this.#limits.columns) this.#room.row(this.#limits.columns + 1);
    while (this.#row.length < this.#column) this.#row.push(null);
    this.#row[this.#column] = cell;
  }

  #cell(): Cell {
    const text = this.#text;
    if (text === "") return null;
    if (this.#type === "s") return unescaped(this.#book.texts[Number(text)] ?? "");
    if (this.#type === "b") return text === "1" || text === "true";
    // An error such as #N/A says nothing.
    if (this.#type === "e") return null;
    if (this.#type !== "n") return unescaped(text);
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    return this.#book.isDate[this.#style] ? dateOf(value, this.#book.from1904) : value;
  }
}

/** Characters that XML has no room for, as workbooks write them (ECMA-376 §22.4.2.4). */
const unescaped = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** `BC12` is column 54. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/i.exec(reference)?.[0].toUpperCase() ?? "")
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

const DAY_MS = 86_400_000;
/** Day 0 of each count; the one from 1900 takes that year for a leap year. */
const [FROM_1900, FROM_1904] = [Date.UTC(1899, 11, 30), Date.UTC(1904, 0, 1)];

function dateOf(days: number, from1904: boolean): Cell {
  if (days < 0 || days > 2_958_465) return days;
  const text = new Date((from1904 ? FROM_1904 : FROM_1900) + Math.round(days * DAY_MS)).toISOString();
  return Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 19);
}
