import { hours } from "@overt/core";
import { compassDeg } from "./azimuth.ts";
import { powerError } from "./power-error.ts";
import type { Plane, Sunlight, Weather } from "./weather.ts";

/**
 * An hourly file of PVGIS, as CSV: of a plane ("hourly data") or of a typical year ("TMY"). Its azimuths count from south
 * (PVGIS's convention, whatever the hemisphere).
 *
 * @throws OvertError `WEATHER_FORMAT_UNKNOWN` `WEATHER_ROW_INVALID` `POWER_FIGURE_INVALID`
 */
export function readWeather(text: string): Weather {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const at = lines.findIndex((line) => /^time(?:\(UTC\))?,/.test(line));
  const head = headOf(lines.slice(0, Math.max(0, at)));
  const columns = lines[at]?.split(",").map((each) => each.trim()) ?? [];
  const typicalYear = columns[0] === "time(UTC)";
  const needed = typicalYear ? ["G(h)", "Gb(n)", "Gd(h)", "T2m"] : ["T2m"];
  if (at < 0 || !needed.every((name) => columns.includes(name)))
    throw powerError(
      "WEATHER_FORMAT_UNKNOWN",
      "This is not an hourly CSV file of PVGIS.",
      "Download hourly data or TMY as CSV.",
    );
  const table = tableOf(lines, at, columns);
  const { year, month, day, hour, minute } = table.first;
  const column = (name: string): Float64Array => table.values[columns.indexOf(name)]!;
  const minutesPast = typicalYear ? 60 * (number(head, /time offset/i) ?? 0) : minute;
  const fromHour = Date.UTC(typicalYear ? 2001 : year, month - 1, day, hour) / hours(1);
  const sunlight = typicalYear ? flat(column) : onPlane(head, columns, column);
  return {
    source: head.find(([name]) => /radiation database/i.test(name))?.[1] ?? null,
    latDeg: required(head, /^latitude/i),
    lonDeg: required(head, /^longitude/i),
    fromHour,
    typicalYear,
    minutesPast,
    sunlight,
    celsius: column("T2m"),
  };
}

type Head = readonly (readonly [string, string])[];

const headOf = (lines: readonly string[]): Head =>
  lines
    .filter((line) => line.includes(":"))
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);

function number(head: Head, name: RegExp): number | null {
  const found = head.find(([each]) => name.test(each))?.[1].match(/-?\d+(?:\.\d+)?/)?.[0];
  return found === undefined ? null : Number(found);
}

function required(head: Head, name: RegExp): number {
  const found = number(head, name);
  if (found === null) throw powerError("WEATHER_FORMAT_UNKNOWN", `The file does not say its ${name.source.slice(1)}.`);
  return found;
}

const flat = (column: (name: string) => Float64Array): Sunlight => ({
  kind: "flat",
  global: column("G(h)"),
  directNormal: column("Gb(n)"),
  diffuse: column("Gd(h)"),
});

function onPlane(head: Head, columns: readonly string[], column: (name: string) => Float64Array): Sunlight {
  const plane: Plane = {
    slopeDeg: required(head, /^slope/i),
    facesDeg: compassDeg(required(head, /^azimuth/i), "from_south"),
  };
  const parts = columns.includes("G(i)") ? ["G(i)"] : ["Gb(i)", "Gd(i)", "Gr(i)"];
  if (!parts.every((name) => columns.includes(name)))
    throw powerError("WEATHER_FORMAT_UNKNOWN", "The file holds no sunlight: neither G(i) nor Gb(i), Gd(i) and Gr(i).");
  const onPlane = parts.map(column).reduce((sum, each) => sum.map((value, i) => value + each[i]!));
  const kw = number(head, /^nominal power/i);
  if (kw === null || kw === 0 || !columns.includes("P")) return { kind: "plane", plane, onPlane, panel: null };
  const lossShare = required(head, /^system losses/i) / 100;
  return { kind: "plane", plane, onPlane, panel: { wattsPerKw: column("P").map((watts) => watts / kw), lossShare } };
}

interface Stamp {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** The rows below the head, up to the first line that is none: PVGIS explains its columns there. */
function tableOf(lines: readonly string[], at: number, columns: readonly string[]) {
  const typical = columns[0] === "time(UTC)";
  let end = at + 1;
  while (end < lines.length && /^\d{8}:\d{4},/.test(lines[end]!)) end++;
  const values = columns.map(() => new Float64Array(end - at - 1));
  let first: Stamp | null = null;
  let expected = 0;
  for (let row = 0; row < end - at - 1; row++) {
    const line = lines[at + 1 + row]!;
    const cells = line.split(",");
    const stamp = stampOf(cells[0]!);
    const hour = Date.UTC(typical ? 2001 : stamp.year, stamp.month - 1, stamp.day, stamp.hour) / hours(1);
    if (cells.length !== columns.length)
      throw invalid(at + 2 + row, `it has ${cells.length} cells, not ${columns.length}`);
    if (first && hour !== expected) throw invalid(at + 2 + row, "an hour is missing before it, or it is there twice");
    for (let c = 1; c < cells.length; c++) {
      const value = Number(cells[c]);
      if (cells[c]!.trim() === "" || !Number.isFinite(value))
        throw invalid(at + 2 + row, `"${cells[c]!.slice(0, 20)}" is not a number`);
      values[c]![row] = value;
    }
    first ??= stamp;
    expected = hour + 1;
  }
  if (!first) throw powerError("WEATHER_FORMAT_UNKNOWN", "The file holds no hours.");
  if (typical && values[0]!.length !== 8_760)
    throw powerError("WEATHER_FORMAT_UNKNOWN", `A typical year has 8,760 hours; the file holds ${values[0]!.length}.`);
  return { first, values };
}

function stampOf(text: string): Stamp {
  const [year, month, day, hour, minute] = [[0, 4], [4, 6], [6, 8], [9, 11], [11, 13]].map(([a, b]) => Number(text.slice(a, b))) as [number, number, number, number, number]; // biome-ignore format: one line
  return { year, month, day, hour, minute };
}

const invalid = (line: number, why: string) =>
  powerError("WEATHER_ROW_INVALID", `Line ${line} is not an hour of weather: ${why}.`);
