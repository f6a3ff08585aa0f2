import { Choice } from "./choice.ts";
import type { Covering } from "./covering.ts";

/**
 * The best of two choices, region by region: where they differ, the columns of both fall into groups that share no row
 * which the common ones leave open, and of each group the cheaper side is taken. Two choices that are each best
 * somewhere give one that is best everywhere (partition crossover, Whitley et al. 2009, for coverings).
 */
export function fused(covering: Covering, one: readonly number[], other: readonly number[]): number[] {
  const { rows, columnStart, columnRows, rowStart, rowColumns, costs, needs } = covering;
  const inOne = new Set(one);
  const inOther = new Set(other);
  const common = one.filter((j) => inOther.has(j));
  const differing = [...one.filter((j) => !inOther.has(j)), ...other.filter((j) => !inOne.has(j))];
  const shared = new Choice(covering, common);
  const grouped = new Set<number>();
  const isOpen = (i: number): boolean => shared.viewsOf(i, NONE) < needs[i]!;
  const done = new Uint8Array(rows);
  const taken = [...common];
  for (const first of differing) {
    if (grouped.has(first)) continue;
    grouped.add(first);
    const members = [first];
    for (let m = 0; m < members.length; m++)
      for (let a = columnStart[members[m]!]!; a < columnStart[members[m]! + 1]!; a++) {
        const i = columnRows[a]!;
        if (done[i] === 1 || !isOpen(i)) continue;
        done[i] = 1;
        for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) {
          const j = rowColumns[b]!;
          if (inOne.has(j) === inOther.has(j) || grouped.has(j)) continue;
          grouped.add(j);
          members.push(j);
        }
      }
    const sides = [members.filter((j) => inOne.has(j)), members.filter((j) => inOther.has(j))] as const;
    const [costOne, costOther] = sides.map((side) => side.reduce((sum, j) => sum + costs[j]!, 0));
    taken.push(...(costOther! < costOne! ? sides[1] : sides[0]));
  }
  return taken;
}

const NONE: ReadonlySet<number> = new Set();
