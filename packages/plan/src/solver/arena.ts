import { Bag } from "./bag.ts";

/** The most rows or columns of one search; larger instances are searched window by window. */
export const ARENA_LIMIT = 65_535;

/** A covering cut out of a larger one, to be searched: its own ids, from 0, and no more than the search needs. */
export interface Excerpt {
  readonly rows: number;
  readonly columns: number;
  readonly rowStart: Uint32Array;
  readonly rowColumns: Uint16Array;
  readonly columnStart: Uint32Array;
  readonly columnRows: Uint16Array;
  readonly costs: Float64Array;
  /** What leaving each row unmet takes from the slack. */
  readonly values: Float64Array;
  readonly needs: Uint8Array;
  /** From 0, fewer than columns. */
  readonly sites: Uint16Array;
}

/**
 * The state of a row-weighting search on an excerpt: what is chosen, how often each row is seen, and what each column
 * would gain or lose. One per process, loaded anew for each search: state made anew each time ran 1.5 times slower.
 *
 * `score[j]` is the weight of the rows that choosing j would newly meet or, when j is chosen, that dropping it would
 * leave unmet. It is the same number just before and just after j is chosen or dropped.
 */
export class Arena {
  excerpt: Excerpt = NOTHING;
  costs: Float64Array = new Float64Array(0);
  cost = 0;
  /** The value of the rows that are unmet. */
  missing = 0;
  /** How often each row is seen, counting each site once where the row needs several. */
  seen = new Uint16Array(0);
  /** The sum of the chosen columns' ids of each row: where one column sees it, this is that column. */
  seers = new Uint32Array(0);
  weight = new Int32Array(0);
  heaviest = 1;
  score = new Int32Array(0);
  isChosen = new Uint8Array(0);
  /** The move at which each column was last chosen or dropped. */
  movedAt = new Float64Array(0);
  readonly chosen = new Bag();
  readonly unmet = new Bag();
  moves = 0;
  /** Whether some row needs several sites. */
  #several = false;
  /** How many chosen columns of each site see the row at hand. */
  #ofSite = new Uint16Array(0);
  #rowStart: Uint32Array = new Uint32Array(0);
  #rowColumns: Uint16Array = new Uint16Array(0);
  #columnStart: Uint32Array = new Uint32Array(0);
  #columnRows: Uint16Array = new Uint16Array(0);
  #values: Float64Array = new Float64Array(0);
  #needs: Uint8Array = new Uint8Array(0);
  #sites: Uint16Array = new Uint16Array(0);

