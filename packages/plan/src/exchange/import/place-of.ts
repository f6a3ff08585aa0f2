import type { Cell } from "../record/field.ts";
import { numberOf } from "../record/number.ts";
import type { Drawn, Sheet, SheetRow, XY } from "../read/sheet.ts";
import { readWkt } from "../read/wkt.ts";
import type { Pair } from "../system/guess.ts";
import type { MappedPosition } from "./mapping.ts";

/** Two numbers of a row, eastward first; null with what stands there instead. */
export interface RowPair {
  readonly pair: Pair | null;
  readonly text: string | null;
  /** False: drawn as a line or area, this is its middle. */
  readonly precise: boolean;
}

const NOWHERE: RowPair = { pair: null, text: null, precise: true };

/** A function from a row to its two numbers, as the mapping says where they stand. */
export function pairOfColumns({ headers }: Sheet, where: MappedPosition["where"]): (row: SheetRow) => RowPair {
  if (where.from === "drawing") return ({ drawn }) => (drawn ? pairOfDrawn(drawn) : NOWHERE);
  if (where.from === "column") {
    const column = headers.indexOf(where.column);
    return ({ cells }) => pairOfCell(cells[column] ?? null, where.latFirst);
  }
  const [x, y] = [headers.indexOf(where.x), headers.indexOf(where.y)];
  return ({ cells }) => {
    const [east, north] = [cells[x] ?? null, cells[y] ?? null];
    const [a, b] = [coordinate(east, where.decimal), coordinate(north, where.decimal)];
    if (a !== null && b !== null) return { pair: [a, b], text: null, precise: true };
    return {
      pair: null,
      text: isBlank(east) && isBlank(north) ? null : `${east ?? ""} / ${north ?? ""}`,
      precise: true,
    };
  };
}

const isBlank = (cell: Cell): boolean => cell === null || String(cell).trim() === "";

function pairOfCell(cell: Cell, latFirst: boolean): RowPair {
  if (isBlank(cell)) return NOWHERE;
  const drawn = readWkt(String(cell));
  if (drawn) return pairOfDrawn(drawn);
  return { pair: pairOfText(String(cell), latFirst), text: String(cell), precise: true };
}

/** Two numbers need no more; blanks without end would be looked at again and again. */
const LONGEST = 80;

/** `49.0069, 8.4037`, also in brackets and behind an address, as open-data portals write it. */
export function pairOfText(text: string, latFirst: boolean): Pair | null {
  const [, first, second] =
    /\(?\s*([+-]?\d{1,9}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,9}(?:\.\d+)?)\s*\)?\s*$/.exec(text.trim().slice(-LONGEST)) ??
    [];
  if (first === undefined || second === undefined) return null;
  return latFirst ? [Number(second), Number(first)] : [Number(first), Number(second)];
}

function pairOfDrawn({ points, lines, areas }: Drawn): RowPair {
  if (points.length > 0) return { pair: points[0]!, text: null, precise: points.length === 1 };
  const line = lines.find(({ length }) => length > 0);
  if (line) return { pair: line[Math.floor(line.length / 2)]!, text: null, precise: false };
  const ring = areas[0]?.[0];
  return ring && ring.length > 0 ? { pair: centreOf(ring), text: null, precise: false } : NOWHERE;
}

/** Of the corners, each once: exact enough for a place that is flagged as imprecise. */
function centreOf(ring: readonly XY[]): XY {
  const [first, last] = [ring[0]!, ring.at(-1)!];
  const corners = ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
  const mean = (i: 0 | 1): number => corners.reduce((sum, corner) => sum + corner[i], 0) / corners.length;
  return [mean(0), mean(1)];
}

const DMS =
  /^([NSEWO])?\s*([+-]?\d{1,3})\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['’′])?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|''))?\s*([NSEWO])?$/i;

/** A number, or degrees, minutes and seconds with a letter for the side; `O` is east or west: not read. */
function coordinate(cell: Cell, decimal: "." | ","): number | null {
  if (typeof cell === "number") return cell;
  if (cell === null || cell === true || cell === false) return null;
  const read = numberOf(cell, decimal);
  if (read) return read.unit === null || read.unit === "m" || read.unit === "deg" ? read.value : null;
  const [, before, degrees, minutes = "0", seconds = "0", after] = DMS.exec(cell.trim()) ?? [];
  if (degrees === undefined) return null;
  const part = (text: string): number => Number(text.replace(",", "."));
  const size = Math.abs(Number(degrees)) + part(minutes) / 60 + part(seconds) / 3_600;
  const side = (before ?? after ?? "").toUpperCase();
  if (side === "O") return null;
  return degrees.startsWith("-") !== (side === "S" || side === "W") ? -size : size;
}
