import type { Drawn, XY } from "./sheet.ts";

const HEAD = /^(?:SRID=(\d+);\s*)?(MULTI)?(POINT|LINESTRING|POLYGON)\s*(?:Z|M|ZM)?\s*(?=\(|EMPTY)/i;

/** Well-known text of a point, line or polygon, or of several; null: it is none. */
export function readWkt(text: string): (Drawn & { readonly system: string | null }) | null {
  const trimmed = text.trim();
  const head = HEAD.exec(trimmed);
  if (!head) return null;
  const [start, srid, multi, type = ""] = head;
  const system = srid === undefined ? null : `EPSG:${srid}`;
  const body = trimmed.slice(start.length).trim();
  if (/^EMPTY$/i.test(body)) return { points: [], lines: [], areas: [], system };
  const nested = nestedOf(body);
  if (!nested) return null;
  const kind = type.toUpperCase();
  // MULTIPOINT comes with and without brackets about each.
  if (kind === "POINT") return { points: flatOf(nested), lines: [], areas: [], system };
  if (kind === "LINESTRING")
    return { points: [], lines: multi ? childrenOf(nested) : [flatOf(nested)], areas: [], system };
  const areas = multi ? nested.children.map(childrenOf) : [childrenOf(nested)];
  return { points: [], lines: [], areas, system };
}

interface Nested {
  readonly children: Nested[];
  readonly points: XY[];
}

const DEEPEST = 3;

function nestedOf(text: string): Nested | null {
  const root: Nested = { children: [], points: [] };
  const open: Nested[] = [root];
  for (const [token] of text.matchAll(/[()]|[^(),]+|,/g)) {
    const top = open.at(-1)!;
    if (token === "(") {
      if (open.length > DEEPEST) return null;
      const child: Nested = { children: [], points: [] };
      top.children.push(child);
      open.push(child);
    } else if (token === ")") {
      if (open.length === 1) return null;
      open.pop();
    } else if (token !== "," && token.trim() !== "") {
      const [x = Number.NaN, y = Number.NaN] = token.trim().split(/\s+/).map(Number);
      if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
      top.points.push([x, y]);
    }
  }
  return open.length === 1 && root.children.length === 1 && root.points.length === 0 ? root.children[0]! : null;
}

const flatOf = ({ points, children }: Nested): XY[] => [...points, ...children.flatMap(flatOf)];
const childrenOf = ({ children }: Nested): XY[][] => children.map(flatOf);
