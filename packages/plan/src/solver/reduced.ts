import { OvertError } from "@overt/core";
import { type Covering, makeCovering } from "./covering.ts";
import type { Question } from "./question.ts";

/** Some rows and columns of a covering, and for each which one it was. */
export interface Part {
  readonly covering: Covering;
  readonly rowIds: Uint32Array;
  readonly columnIds: Uint32Array;
}

/** What is left to decide of a question when what is certain has been decided. */
export interface Reduced {
  readonly question: Question;
  /** All rows and columns that are not decided. */
  readonly open: Part;
  /** Of these, the ones that matter: an answer to this part answers all. Multipliers bound all of `open` less well. */
  readonly core: Part;
  /** Columns that are in the answer already: fixed ones, and those that cost nothing. */
  readonly taken: readonly number[];
  /** Rows that no choice can meet. */
  readonly unmeetable: readonly number[];
}

/** Rows that imply others are sought up to so many steps; beyond, it would cost more than it saves. */
const MOST_STEPS = 2e8;

/**
 * Takes what is fixed and what costs nothing, leaves out what is forbidden, and the rows that are met by then. Where
 * every row must be met, a row that is met whenever another one is goes too.
 *
 * @throws OvertError COVER_COLUMN_UNKNOWN, COVER_CONFLICT, COVER_INFEASIBLE or COVER_BUDGET_BELOW_FIXED
 */
export function reduce(covering: Covering, question: Question): Reduced {
  const { isTaken, isFree } = decide(covering, question);
  const needs = covering.needs.slice();
  const lists: Uint32Array[] = [];
  const unmeetable: number[] = [];
  const mayLeave = question.ask === "weight" || (question.slack ?? 0) > 0;
  for (let i = 0; i < covering.rows; i++) {
    const all = covering.rowColumns.subarray(covering.rowStart[i]!, covering.rowStart[i + 1]!);
    const seeing = new Set(Array.from(all.filter((j) => isTaken[j])).map((j) => covering.sites[j]!));
    // Where weight may be left, what weighs nothing may.
    needs[i] = mayLeave && covering.weights[i] === 0 ? 0 : Math.max(0, needs[i]! - seeing.size);
    const left = all.filter((j) => isFree[j] && !seeing.has(covering.sites[j]!));
    lists.push(left);
    if (needs[i]! > 0 && distinct(left, covering.sites) < needs[i]!) unmeetable.push(i);
  }
  const missing = new Set(unmeetable);
  const asked = askOfRest(covering, question, unmeetable, isTaken);
  const everyRow = asked.ask === "cover" && asked.slack === 0;
  const model = { ...covering, needs, weights: everyRow ? new Float64Array(covering.rows).fill(1) : covering.weights };
  const rows = indices(needs.map((need, i) => (need > 0 && !missing.has(i) ? 1 : 0)));
  const open = cut(model, lists, rows, isFree);
  return {
    question: asked,
    open,
    core: coreOf(model, lists, open, isFree, everyRow),
    taken: indices(isTaken),
    unmeetable,
  };
}

/** Rows that are implied and columns that are dominated go by turns, for each may free some of the other. */
function coreOf(
  model: Covering,
  lists: readonly Uint32Array[],
  open: Part,
  isFree: Uint8Array,
  everyRow: boolean,
): Part {
  let core = open;
  for (let size = Number.POSITIVE_INFINITY; core.covering.rowColumns.length < size; ) {
    size = core.covering.rowColumns.length;
    const dominated = dominatedColumns(core.covering);
    core.columnIds.forEach((j, k) => {
      if (dominated[k]) isFree[j] = 0;
    });
    core = cut(model, lists, Array.from(core.rowIds), isFree);
    if (!everyRow) break;
    const implied = impliedRows(core.covering);
    core = cut(
      model,
      lists,
      Array.from(core.rowIds).filter((_, k) => !implied[k]),
      isFree,
    );
  }
  return core;
}

function decide({ columns, costs }: Covering, { fixed = [], forbidden = [] }: Question) {
  for (const j of [...fixed, ...forbidden])
    if (!(Number.isInteger(j) && j >= 0 && j < columns))
      throw new OvertError("COVER_COLUMN_UNKNOWN", `There is no column ${j + 1}; there are ${columns}.`);
  const isTaken = new Uint8Array(columns).map((_, j) => (costs[j] === 0 ? 1 : 0));
  const isFree = isTaken.map((taken) => 1 - taken);
  for (const j of forbidden) isTaken[j] = isFree[j] = 0;
  const never = new Set(forbidden);
  for (const j of fixed) {
    if (never.has(j))
      throw new OvertError("COVER_CONFLICT", `Column ${j + 1} is fixed and forbidden.`, {
        hint: "Drop one of the two.",
      });
    isTaken[j] = 1;
    isFree[j] = 0;
  }
  return { isTaken, isFree };
}

