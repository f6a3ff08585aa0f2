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
  const byEnd = new Map<number, Line[]>();
  for (const line of lines) {
    if (line.closed && line.runs[0]) rings.push({ ring: line.runs[0], ways: [line.id] });
    else {
      free.add(line);
      for (const end of [line.first, line.last]) {
        const there = byEnd.get(end);
        if (there) there.push(line);
        else byEnd.set(end, [line]);
      }
    }
  }
  for (let [start] = free; start; [start] = free) {
    const { links, closed } = chainFrom(start, free, byEnd);
    if (closed) rings.push({ ring: cornersOf(links), ways: links.map(({ line }) => line.id) });
    // Only the line that leads nowhere is given up: those before it may close another way.
    else open.push(links[links.length - 1]!.line);
    for (const { line } of closed ? links : links.slice(-1)) free.delete(line);
  }
  return { rings, open };
}

interface Link {
  readonly line: Line;
  readonly forward: boolean;
}

/** Follows ends until they lead back to where the chain, or a loop within it, began; or to an end. */
function chainFrom(start: Line, free: ReadonlySet<Line>, byEnd: ReadonlyMap<number, readonly Line[]>) {
  const links: Link[] = [];
  const used = new Set<Line>();
  /** At which link each end was left. */
  const left = new Map<number, number>();
  let next: Line | undefined = start;
  let at = start.first;
  while (next) {
    left.set(at, links.length);
    const forward: boolean = next.first === at;
    links.push({ line: next, forward });
    used.add(next);
    at = forward ? next.last : next.first;
    const since = left.get(at);
    if (since !== undefined) return { closed: true, links: links.slice(since) };
    next = byEnd.get(at)?.find((line) => free.has(line) && !used.has(line));
  }
  return { closed: false, links };
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
