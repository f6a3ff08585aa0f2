import { numberOf, UNITS, type Unit } from "./number.ts";

/** What stands in one cell of a table, whatever file it came from. */
export type Cell = string | number | boolean | null;

/** How a column writes what it says; part of a saved mapping. */
export interface Writing {
  readonly decimal: "." | ",";
  /** Of a column that has one; null: the field's own. */
  readonly unit: Unit | null;
  /** This column's own words for a choice: `{"A": "works"}`. */
  readonly words: Readonly<Record<string, string>>;
}

export const PLAIN: Writing = { decimal: ".", unit: null, words: {} };

/** Why a cell says nothing: it stays unknown (P6), and the row says so. */
export interface Unread {
  readonly unread: "VALUE_UNREADABLE" | "VALUE_IMPOSSIBLE" | "CHOICE_UNKNOWN";
}

export const UNREADABLE: Unread = { unread: "VALUE_UNREADABLE" };
export const IMPOSSIBLE: Unread = { unread: "VALUE_IMPOSSIBLE" };

export const isUnread = (value: unknown): value is Unread =>
  typeof value === "object" && value !== null && "unread" in value;

/** One fact of a record: a column of every export, and what a column of another's file may be mapped to (P43). */
export interface Field<T> {
  readonly kind: "text" | "number" | "choice" | "flag" | "list";
  /** Of its numbers. Null: none. */
  readonly unit: Unit | null;
  /** One sentence for whoever reads an export. */
  readonly about: string;
  /** What others call it, in several languages. */
  readonly called: readonly string[];
  /** The values of a choice. */
  readonly choices: readonly string[];
  /** What stands for unknown. */
  readonly blank: T;
  read(cell: Cell, writing: Writing): T | Unread;
  write(value: T): Cell;
}

type Said = { readonly about: string; readonly called: string };

const namesOf = (called: string): readonly string[] => called.split(",").map((name) => name.trim());

