import { squareAngle } from "./bins.ts";

/** An edge about the origin, counter-clockwise: `ax, ay` comes before `bx, by`. */
export interface StarEdge {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}

/** Half the square that bounds a view in which nothing stands. */
const beyond = (radius: number): StarEdge[] => {
  const corners = [-radius, -radius, radius, -radius, radius, radius, -radius, radius];
  return [0, 2, 4, 6].map((i) => ({
    ax: corners[i]!,
    ay: corners[i + 1]!,
    bx: corners[(i + 2) % 8]!,
    by: corners[(i + 3) % 8]!,
  }));
};

/**
 * What is seen from the origin between edges that let nothing pass: an angular sweep. Edges may cross. Between two
 * directions in which edges begin or end, the nearness 1/r of each is linear in the direction, so what is nearest at
 * both of them is nearest between them too; where they differ, the two lines' crossing is looked at in turn.
 */
export function starOf(edges: readonly StarEdge[], radius: number): Float64Array {
  const all = [...edges, ...beyond(radius)].map(lineOf).filter((line) => line.turn > 0 && line.from !== line.to);
  const { directions, begin, end } = eventsOf(all);
  const active = new Set<Line>();
  // Whatever spans the first direction is there from the start.
  for (const line of all) if (line.to < line.from) active.add(line);
  const out: number[] = [];
  for (let i = 0; i < directions.length; i++) {
    const here = directions[i]!;
    for (const line of end.get(here.angle) ?? []) active.delete(line);
    for (const line of begin.get(here.angle) ?? []) active.add(line);
    const next = directions[(i + 1) % directions.length]!;
    if (active.size > 0) envelope([...active], here, next, out, 0);
  }
  return Float64Array.from(out);
}

interface Direction {
  readonly x: number;
  readonly y: number;
}

interface Line extends StarEdge {
  readonly ex: number;
  readonly ey: number;
  readonly turn: number;
  readonly from: number;
  readonly to: number;
}

function lineOf(edge: StarEdge): Line {
  const [ex, ey] = [edge.bx - edge.ax, edge.by - edge.ay];
  return {
    ...edge,
    ex,
    ey,
    turn: edge.ax * ey - edge.ay * ex,
    from: squareAngle(edge.ax, edge.ay),
    to: squareAngle(edge.bx, edge.by),
  };
}

/** 1/r of the line's point in a direction, per length of the direction. */
const nearness = (line: Line, { x, y }: Direction): number => (x * line.ey - y * line.ex) / line.turn;

function eventsOf(lines: readonly Line[]) {
  const byAngle = new Map<number, Direction & { angle: number }>();
  const begin = new Map<number, Line[]>();
  const end = new Map<number, Line[]>();
  for (const line of lines) {
    if (!byAngle.has(line.from)) byAngle.set(line.from, { ...unit(line.ax, line.ay), angle: line.from });
    if (!byAngle.has(line.to)) byAngle.set(line.to, { ...unit(line.bx, line.by), angle: line.to });
    begin.set(line.from, [...(begin.get(line.from) ?? []), line]);
    end.set(line.to, [...(end.get(line.to) ?? []), line]);
  }
  return { directions: [...byAngle.values()].sort((a, b) => a.angle - b.angle), begin, end };
}

function unit(x: number, y: number): Direction {
  const length = Math.hypot(x, y);
  return { x: x / length, y: y / length };
}

/** The nearest lines from one direction to the next, all of which span both. */
function envelope(lines: readonly Line[], from: Direction, to: Direction, out: number[], depth: number): void {
  const [first, last] = [nearest(lines, from, to), nearest(lines, to, from)];
  const between = first === last || depth > 40 ? null : crossing(first, last, from, to);
  if (!between) {
    push(out, first, from);
    push(out, first === last ? first : last, to);
    return;
  }
  const [here, there] = [nearness(first, between), nearest(lines, between, to)];
  // Nothing nearer where the two cross: there the view goes from the one to the other.
  if (nearness(there, between) <= here * (1 + 1e-12)) {
    push(out, first, from);
    push(out, first, between);
    push(out, last, to);
    return;
  }
  envelope(lines, from, between, out, depth + 1);
  envelope(lines, between, to, out, depth + 1);
}

/** The nearest line at a direction; of several that meet there, the one that is nearest on the way to `towards`. */
function nearest(lines: readonly Line[], at: Direction, towards: Direction): Line {
  let best = lines[0]!;
  let most = nearness(best, at);
  for (const line of lines) {
    const value = nearness(line, at);
    const close = Math.abs(value - most) <= 1e-12 * most;
    if (close ? nearness(line, towards) > nearness(best, towards) : value > most)
      [best, most] = [line, Math.max(value, most)];
  }
  return best;
}

/** The direction in which two lines are equally near, if it lies between the two. */
function crossing(a: Line, b: Line, from: Direction, to: Direction): Direction | null {
  const [atFrom, atTo] = [nearness(a, from) - nearness(b, from), nearness(b, to) - nearness(a, to)];
  if (!(atFrom > 0 && atTo > 0)) return null;
  const share = atFrom / (atFrom + atTo);
  return unit(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y));
}

function push(out: number[], line: Line, direction: Direction): void {
  const r = 1 / nearness(line, direction);
  const [x, y] = [r * direction.x, r * direction.y];
  const n = out.length;
  if (n >= 2 && Math.abs(out[n - 2]! - x) < 1e-7 && Math.abs(out[n - 1]! - y) < 1e-7) return;
  out.push(x, y);
}
