import type { Arena } from "./arena.ts";
import type { Random } from "./random.ts";

/** Where more columns are chosen than this, the one to drop is sought in a sample. */
const SAMPLE_ABOVE = 120;
const SAMPLE = 60;
/** Before the sums of weights outgrow 32 bits they are halved. */
const HEAVIEST = 1 << 20;
/** How often, where rows may be left, the column to drop is the one whose loss is least in true value. */
const TRULY = 0.3;
/** Where rows may be left, so many unmet ones are pressed at a time: there may be hundreds. */
const PRESSED = 8;
/** What is cheaper by less than this share is not cheaper, only summed otherwise. */
const CRUMB = 1e-12;

export interface Goal {
  /** For so many moves. */
  readonly moves: number;
  /** Only covers cheaper than this count. */
  readonly below: number;
  /** Rows of so much value in all may be left unmet. */
  readonly slack: number;
}

/**
 * Row-weighting search (Gao et al. 2015, "An efficient local search heuristic with row weighting for the unicost set
 * covering problem", here with costs): drop what loses least per cost, then meet unmet rows with what gains most per
 * cost while it stays cheaper than the best; rows that stay unmet weigh more and more.
 *
 * @param found  Called with the arena in a state in which every row is met at a cost below all before.
 * @returns the least cost found, or `goal.below`
 */
export function walk(arena: Arena, random: Random, goal: Goal, found: () => void): number {
  const { chosen, unmet } = arena;
  const { slack } = goal;
  const truly = slack > 0 && random.unit() < TRULY;
  const end = arena.moves + goal.moves;
  let best = goal.below;
  let added = -1;
  while (arena.moves < end) {
    if (arena.missing <= slack) {
      dropIdle(arena, slack);
      arena.recount();
      if (arena.missing > slack) continue;
      if (arena.cost < best * (1 - CRUMB)) {
        best = arena.cost;
        found();
      }
      if (chosen.size === 0) break;
      while (chosen.size > 0 && (arena.cost >= best || arena.missing <= slack)) {
        arena.drop(leastLoss(arena, random, -1, truly));
      }
      continue;
    }
    let dropped = -1;
    if (chosen.size > 0) {
      dropped = leastLoss(arena, random, added, truly);
      arena.drop(dropped);
    }
    let any = false;
    while (arena.missing > slack) {
      const row = unmet.items[random.below(unmet.size)]!;
      const j = mostGain(arena, row, dropped, best - arena.cost);
      if (j < 0) break;
      arena.choose(j);
      added = j;
      any = true;
    }
    if (arena.missing > slack) {
      if (arena.heaviest > HEAVIEST) arena.halve();
      if (slack === 0) for (let k = 0; k < unmet.size; k++) arena.press(unmet.items[k]!);
      else for (let k = 0; k < PRESSED; k++) arena.press(unmet.items[random.below(unmet.size)]!);
    }
    if (any) continue;
    if (chosen.size > 0) arena.drop(leastLoss(arena, random, -1, truly));
    else arena.moves++;
  }
  return best;
}

/** Chosen columns that are not needed, dearest first. */
export function dropIdle(arena: Arena, slack: number): void {
  const { chosen, score, costs } = arena;
  for (;;) {
    let worst = -1;
    for (let k = 0; k < chosen.size; k++) {
      const j = chosen.items[k]!;
      if (worst >= 0 && costs[j]! <= costs[worst]!) continue;
      if (score[j] === 0 || (slack > 0 && arena.missing + arena.lossOf(j) <= slack)) worst = j;
    }
    if (worst < 0) return;
    arena.drop(worst);
  }
}

/**
 * The chosen column whose loss is least for its cost, the longest unmoved on ties; not `but`, if there is another.
 * Where rows may be left the loss is what truly goes missing, for rows that are left all the time weigh much.
 */
function leastLoss(arena: Arena, random: Random, but: number, truly: boolean): number {
  const { chosen, score, costs, movedAt } = arena;
  const { items, size } = chosen;
  const sampled = size > SAMPLE_ABOVE;
  let best = -1;
  let bestLoss = 0;
  let bestCost = 1;
  for (let k = 0, n = sampled ? SAMPLE : size; k < n; k++) {
    const j = items[sampled ? random.below(size) : k]!;
    if (j === but) continue;
    const loss = truly ? arena.lossOf(j) : score[j]!;
    // loss / cost without the division
    const difference = best < 0 ? -1 : loss * bestCost - bestLoss * costs[j]!;
    if (difference < 0 || (difference === 0 && movedAt[j]! < movedAt[best]!)) {
      best = j;
      bestLoss = loss;
      bestCost = costs[j]!;
    }
  }
  return best < 0 ? items[0]! : best;
}

/** The column of `row` whose gain is most for its cost and that is cheaper than `room`; -1 if none is. */
function mostGain(arena: Arena, row: number, but: number, room: number): number {
  const { score, costs, movedAt, isChosen } = arena;
  const { rowStart, rowColumns } = arena.excerpt;
  let best = -1;
  let bestScore = 0;
  let bestCost = 1;
  for (let b = rowStart[row]!, end = rowStart[row + 1]!; b < end; b++) {
    const j = rowColumns[b]!;
    const cost = costs[j]!;
    if (j === but || cost >= room || isChosen[j] === 1) continue;
    const difference = best < 0 ? 1 : score[j]! * bestCost - bestScore * cost;
    if (difference > 0 || (difference === 0 && movedAt[j]! < movedAt[best]!)) {
      best = j;
      bestScore = score[j]!;
      bestCost = cost;
    }
  }
  return best;
}
