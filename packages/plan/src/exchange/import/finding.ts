/** What a row of an import must be told; the list is closed. */
export const ROW_CODES = [
  /** More cells than there are columns: it may be shifted. */
  "ROW_TOO_LONG",
  /** A cell that its field does not understand: it stays unknown. */
  "VALUE_UNREADABLE",
  /** A number that cannot be, such as a height of 900 m: it stays unknown. */
  "VALUE_IMPOSSIBLE",
  /** A word that its choice does not have: it stays unknown. */
  "CHOICE_UNKNOWN",
  /** No numbers where the place should be. */
  "POSITION_MISSING",
  "POSITION_UNREADABLE",
  /** 0,0 is what programs write for nothing (P4). */
  "POSITION_ZERO",
  /** In the town only if latitude and longitude change places (P4). */
  "POSITION_SWAPPED",
  /** In the town only if its numbers are feet, or metres, instead (P4). */
  "POSITION_IN_OTHER_UNIT",
  /** Far from the town, or from all others. */
  "POSITION_FAR",
  /** Drawn as a line or an area: its middle stands for it (osm-14). */
  "POSITION_IMPRECISE",
  /** Two rows with one number: the first one counts. */
  "NUMBER_TWICE",
  /** Neither number nor name nor place: no camera. */
  "ROW_SAYS_NOTHING",
  /** Heights that look like feet, while nobody said so. */
  "HEIGHTS_MAYBE_FEET",
] as const;

export type RowCode = (typeof ROW_CODES)[number];

export interface RowFinding {
  readonly code: RowCode;
  /** Refused: the row is not imported. Doubt: it is, and what is in doubt is unknown or to be confirmed. */
  readonly weight: "refused" | "doubt";
  /** Null: of the whole column. */
  readonly row: number | null;
  /** The header; null: of the whole row. */
  readonly column: string | null;
  /** What stands there. */
  readonly text: string | null;
  /** One sentence for a person: what happened. */
  readonly detail: string;
  /** What to do. */
  readonly hint: string;
}

const HINTS: Readonly<Record<RowCode, string>> = {
  ROW_TOO_LONG: "Look whether a cell holds the file's delimiter without quotes.",
  VALUE_UNREADABLE: "Correct the cell, or choose the column's unit and decimal mark.",
  VALUE_IMPOSSIBLE: "Correct the cell, or choose the column's unit.",
  CHOICE_UNKNOWN: "Say in the mapping what the word stands for.",
  POSITION_MISSING: "Place the camera on the map, or fill in its position.",
  POSITION_UNREADABLE: "Correct the cells, or choose the columns and the reference system anew.",
  POSITION_ZERO: "Place the camera on the map, or fill in its position.",
  POSITION_SWAPPED: "Swap the two columns in the mapping, or accept swapped places row by row.",
  POSITION_IN_OTHER_UNIT: "Choose the reference system in the other unit.",
  POSITION_FAR: "Correct the position, choose another reference system, or accept places far away.",
  POSITION_IMPRECISE: "Move the camera to where it hangs.",
  NUMBER_TWICE: "Give each camera a number of its own.",
  ROW_SAYS_NOTHING: "Map the columns that hold its number, name or position.",
  HEIGHTS_MAYBE_FEET: "Choose feet as the column's unit if they are.",
};

export const rowFinding = (
  code: RowCode,
  weight: RowFinding["weight"],
  row: number | null,
  column: string | null,
  text: unknown,
  detail: string,
): RowFinding => ({
  code,
  weight,
  row,
  column,
  text: text === null || text === undefined ? null : String(text).slice(0, 80),
  detail,
  hint: HINTS[code],
});
