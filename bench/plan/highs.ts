import type { Covering } from "@overt/plan";
import highsModule from "highs";

// Its types are those of a CommonJS module, and what is imported is the ES module's function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** What HiGHS makes of the same covering: the baseline of the planner's bench. */
export interface HighsAnswer {
  readonly cost: number;
  readonly seconds: number;
}

/** The least cost of a cover that HiGHS finds in the time. NaN when it finds none. */
export async function highsCover(covering: Covering, seconds: number): Promise<HighsAnswer> {
  return solveWith(covering, { integer: true, seconds });
}

/** The least cost of a cover whose columns may be bought in fractions: the LP relaxation. */
export async function highsRelaxation(covering: Covering): Promise<HighsAnswer> {
  return solveWith(covering, { integer: false, seconds: 600 });
}

async function solveWith(covering: Covering, how: { integer: boolean; seconds: number }): Promise<HighsAnswer> {
  const highs = await loadHighs();
  const { rows, columns, rowStart, rowColumns, costs, needs } = covering;
  const { integer } = highs.constants.variableType;
  const model = highs.createModel({
    numCols: columns,
    numRows: rows,
    colCost: costs,
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(1),
    rowLower: Float64Array.from(needs),
    rowUpper: new Float64Array(rows).fill(highs.infinity),
    matrix: {
      format: "csr",
      numRows: rows,
      numCols: columns,
      starts: Int32Array.from(rowStart),
      indices: Int32Array.from(rowColumns),
      values: new Float64Array(rowColumns.length).fill(1),
    },
    ...(how.integer ? { integrality: new Int32Array(columns).fill(integer) } : {}),
  });
  try {
    model.options.set({ output_flag: false, time_limit: how.seconds });
    const start = performance.now();
    model.run();
    const taken = (performance.now() - start) / 1_000;
    if (!how.integer) return { cost: model.getObjectiveValue(), seconds: taken };
    return { cost: costOf(covering, model.getSolution().colValue), seconds: taken };
  } finally {
    model.dispose();
  }
}

/** Its values come back as 252.9999999: so they are rounded, checked and summed here. */
function costOf({ rows, rowStart, rowColumns, costs, needs }: Covering, values: ArrayLike<number>): number {
  const chosen = Array.from(values, (x) => Math.round(x));
  for (let i = 0; i < rows; i++) {
    let seen = 0;
    for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) seen += chosen[rowColumns[b]!]!;
    if (seen < needs[i]!) return Number.NaN;
  }
  return chosen.reduce((sum, x, j) => sum + x * costs[j]!, 0);
}
