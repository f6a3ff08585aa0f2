import type { BenchRow } from "./row.ts";

const HEAD = ["measure", "ours", "baseline", "ratio", "goal", "met"];
/** Numbers stand under each other by their right edge. */
const RIGHT = new Set([1, 3]);

/** Rows as an aligned table for a terminal, one line each below a head. */
export function table(rows: readonly BenchRow[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cells(row: BenchRow): string[] {
  return [
    row.measure,
    quantity(row.ours, row.unit),
    row.baseline ? `${quantity(row.baseline.value, row.unit)} (${row.baseline.name})` : "",
    row.ratio === null ? "" : `${figure(row.ratio)}×`,
    row.goal ?? "",
    row.met === null ? "" : row.met ? "yes" : "NO",
  ];
}

const quantity = (value: number, unit: string): string => (unit ? `${figure(value)} ${unit}` : figure(value));

/** Three significant digits, whole numbers in full. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return "not measured";
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString("en-GB");
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
}

function pad(cell: string, to: number, column: number): string {
  const fill = " ".repeat(to - width(cell));
  return RIGHT.has(column) ? fill + cell : cell + fill;
}

/** Code points, not UTF-16 units. */
const width = (cell: string): number => [...cell].length;
