import type { CoveringModel } from "../covering.ts";
import { Random } from "../random.ts";

/** Random weighted set covering: each column sees each row with this chance. */
export function randomModel(rows: number, columns: number, density: number, seed: number): CoveringModel {
  const random = new Random(seed);
  const seen = Array.from({ length: rows }, () => {
    const list = Array.from({ length: columns }, (_, j) => j).filter(() => random.unit() < density);
    return list.length > 0 ? list : [random.below(columns)];
  });
  return { costs: Array.from({ length: columns }, () => 1 + random.below(100)), rows: seen };
}

/** A town without streets: places and mounts on a square, cameras that see what is near on one side. */
export function townModel(places: number, mounts: number, seed: number): CoveringModel {
  const random = new Random(seed);
  const reach = 3 / Math.sqrt(mounts);
  const at = (count: number) => Array.from({ length: count }, () => [random.unit(), random.unit()] as const);
  const points = at(places);
  const rows: number[][] = points.map(() => []);
  const costs: number[] = [];
  const sites: number[] = [];
  at(mounts).forEach(([x, y], site) => {
    for (let side = 0; side < 8; side++) {
      const column = costs.length;
      const seen = points.filter(([px, py], i) => {
        const turn = (Math.atan2(py - y, px - x) / Math.PI + 1) * 4;
        const inside = Math.hypot(px - x, py - y) < reach && (turn - side + 8) % 8 < 2;
        if (inside) rows[i]!.push(column);
        return inside;
      });
      costs.push(160 + 4 * random.below(20) + seen.length);
      sites.push(site);
    }
  });
  return { costs, rows: rows.filter((list) => list.length > 0), sites };
}

/** CYC (Grossman & Wool 1997): rows are the 4-cycles of the n-cube, columns its edges. */
export function cyc(n: number): CoveringModel {
  const edges = new Map<string, number>();
  const edge = (low: number, high: number): number => {
    const key = `${low} ${high}`;
    if (!edges.has(key)) edges.set(key, edges.size);
    return edges.get(key)!;
  };
  const rows: number[][] = [];
  for (let v = 0; v < 1 << n; v++)
    for (let a = 1; a < 1 << n; a <<= 1)
      for (let b = a << 1; b < 1 << n; b <<= 1)
        if ((v & (a | b)) === 0)
          rows.push([edge(v, v | a), edge(v, v | b), edge(v | a, v | a | b), edge(v | b, v | a | b)]);
  return { costs: new Array(edges.size).fill(1), rows };
}

/** CLR (Grossman & Wool 1997): rows are the two-colourings of n points, columns the 4-subsets; one colour covers. */
export function clr(n: number): CoveringModel {
  const subsets: number[] = [];
  for (let mask = 0; mask < 1 << n; mask++) if (ones(mask) === 4) subsets.push(mask);
  const rows: number[][] = [];
  for (let colour = 1; colour < 1 << (n - 1); colour++)
    rows.push([...subsets.keys()].filter((j) => [0, subsets[j]].includes(subsets[j]! & colour)));
  return { costs: new Array(subsets.length).fill(1), rows };
}

/** STEIN of 3^k points (Fulkerson et al. 1974): rows are the lines of the affine space over 3 elements. */
export function stein(k: number): CoveringModel {
  const points = 3 ** k;
  const digit = (point: number, place: number): number => Math.floor(point / 3 ** place) % 3;
  const rows: number[][] = [];
  for (let a = 0; a < points; a++)
    for (let b = a + 1; b < points; b++) {
      let third = 0;
      for (let place = 0; place < k; place++) third += ((6 - digit(a, place) - digit(b, place)) % 3) * 3 ** place;
      if (third > b) rows.push([a, b, third]);
    }
  return { costs: new Array(points).fill(1), rows };
}

function ones(mask: number): number {
  let count = 0;
  for (let rest = mask; rest; rest &= rest - 1) count++;
  return count;
}

/** A model as an OR-Library file. */
export function orLibraryText({ costs, rows }: CoveringModel): string {
  const lists = Array.from(rows, (row) => `${row.length}\n ${Array.from(row, (j) => j + 1).join(" ")}\n`);
  return ` ${rows.length} ${costs.length}\n ${Array.from(costs).join(" ")}\n${lists.join("")}`;
}
