import { type Instant, instant, minutes, type Span } from "@overt/core";
import { powerError } from "./power-error.ts";
import { type Row, rowsOf } from "./read-rows.ts";
import { union } from "./spans.ts";
import { zoned } from "./civil.ts";

/** Which columns of the file say what; a cut has an end or a length. */
export interface CutColumns {
  readonly start: string;
  readonly end: string;
  readonly minutes: string;
  readonly feeder: string;
}

export const CUT_COLUMNS: CutColumns = { start: "start", end: "end", minutes: "minutes", feeder: "feeder" };

/**
 * A calendar of cuts, by feeder; the name is empty where the file has no such column. Times with an offset or Z are read as
 * they are, times without are of `zone`; days that could be months are not guessed at.
 *
 * @throws OvertError `CUTS_COLUMN_MISSING` `CUTS_ROW_INVALID` `POWER_ZONE_UNKNOWN`
 */
export function readCutsCsv(
  text: string,
  zone: string,
  columns: CutColumns = CUT_COLUMNS,
): ReadonlyMap<string, Span[]> {
  const [head, ...rows] = rowsOf(text);
  const names = (head?.cells ?? []).map((cell) => cell.toLowerCase());
  const at = (name: string): number => names.indexOf(name.toLowerCase());
  const [start, end, length, feeder] = [columns.start, columns.end, columns.minutes, columns.feeder].map(at) as [number, number, number, number]; // biome-ignore format: one line
  if (start < 0 || (end < 0 && length < 0))
    throw powerError(
      "CUTS_COLUMN_MISSING",
      `The file has the columns "${names.join('", "')}"; "${columns.start}" and "${columns.end}" or "${columns.minutes}" are needed.`,
      "Say which of its columns these are.",
    );
  const byFeeder = new Map<string, Span[]>();
  for (const row of rows) {
    const from = timeOf(row, row.cells[start] ?? "", zone);
    const to = row.cells[end] ? timeOf(row, row.cells[end], zone) : lengthAfter(row, from, row.cells[length] ?? "");
    if (to <= from) throw invalid(row, "its end is not after its start");
    const name = row.cells[feeder] ?? "";
    byFeeder.set(name, [...(byFeeder.get(name) ?? []), { from, to }]);
  }
  return new Map([...byFeeder].map(([name, spans]) => [name, union(spans)]));
}

/** The same in UTC, as `readCutsCsv` reads it again. */
export function writeCutsCsv(byFeeder: ReadonlyMap<string, readonly Span[]>): string {
  const quoted = (text: string): string => (/[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [...byFeeder].flatMap(([feeder, spans]) =>
    spans.map(({ from, to }) => `${quoted(feeder)},${new Date(from).toISOString()},${new Date(to).toISOString()}`),
  );
  return `${["feeder,start,end", ...lines].join("\r\n")}\r\n`;
}

function timeOf(row: Row, text: string, zone: string): Instant {
  const iso = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, "$1T");
  try {
    if (/(?:Z|[+-]\d\d:?\d\d)$/i.test(iso)) return instant(Temporal.Instant.from(iso).epochMilliseconds);
    if (!/T\d/.test(iso)) throw new RangeError("no time of day");
    const local = Temporal.PlainDateTime.from(iso);
    // Any instant will do: it is the zone's name that is checked here.
    zoned(instant(0), zone);
    return instant(local.toZonedDateTime(zone).epochMilliseconds);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw invalid(
      row,
      `"${text.slice(0, 40)}" is not a time`,
      "Write it like 2026-03-03 18:00 or 2026-03-03T18:00+01:00.",
    );
  }
}

function lengthAfter(row: Row, from: Instant, text: string): Instant {
  const length = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(length)) throw invalid(row, `"${text.slice(0, 40)}" is not a number of minutes`);
  return instant(from + minutes(length));
}

const invalid = ({ line }: Row, why: string, hint?: string) =>
  powerError("CUTS_ROW_INVALID", `Line ${line} is not a cut: ${why}.`, hint);