/** Without what no reader shows: outer blanks, control characters, carriage returns. Empty text is unknown. */
export function cleanText(text: string): string | null {
  const clean = text
    .replace(/\r\n?/g, "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u2029\ufeff\ufffe\uffff]/g, " ")
    .toWellFormed()
    .trim();
  return clean === "" ? null : clean;
}

const textOf = (cell: Cell): string | null => (cell === null ? null : cleanText(String(cell)));

export function text({ about, called }: Said): Field<string | null> {
  const read = textOf;
  return { kind: "text", unit: null, about, called: namesOf(called), choices: [], blank: null, read, write: (v) => v };
}

interface Range {
  readonly unit?: Unit;
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

export function number({ about, called, unit, from, to, whole }: Said & Range): Field<number | null> {
  const read = (cell: Cell, writing: Writing): number | null | Unread => {
    if (cell === null || cell === "") return null;
    const value = typeof cell === "number" ? scaled(cell, writing.unit, unit) : readNumber(String(cell), writing, unit);
    if (value === null) return cleanText(String(cell)) === null || saysUnknown(cell) ? null : UNREADABLE;
    if (value < from || value > to || (whole && !Number.isInteger(value))) return IMPOSSIBLE;
    return value;
  };
  return {
    kind: "number",
    unit: unit ?? null,
    about,
    called: namesOf(called),
    choices: [],
    blank: null,
    read,
    write: (v) => v,
  };
}

function readNumber(text: string, { decimal, unit: column }: Writing, own: Unit | undefined): number | null {
  const read = numberOf(text, decimal);
  if (!read) return null;
  const unit = read.unit ?? column;
  return own === undefined ? (read.unit === null ? read.value : null) : scaled(read.value, unit, own);
}

/** Null: a length was named where an angle should be. Rounded where a unit was reckoned, so that 12 ft is 3.6576 m. */
function scaled(value: number, from: Unit | null, to: Unit | undefined): number | null {
  if (from === null || to === undefined || from === to) return value + 0;
  const [a, b] = [UNITS[from], UNITS[to]];
  return a.of === b.of ? Math.round(((value * a.is) / b.is) * 1e9) / 1e9 + 0 : null;
}

/** A year, also out of a date in any usual order. */
export function year({ about, called, from, to }: Said & Pick<Range, "from" | "to">): Field<number | null> {
  const plain = number({ about, called, unit: "year", from, to, whole: true });
  const read = (cell: Cell, writing: Writing): number | null | Unread => {
    const [, first, last] =
      /^(?:(\d{4})(?:[-/]\d|\.\d{1,2}\.)|\d{1,2}[-/.](?:\d{1,2}[-/.])?(\d{4})\b)/.exec(String(cell).trim()) ?? [];
    return plain.read(first ?? last ?? cell, writing);
  };
  return { ...plain, read };
}

/** An amount, whose currency another field names: signs beside it are left out. */
export function money(said: Said): Field<number | null> {
  const plain = number({ ...said, from: 0, to: 1e9 });
  const read = (cell: Cell, writing: Writing): number | null | Unread =>
    plain.read(
      typeof cell === "string" ? cell.replace(/^\s*(?:[€$£]|[A-Z]{3}\b)|(?:[€$£]|\b[A-Z]{3})\s*$/g, "") : cell,
      writing,
    );
  return { ...plain, read };
}

/** Turned into [0, 360); letters as well, where no language reads them otherwise. */
export function bearing(said: Said): Field<number | null> {
  const plain = number({ ...said, unit: "deg", from: -720, to: 720 });
  const read = (cell: Cell, writing: Writing): number | null | Unread => {
    const named = typeof cell === "string" ? POINTS[cell.trim().toUpperCase()] : undefined;
    const value = named ?? plain.read(cell, writing);
    return typeof value === "number" ? turned(value) : value;
  };
  return { ...plain, read };
}

export const turned = (deg: number): number => (deg >= 0 && deg < 360 ? deg + 0 : (((deg % 360) + 360) % 360) + 0);

const LETTERS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");
/** A lone `O` is east in German and west in French: it is not read. */
const GERMAN = "NNO NO ONO OSO SO SSO".split(" ");
const GERMAN_DEG = [22.5, 45, 67.5, 112.5, 135, 157.5];
const WORDS = { NORTH: 0, NORD: 0, EAST: 90, OST: 90, EST: 90, SOUTH: 180, SÜD: 180, SUD: 180, WEST: 270, OUEST: 270 };
const POINTS: Readonly<Record<string, number | undefined>> = Object.assign(Object.create(null), {
  ...Object.fromEntries(LETTERS.map((name, i) => [name, i * 22.5])),
  ...Object.fromEntries(GERMAN.map((name, i) => [name, GERMAN_DEG[i]])),
  ...WORDS,
});

/** `values`: what is kept, and what others say for it. A choice with a value for the unknown has it as its blank. */
export function choice<const V extends string, B extends V | null>(
  { about, called }: Said,
  values: Readonly<Record<V, string>>,
  blank: B,
): Field<V | B> {
  const known = new Map<string, V>();
  for (const [value, words] of Object.entries(values) as [V, string][])
    for (const word of [value, ...namesOf(words)]) known.set(word.toLowerCase(), value);
  const read = (cell: Cell, { words }: Writing): V | B | Unread => {
    const said = textOf(cell);
    if (said === null) return blank;
    const own = Object.hasOwn(words, said) ? words[said]! : said;
    return known.get(own.toLowerCase()) ?? (saysUnknown(own) ? blank : { unread: "CHOICE_UNKNOWN" });
  };
  const choices = Object.keys(values);
  return { kind: "choice", unit: null, about, called: namesOf(called), choices, blank, read, write: (v) => v };
}

const YES = new Set("true yes ja oui sí si sim tak y j 1 x wahr vrai".split(" "));
const NO = new Set("false no nein non não nao nie n 0 falsch faux".split(" "));

export function flag({ about, called }: Said): Field<boolean | null> {
  const read = (cell: Cell): boolean | null | Unread => {
    const said = textOf(cell)?.toLowerCase();
    if (said === undefined || saysUnknown(said)) return null;
    return YES.has(said) ? true : NO.has(said) ? false : UNREADABLE;
  };
  return {
    kind: "flag",
    unit: null,
    about,
    called: namesOf(called),
    choices: ["true", "false"],
    blank: null,
    read,
    write: (v) => v,
  };
}

/** Several values in one cell, parted by semicolons. */
export function list<T>(
  { about, called }: Said,
  one: { read(text: string): T | null; write(value: T): string },
): Field<readonly T[]> {
  const read = (cell: Cell): readonly T[] | Unread => {
    const values = (textOf(cell) ?? "").split(";").flatMap((part) => {
      const said = cleanText(part);
      return said === null ? [] : [one.read(said)];
    });
    return values.includes(null) ? UNREADABLE : (values as T[]);
  };
  const write = (values: readonly T[]): Cell => (values.length === 0 ? null : values.map(one.write).join("; "));
  return { kind: "list", unit: null, about, called: namesOf(called), choices: [], blank: [], read, write };
}

const UNKNOWN = new Set("- -- ? n/a na none null nan unknown unbekannt inconnu desconocido tbd k.a. —".split(" "));
/** Words that say that nobody knows: no error. */
export const saysUnknown = (cell: Cell): boolean => UNKNOWN.has(String(cell).trim().toLowerCase());