function askOfRest(covering: Covering, question: Question, unmeetable: number[], isTaken: Uint8Array): Question {
  const takenCost = covering.costs.reduce((sum, cost, j) => (isTaken[j] ? sum + cost : sum), 0);
  if (question.ask === "weight") {
    if (takenCost > question.budget)
      throw new OvertError(
        "COVER_BUDGET_BELOW_FIXED",
        `What is fixed costs ${takenCost}, and the budget is ${question.budget}.`,
      );
    return { ask: "weight", budget: question.budget - takenCost };
  }
  const lost = unmeetable.reduce((sum, i) => sum + covering.weights[i]!, 0);
  const slack = question.slack ?? 0;
  if (unmeetable.length > 0 && (slack === 0 || lost > slack)) throw infeasible(unmeetable, slack, lost);
  return { ask: "cover", slack: slack - lost };
}

function infeasible(rows: readonly number[], slack: number, lost: number): OvertError {
  const named = rows.slice(0, 10).map((i) => i + 1);
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : "";
  return new OvertError(
    "COVER_INFEASIBLE",
    `No choice meets ${rows.length === 1 ? "row" : "rows"} ${named.join(", ")}${more}` +
      (slack > 0 ? `, which weigh ${lost}; only ${slack} may be left.` : "."),
    { hint: "Allow more columns that see them, ask for fewer views of them, or leave them out." },
  );
}

function distinct(columns: Uint32Array, sites: Uint32Array): number {
  return new Set(Array.from(columns, (j) => sites[j]!)).size;
}

function cut(covering: Covering, lists: readonly Uint32Array[], rows: number[], isFree: Uint8Array): Part {
  const rowIds = Uint32Array.from(rows);
  const columnLists = rows.map((i) => lists[i]!.filter((j) => isFree[j]));
  const used = new Uint8Array(covering.columns);
  for (const list of columnLists) for (const j of list) used[j] = 1;
  const columnIds = Uint32Array.from(indices(used));
  const place = new Uint32Array(covering.columns);
  columnIds.forEach((j, k) => {
    place[j] = k;
  });
  const pick = <T>(ids: Uint32Array, from: ArrayLike<T>): T[] => Array.from(ids, (id) => from[id]!);
  return {
    rowIds,
    columnIds,
    covering: makeCovering({
      costs: pick(columnIds, covering.costs),
      rows: columnLists.map((list) => list.map((j) => place[j]!)),
      weights: pick(rowIds, covering.weights),
      needs: pick(rowIds, covering.needs),
      sites: pick(columnIds, covering.sites),
    }),
  };
}

/** Marks rows that are met whenever another one is: all of its columns see them too. */
function impliedRows({ rows, rowStart, rowColumns, columnStart, columnRows, needs }: Covering): Uint8Array {
  const sets = { count: rows, start: rowStart, items: rowColumns, backStart: columnStart, backItems: columnRows };
  return superfluous(sets, "larger", (row, inner) => needs[row]! <= needs[inner]!);
}

/** Marks columns that see no more than another one that costs no more; where rows need several sites, of the same site. */
function dominatedColumns(covering: Covering): Uint8Array {
  const { columns, rowStart, rowColumns, columnStart, columnRows, costs, needs, sites } = covering;
  const seesSeveral = new Uint8Array(columns);
  for (let i = 0; i < covering.rows; i++)
    if (needs[i]! > 1) for (let b = rowStart[i]!; b < rowStart[i + 1]!; b++) seesSeveral[rowColumns[b]!] = 1;
  const sets = { count: columns, start: columnStart, items: columnRows, backStart: rowStart, backItems: rowColumns };
  return superfluous(
    sets,
    "smaller",
    (better, worse) => costs[better]! <= costs[worse]! && (!seesSeveral[worse] || sites[better] === sites[worse]),
  );
}

interface Sets {
  readonly count: number;
  readonly start: Uint32Array;
  readonly items: Uint32Array;
  /** For each item the sets that hold it. */
  readonly backStart: Uint32Array;
  readonly backItems: Uint32Array;
}

/**
 * Where one set holds all of another one, and the two stand as `stands` says, marks one of the two. Of equal sets that
 * stand so both ways, one stays.
 */
function superfluous(sets: Sets, which: "larger" | "smaller", stands: (larger: number, smaller: number) => boolean) {
  const { count, start, items, backStart, backItems } = sets;
  const gone = new Uint8Array(count);
  const shared = new Uint32Array(count);
  let steps = 0;
  for (let k = 0; k < count && steps < MOST_STEPS; k++) {
    if (gone[k]) continue;
    const from = start[k]!;
    const end = start[k + 1]!;
    for (let a = from; a < end; a++) {
      const item = items[a]!;
      steps += backStart[item + 1]! - backStart[item]!;
      for (let b = backStart[item]!; b < backStart[item + 1]!; b++) {
        const other = backItems[b]!;
        if (++shared[other]! < end - from || other === k || gone[other] || gone[k] || !stands(other, k)) continue;
        gone[which === "larger" ? other : k] = 1;
      }
    }
    for (let a = from; a < end; a++)
      for (let b = backStart[items[a]!]!; b < backStart[items[a]! + 1]!; b++) shared[backItems[b]!] = 0;
  }
  return gone;
}

const indices = (marks: Uint8Array): number[] => Array.from(marks.keys()).filter((k) => marks[k]);
