import { CAMERA_FIELDS, type CameraKey } from "../record/camera.ts";
import { ALSO, COLUMNS, columnOf } from "../record/columns.ts";
import { type Cell, type Field, isUnread } from "../record/field.ts";
import type { Layer } from "../record/plan.ts";
import { decimalOf, type Unit, unitOf, UNITS } from "../record/number.ts";
import type { Sheet } from "../read/sheet.ts";
import { wordsOf } from "../read/words.ts";
import { readResolution, readSensor } from "./composite.ts";
import type { MappedColumn, Mapping, Target } from "./mapping.ts";
import { proposePosition } from "./propose-position.ts";
import type { GeoBox } from "../system/systems.ts";

const SAMPLE = 300;

/** A sheet with a sample of each column's cells. */
export interface Sampled {
  readonly sheet: Sheet;
  readonly samples: readonly (readonly Cell[])[];
}

/**
 * A mapping to begin with, from the header's words in several languages and from what the cells say. Our own exports map
 * to themselves. `town` helps to tell reference systems apart.
 */
export function proposeMapping(sheet: Sheet, { town = null, title = "" }: ProposeOptions = {}): Mapping {
  const sampled: Sampled = { sheet, samples: sheet.headers.map((_, i) => sampleOf(sheet, i)) };
  const { position, taken } = proposePosition(sampled, town);
  const columns = columnsFor(sampled, taken);
  return { v: 1, title, position, columns, accept: [] };
}

export interface ProposeOptions {
  readonly town?: GeoBox | null;
  readonly title?: string;
}

function sampleOf({ rows }: Sheet, column: number): readonly Cell[] {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const cells: Cell[] = [];
  for (let i = 0; i < rows.length; i += step) {
    const cell = rows[i]!.cells[column] ?? null;
    if (cell !== null && cell !== "") cells.push(cell);
  }
  return cells;
}

const LAYERS = new Set<Cell>(["camera", "viewshed", "place", "private-space"] satisfies Layer[]);

/** What our exports call their columns, and what KML adds to them. */
const OUR_NAMES = new Set([
  ...Object.values(COLUMNS).flatMap((columns) => columns.map(({ name }) => name)),
  "folder",
  "altitude above ground",
]);

/** Whether an export of ours is read back: each row says what it is, and every column is called as we call them. */
export function isOurs({ headers, rows }: Sheet): boolean {
  const layer = headers.indexOf("layer");
  if (layer < 0 || !headers.every((name) => OUR_NAMES.has(name) || name.startsWith(ALSO))) return false;
  return rows.every(({ cells }) => LAYERS.has(cells[layer] ?? null));
}

interface Candidate {
  readonly column: number;
  readonly to: Target;
  readonly score: number;
}

const TARGETS: readonly { readonly to: Target; readonly called: readonly string[] }[] = [
  ...Object.entries(CAMERA_FIELDS).map(([key, { called }]) => ({ to: key as CameraKey, called })),
  {
    to: "resolution",
    called: ["resolution", "auflösung", "résolution", "resolución", "risoluzione", "megapixels", "megapixel"],
  },
  { to: "sensor", called: ["sensor", "sensor size", "sensorgröße", "capteur"] },
];
const PHRASES = TARGETS.flatMap(({ to, called }) =>
  called.flatMap((name, rank) => (name === "" ? [] : [{ to, words: wordsOf(name).join(" "), rank }])),
);
/** Words that say something alone, and nothing within another name: a `Camera ref` is no name. */
const ALONE = new Set(
  "camera kamera caméra location ort art label zone title lens box code type typ date no nr on num name".split(" "),
);
const EXACT = 10;