  /**
   * Nothing is chosen afterwards.
   *
   * @param weights  What each row weighs; null: each 1.
   */
  load(excerpt: Excerpt, weights: Int32Array | null = null): void {
    const { rows, columns } = excerpt;
    this.excerpt = excerpt;
    this.costs = excerpt.costs;
    this.#rowStart = excerpt.rowStart;
    this.#rowColumns = excerpt.rowColumns;
    this.#columnStart = excerpt.columnStart;
    this.#columnRows = excerpt.columnRows;
    this.#values = excerpt.values;
    this.#needs = excerpt.needs;
    this.#sites = excerpt.sites;
    if (this.seen.length < rows) {
      this.seen = new Uint16Array(2 * rows);
      this.seers = new Uint32Array(2 * rows);
      this.weight = new Int32Array(2 * rows);
    }
    if (this.score.length < columns) {
      this.score = new Int32Array(2 * columns);
      this.isChosen = new Uint8Array(2 * columns);
      this.movedAt = new Float64Array(2 * columns);
    }
    if (this.#ofSite.length < columns) this.#ofSite = new Uint16Array(2 * columns);
    this.chosen.empty(columns);
    this.unmet.empty(rows);
    this.cost = 0;
    this.missing = 0;
    this.moves = 0;
    this.seen.fill(0, 0, rows);
    this.seers.fill(0, 0, rows);
    this.score.fill(0, 0, columns);
    this.isChosen.fill(0, 0, columns);
    this.movedAt.fill(0, 0, columns);
    if (weights) this.weight.set(weights);
    else this.weight.fill(1, 0, rows);
    this.heaviest = 1;
    this.#several = false;
    for (let i = 0; i < rows; i++) {
      const w = this.weight[i]!;
      this.heaviest = Math.max(this.heaviest, w);
      this.unmet.put(i);
      this.missing += this.#values[i]!;
      if (this.#needs[i]! > 1) this.#several = true;
      for (let b = this.#rowStart[i]!; b < this.#rowStart[i + 1]!; b++) this.score[this.#rowColumns[b]!]! += w;
    }
  }

  choose(j: number): void {
    const { seen, seers, weight, score, unmet } = this;
    const rowStart = this.#rowStart;
    const rowColumns = this.#rowColumns;
    const columnRows = this.#columnRows;
    const values = this.#values;
    const several = this.#several;
    if (several) this.#weigh(j, -1);
    this.isChosen[j] = 1;
    this.chosen.put(j);
    this.cost += this.costs[j]!;
    this.movedAt[j] = ++this.moves;
    let own = 0;
    for (let a = this.#columnStart[j]!, end = this.#columnStart[j + 1]!; a < end; a++) {
      const i = columnRows[a]!;
      if (several && this.#needs[i] !== 1) continue;
      const n = seen[i]!;
      seen[i] = n + 1;
      if (n === 0) {
        const w = weight[i]!;
        own += w;
        for (let b = rowStart[i]!, last = rowStart[i + 1]!; b < last; b++) score[rowColumns[b]!]! -= w;
        unmet.take(i);
        this.missing -= values[i]!;
      } else if (n === 1) score[seers[i]!]! -= weight[i]!;
      seers[i]! += j;
    }
    score[j]! += own;
    if (several) this.#weigh(j, 1);
  }

  drop(j: number): void {
    const { seen, seers, weight, score, unmet } = this;
    const rowStart = this.#rowStart;
    const rowColumns = this.#rowColumns;
    const columnRows = this.#columnRows;
    const values = this.#values;
    const several = this.#several;
    if (several) this.#weigh(j, -1);
    this.isChosen[j] = 0;
    this.chosen.take(j);
    this.cost -= this.costs[j]!;
    this.movedAt[j] = ++this.moves;
    let own = 0;
    for (let a = this.#columnStart[j]!, end = this.#columnStart[j + 1]!; a < end; a++) {
      const i = columnRows[a]!;
      if (several && this.#needs[i] !== 1) continue;
      const n = seen[i]! - 1;
      seen[i] = n;
      seers[i]! -= j;
      if (n === 0) {
        const w = weight[i]!;
        own += w;
        for (let b = rowStart[i]!, last = rowStart[i + 1]!; b < last; b++) score[rowColumns[b]!]! += w;
        unmet.put(i);
        this.missing += values[i]!;
      } else if (n === 1) score[seers[i]!]! += weight[i]!;
    }
    score[j]! -= own;
    if (several) this.#weigh(j, 1);
  }

  /** An unmet row weighs one more. */
  press(i: number): void {
    const { score } = this;
    const rowColumns = this.#rowColumns;
    const several = this.#needs[i] !== 1;
    if (several) this.#weighRow(i, -1);
    const w = this.weight[i]! + 1;
    this.weight[i] = w;
    if (w > this.heaviest) this.heaviest = w;
    if (several) this.#weighRow(i, 1);
    else for (let b = this.#rowStart[i]!, last = this.#rowStart[i + 1]!; b < last; b++) score[rowColumns[b]!]!++;
  }

  /** Cost and missing value afresh: fractions summed up and down for long leave crumbs. */
  recount(): void {
    this.cost = 0;
    for (let k = 0; k < this.chosen.size; k++) this.cost += this.costs[this.chosen.items[k]!]!;
    this.missing = 0;
    for (let k = 0; k < this.unmet.size; k++) this.missing += this.#values[this.unmet.items[k]!]!;
  }

  /** The value that would be missing without the chosen column j, beyond what is missing now. */
  lossOf(j: number): number {
    let loss = 0;
    for (let a = this.#columnStart[j]!, end = this.#columnStart[j + 1]!; a < end; a++) {
      const i = this.#columnRows[a]!;
      if (this.#needs[i] === 1 ? this.seen[i] === 1 : this.#isTight(i, j)) loss += this.#values[i]!;
    }
    return loss;
  }

  /** Whether a row that needs several sites is met, and would not be without the chosen column j. */
  #isTight(i: number, j: number): boolean {
    if (this.seen[i] !== this.#needs[i]) return false;
    for (let b = this.#rowStart[i]!; b < this.#rowStart[i + 1]!; b++) {
      const k = this.#rowColumns[b]!;
      if (k !== j && this.isChosen[k] === 1 && this.#sites[k] === this.#sites[j]) return false;
    }
    return true;
  }

  /** Halves the weights, so that what mattered long ago matters less. */
  halve(): void {
    const { rows, columns, rowStart, rowColumns } = this.excerpt;
    this.heaviest = 1;
    this.score.fill(0, 0, columns);
    for (let i = 0; i < rows; i++) {
      const w = (this.weight[i]! + 1) >> 1;
      this.weight[i] = w;
      if (w > this.heaviest) this.heaviest = w;
      if (this.#needs[i] !== 1) this.#weighRow(i, 1);
      else if (this.seen[i] === 1) this.score[this.seers[i]!]! += w;
      else if (this.seen[i] === 0)
        for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) this.score[rowColumns[b]!]! += w;
    }
  }

  /** Takes what the rows of j that need several sites add to the scores away (-1) or gives it again (1). */
  #weigh(j: number, sign: 1 | -1): void {
    for (let a = this.#columnStart[j]!, end = this.#columnStart[j + 1]!; a < end; a++) {
      const i = this.#columnRows[a]!;
      if (this.#needs[i] !== 1) this.#weighRow(i, sign);
    }
  }

  /** A column matters to such a row when it is the only chosen one of its site, or would be, and the row has none to spare. */
  #weighRow(i: number, sign: 1 | -1): void {
    const { isChosen, score } = this;
    const ofSite = this.#ofSite;
    const sites = this.#sites;
    const rowColumns = this.#rowColumns;
    const start = this.#rowStart[i]!;
    const end = this.#rowStart[i + 1]!;
    let count = 0;
    for (let b = start; b < end; b++) {
      const k = rowColumns[b]!;
      if (isChosen[k] === 1 && ofSite[sites[k]!]!++ === 0) count++;
    }
    const need = this.#needs[i]!;
    const w = sign * this.weight[i]!;
    for (let b = start; b < end; b++) {
      const k = rowColumns[b]!;
      const others = ofSite[sites[k]!]! - isChosen[k]!;
      if (others === 0 && count - isChosen[k]! < need) score[k]! += w;
    }
    for (let b = start; b < end; b++) ofSite[sites[rowColumns[b]!]!] = 0;
    this.seen[i] = count;
    const size = this.unmet.size;
    if (count < need) this.unmet.put(i);
    else this.unmet.take(i);
    this.missing += (this.unmet.size - size) * this.#values[i]!;
  }
}

const NOTHING: Excerpt = {
  rows: 0,
  columns: 0,
  rowStart: new Uint32Array(1),
  rowColumns: new Uint16Array(0),
  columnStart: new Uint32Array(1),
  columnRows: new Uint16Array(0),
  costs: new Float64Array(0),
  values: new Float64Array(0),
  needs: new Uint8Array(0),
  sites: new Uint16Array(0),
};
