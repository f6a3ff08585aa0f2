import { unguarded } from "../record/formula.ts";
import { planFileError } from "../plan-file-error.ts";
import { type FileLimits, Room } from "./sheet.ts";

/** Rows of a text table, the first being row 1. */
export interface Grid {
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
}

const DELIMITERS = [",", ";", "\t", "|"];
const QUOTE = '"';

/**
 * A text table by RFC 4180, with any delimiter and any line ends. Quotes within a cell that does not begin with one are
 * text, as spreadsheets have it.
 *
 * @throws OvertError `PLAN_FILE_TRUNCATED` where a quote is never closed
 */
export function readCsv(text: string, limits: FileLimits, given: string | null = null): Grid {
  // Excel's own hint to itself.
  const hint = /^sep=(.)\r?\n/i.exec(text);
  const delimiter = given ?? hint?.[1] ?? delimiterOf(text);
  const rows = rowsOf(text, delimiter, { room: new Room(limits), torn: 0 });
  return { rows, delimiter };
}

interface Tally {
  readonly room: Room;
  /** Quotes that neither open nor close their cell: it was cut elsewhere. */
  torn: number;
}

function rowsOf(text: string, delimiter: string, tally: Tally, most = Number.POSITIVE_INFINITY): string[][] {
  const rows: string[][] = [];
  const end = text.length;
  let at = 0;
  while (at < end && rows.length < most) {
    const row: string[] = [];
    for (;;) {
      let cell = "";
      const quoted = text[at] === QUOTE;
      if (quoted) {
        const opened = at++;
        for (;;) {
          const close = text.indexOf(QUOTE, at);
          if (close < 0) throw unclosed(text, opened, rows.length + 1);
          cell += text.slice(at, close);
          at = close + 1;
          if (text[at] !== QUOTE) break;
          cell += QUOTE;
          at++;
        }
      }
      const from = at;
      while (at < end && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
      if (from < at && (quoted || text.slice(from, at).includes(QUOTE))) tally.torn++;
      row.push(unguarded(from === at ? cell : cell + text.slice(from, at)));
      if (at >= end || text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    tally.room.row(row.length);
    rows.push(row);
  }
  return rows;
}

function unclosed(text: string, opened: number, row: number): Error {
  return planFileError(
    "PLAN_FILE_TRUNCATED",
    `The quote that opens in row ${row} (${text.slice(opened, opened + 30).replace(/\s+/g, " ")} …) is never closed.`,
    "Close it, or save the file again as CSV from the spreadsheet that it came from.",
  );
}

/** The mark that cuts the first rows into the most columns, all rows alike. */
function delimiterOf(text: string): string {
  const start = text.slice(0, 65_536);
  const scores = DELIMITERS.map((delimiter) => {
    const { rows, torn } = firstRows(start, delimiter);
    const counts = rows.map(({ length }) => length);
    const usual = mostCommon(counts);
    const alike = counts.filter((count) => count === usual).length / Math.max(1, counts.length);
    return usual > 1 ? alike * Math.min(usual, 10) * (torn ? 0.1 : 1) : 0;
  });
  return DELIMITERS[scores.indexOf(Math.max(...scores))]!;
}

function firstRows(start: string, delimiter: string): { readonly rows: readonly string[][]; readonly torn: boolean } {
  const room = new Room({ fileBytes: 0, unpackedBytes: 0, rows: 1e9, cells: 1e9, columns: 1e9 });
  const tally: Tally = { room, torn: 0 };
  const filled = (rows: string[][]): string[][] => rows.filter((row) => row.some((cell) => cell !== ""));
  try {
    return { rows: filled(rowsOf(start, delimiter, tally, 40)), torn: tally.torn > 0 };
  } catch {
    // The sample ends within a quoted cell, or this is not the delimiter.
    const lines = start.split(/\r?\n|\r/, 40);
    return { rows: filled(lines.map((line) => line.split(delimiter))), torn: true };
  }
}

function mostCommon(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}
