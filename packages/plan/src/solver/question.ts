/** What is asked of a covering. Rows and columns count from 0. */
export type Question = (
  | {
      readonly ask: "cover";
      /** Rows of so much weight in all may be left unmet; 0 when all must be met. */
      readonly slack?: number;
    }
  | {
      readonly ask: "weight";
      /** The most that the chosen columns may cost, fixed ones among them. */
      readonly budget: number;
    }
) & {
  /** Columns that are in every answer: cameras that stay. */
  readonly fixed?: readonly number[] | undefined;
  /** Columns that are in none: poles that are not to be had. */
  readonly forbidden?: readonly number[] | undefined;
};

/** From this alone, with the question and the covering, anyone can reckon the bound again (`boundOf`). */
export interface Certificate {
  /** One per row. */
  readonly multipliers: Float64Array;
  /** Of a unit of weight left (in cost) or of budget (in weight); 0 where neither is asked about. */
  readonly price: number;
}

/** A choice, what it is worth, and what is proven of any choice. */
export interface Answer {
  /** What was asked for: the cost of a cover, or the weight met within a budget. */
  readonly value: number;
  readonly cost: number;
  /** Of the rows that are met. */
  readonly weight: number;
  /** Ascending. */
  readonly chosen: readonly number[];
  /** No answer is better than this. */
  readonly bound: number;
  readonly certificate: Certificate;
  /** How far the value may be from the best possible, as a share of the value; 0: proven best. */
  readonly gap: number;
  readonly moves: number;
  /** Rows that no choice can meet. */
  readonly unmeetable: readonly number[];
}