function columnsFor(sampled: Sampled, taken: ReadonlySet<number>): MappedColumn[] {
  const { sheet, samples } = sampled;
  const own = isOurs(sheet);
  const chosen = new Map<number, Target>();
  const used = new Set<Target>();
  const candidates = sheet.headers.flatMap((header, column) =>
    taken.has(column) ? [] : candidatesFor(header, column),
  );
  for (const { column, to, score } of candidates.sort((a, b) => b.score - a.score || a.column - b.column)) {
    if (chosen.has(column) || used.has(to)) continue;
    // A choice's words may be the department's own: they are told in the mapping.
    const trusted = own || (score >= EXACT && isChoice(to));
    if (!trusted && !fits(to, samples[column]!, sheet.headers[column]!, sheet)) continue;
    chosen.set(column, to);
    used.add(to);
  }
  return sheet.headers.flatMap((header, column) => {
    if (taken.has(column)) return [];
    const to = chosen.get(column) ?? (own && !header.startsWith(ALSO) ? "skip" : "more");
    if (own) return [{ column: header, to, words: {}, unit: unitOfField(to), decimal: "." as const }];
    return [{ column: header, to, words: {}, ...writingOf(header, samples[column]!, sheet, to) }];
  });
}

function candidatesFor(header: string, column: number): Candidate[] {
  if (header.startsWith(ALSO)) return [];
  const own = Object.keys(CAMERA_FIELDS).find((key) => columnOf(key) === header);
  if (own) return [{ column, to: own as CameraKey, score: 100 }];
  const said = withoutUnit(header).join(" ");
  return PHRASES.flatMap(({ to, words, rank }) => {
    // Of two columns that are called right, the one with the more usual name.
    if (said === words) return [{ column, to, score: EXACT + 1 / (1 + rank) }];
    // The id of a street segment is no street.
    if (said.endsWith(" id") && to !== "number") return [];
    const within = !ALONE.has(words) && ` ${said} `.includes(` ${words} `);
    return within ? [{ column, to, score: 2 + (3 * words.length) / said.length }] : [];
  });
}

/** Whether most of a column's cells say something that the field understands: names deceive. */
function fits(to: Target, cells: readonly Cell[], header: string, sheet: Sheet): boolean {
  if (cells.length === 0) return true;
  const writing = { ...writingOf(header, cells, sheet, to), words: {} };
  const understood = cells.filter((cell) => {
    if (to === "resolution") return readResolution(cell) !== null;
    if (to === "sensor") return readSensor(cell) !== null;
    return !isUnread((CAMERA_FIELDS[to] as Field<unknown>).read(cell, writing));
  });
  return understood.length >= cells.length * (isChoice(to) ? 0.3 : 0.6);
}

const isChoice = (to: Target): boolean => to !== "resolution" && to !== "sensor" && CAMERA_FIELDS[to].kind === "choice";

function writingOf(
  header: string,
  cells: readonly Cell[],
  { delimiter }: Sheet,
  to: Target | "more" | "skip",
): Pick<MappedColumn, "unit" | "decimal"> {
  const decimal = decimalOf(cells, delimiter === ";" ? "," : ".");
  const own = unitOfField(to);
  const named = unitIn(header);
  const unit = own !== null && named !== null && UNITS[named].of === UNITS[own].of ? named : null;
  return { unit, decimal };
}

const unitOfField = (to: MappedColumn["to"]): Unit | null =>
  to in CAMERA_FIELDS ? CAMERA_FIELDS[to as CameraKey].unit : null;

/** `Height (ft)`, `height_ft`, `Höhe [m]`, `Height in feet`. */
export function unitIn(header: string): Unit | null {
  if (header.length > 200) return null;
  const bracketed = /[([]\s*([^)\]]{1,12}?)\s*[)\]]\s*$/.exec(header)?.[1];
  if (bracketed !== undefined) return unitOf(bracketed.replace(/^in\s+/i, ""));
  const words = header.split(/[\s_]+/);
  return words.length > 1 ? unitOf(words.at(-1)!) : null;
}

function withoutUnit(header: string): readonly string[] {
  const words = wordsOf(header);
  if (unitIn(header) === null || words.length < 2) return words;
  const bare = header.replace(/\s*[([][^)\]]*[)\]]\s*$/, "");
  const left = bare !== header ? wordsOf(bare) : words.slice(0, -1);
  return left.at(-1) === "in" ? left.slice(0, -1) : left;
}
