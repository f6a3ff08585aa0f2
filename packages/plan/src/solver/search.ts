/** One search for better choices on a covering, in short steps, so that it can be shown and stopped in between. */
export interface Search {
  /** Columns chosen and dropped so far: the measure of effort, for time differs from machine to machine. */
  readonly moves: number;
  /** The best choice so far, as columns of the search's covering. */
  readonly best: readonly number[];
  /**
   * Some tens of milliseconds of search.
   *
   * @param spent  The share of the effort allowed that is spent, from 0 to 1.
   */
  step(spent: number): void;
}
