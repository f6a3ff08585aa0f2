import type { Line } from "./drawing.ts";
import type { Ring } from "./shape.ts";

export interface Stitched {
  readonly rings: readonly { readonly ring: Ring; readonly ways: readonly number[] }[];
  /** Ways that reach no closed ring. */
  readonly open: readonly Line[];
}

/** Whole lines joined at their ends into closed rings, in any order and direction (osm-09). */
export function stitch(lines: readonly Line[]): Stitched {
  const rings: { ring: Ring; ways: number[] }[] = [];
  const open: Line[] = [];
  const free = new Set<Line>();
  for (const line of lines) {
    if (line.closed && line.runs[0]) rings.push({ ring: line.runs[0], ways: [line.id] });
    else free.add(line);
  }
  const byEnd = new Map<number, Line[]>();
  for (const line of free) for (const end of [line.first, line.last]) byEnd.set(end, [...(byEnd.get(end) ?? []), line]);
  for (const start of free) {
    const chain = chainFrom(start, free, byEnd);
    for (const { line } of chain.links) free.delete(line);
    if (chain.closed) rings.push({ ring: cornersOf(chain.links), ways: chain.links.map(({ line }) => line.id) });
    else open.push(...chain.links.map(({ line }) => line));
  }
  return { rings, open };
}

interface Link {
  readonly line: Line;
  readonly forward: boolean;
}

/** Follows ends until it is back, and turns round at a dead end: of several ways on, the first that leads back. */
function chainFrom(start: Line, free: ReadonlySet<Line>, byEnd: ReadonlyMap<number, readonly Line[]>) {
  const links: Link[] = [{ line: start, forward: true }];
  const used = new Set<Line>([start]);
  let at = start.last;
  while (at !== start.first) {
    const next = byEnd.get(at)?.find((line) => free.has(line) && !used.has(line));
    if (!next) return { closed: false, links };
    const forward = next.first === at;
    links.push({ line: next, forward });
    used.add(next);
    at = forward ? next.last : next.first;
    // A loop that closes before the start is a ring of its own: cut it off the chain.
    const since = links.findIndex((link, i) => i > 0 && (link.forward ? link.line.first : link.line.last) === at);
    if (since > 0 && at !== start.first) return { closed: true, links: links.slice(since) };
  }
  return { closed: true, links };
}

function cornersOf(links: readonly Link[]): Ring {
  const corners: number[] = [];
  for (const { line, forward } of links) {
    const run = line.runs[0]!;
    // The last corner is the next line's first.
    for (let i = 0; i < run.length / 2 - 1; i++) {
      const from = forward ? 2 * i : run.length - 2 - 2 * i;
      corners.push(run[from]!, run[from + 1]!);
    }
  }
  return Float64Array.from(corners);
}
