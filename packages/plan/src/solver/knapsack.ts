/**
 * The price of room in a fractional knapsack: the least price p at which the items that are worth more than their room
 * costs (gain > p × size) fit into `capacity`. 0 when everything fits.
 *
 * Found by selection, not by sorting: the bounds ask for it at every step.
 *
 * @param ratio  scratch, as long as the items
 * @param order  scratch, as long as the items
 */
export function roomPrice(
  gain: Float64Array,
  size: Float64Array,
  capacity: number,
  { ratio, order }: { ratio: Float64Array; order: Uint32Array },
): number {
  let n = 0;
  for (let k = 0; k < gain.length; k++) {
    if (!(gain[k]! > 0 && size[k]! > 0)) continue;
    ratio[k] = gain[k]! / size[k]!;
    order[n++] = k;
  }
  let room = capacity;
  let from = 0;
  let to = n;
  // Items before `from` are worth more than the price and have their room; items from `to` on get none.
  while (from < to) {
    const pivot = median(ratio[order[from]!]!, ratio[order[(from + to) >> 1]!]!, ratio[order[to - 1]!]!);
    let above = from;
    let below = to;
    let needed = 0;
    let level = 0;
    for (let k = from; k < below; ) {
      const item = order[k]!;
      const r = ratio[item]!;
      if (r > pivot) {
        needed += size[item]!;
        order[k++] = order[above]!;
        order[above++] = item;
      } else if (r < pivot) {
        order[k] = order[--below]!;
        order[below] = item;
      } else {
        level += size[item]!;
        k++;
      }
    }
    if (needed > room) to = above;
    else if (needed + level > room) return pivot;
    else {
      room -= needed + level;
      from = below;
    }
  }
  return 0;
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
