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
  const rows = rowsOf(text, delimiter, new Room(limits));
  return { rows, delimiter };
}

function rowsOf(text: string, delimiter: string, room: Room, most = Number.POSITIVE_INFINITY): string[][] {
  const rows: string[][] = [];
  const end = text.length;
  let at = 0;
  while (at < end && rows.length < most) {
    const row: string[] = [];
    for (;;) {
      let cell = "";
      if (text[at] === QUOTE) {
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
      row.push(unguarded(from === at ? cell : cell + text.slice(from, at)));
      if (at >= end || text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    room.row(row.length);
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
    const counts = firstRows(start, delimiter).map(({ length }) => length);
    const usual = mostCommon(counts);
    const alike = counts.filter((count) => count === usual).length / Math.max(1, counts.length);
    return usual > 1 ? alike * Math.min(usual, 10) : 0;
  });
  return DELIMITERS[scores.indexOf(Math.max(...scores))]!;
}

function firstRows(start: string, delimiter: string): readonly string[][] {
  const room = new Room({ fileBytes: 0, unpackedBytes: 0, rows: 1e9, cells: 1e9, columns: 1e9 });
  try {
    const rows = rowsOf(start, delimiter, room, 40);
    return rows.filter((row) => row.some((cell) => cell !== ""));
  } catch {
    // The sample ends within a quoted cell, or this is not the delimiter.
    return start
      .split(/\r?\n|\r/, 40)
      .filter((line) => line !== "")
      .map((line) => line.split(delimiter));
  }
}

function mostCommon(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}
