import { networkError } from "./network-error.ts";

/** What this release was measured to need; null: no bench says. */
export interface BenchFigures {
  /** ms of a core for a second of one camera at 640 × 480 and 10 pictures a second, and in its first minute. */
  readonly anonymiseMsPerS: number | null;
  readonly learningMsPerS: number | null;
  /** By how many cameras at once, fewest first; at 4 Mbit/s each, anonymiser off. */
  readonly ingest: readonly IngestFigure[];
  /** The machines and commits that the figures come from, to be shown with them. */
  readonly measuredOn: readonly string[];
}

export interface IngestFigure {
  readonly cameras: number;
  /** Of a core, percent, for each camera. */
  readonly corePercent: number;
  readonly memoryMb: number | null;
  /** Of the disk that the bench names, for all of them. */
  readonly diskBusyPercent: number | null;
}

/** At which the figures were taken. */
export const ANONYMISED_AT = { widthPx: 640, heightPx: 480, fps: 10 } as const;
export const INGESTED_MBPS = 4;

interface Row {
  readonly measure: string;
  readonly ours: number;
}

interface Result {
  readonly name: string;
  readonly commit: string;
  readonly machine: string;
  readonly rows: readonly Row[];
}

/**
 * The figures in files of `bench/results`, by the names of their rows. What is not there stays unknown.
 *
 * @throws OvertError `BENCH_RESULT_INVALID`
 */
export function benchFigures(files: readonly unknown[]): BenchFigures {
  const results = files.map(resultOf);
  const rowsOf = (name: string): readonly Row[] =>
    results.filter((each) => each.name === name).flatMap(({ rows }) => rows);
  const one = (rows: readonly Row[], measure: RegExp): number | null =>
    rows.find((row) => measure.test(row.measure))?.ours ?? null;
  const anonymise = rowsOf("anonymise");
  const ingest = rowsOf("ingest");
  const counts = ingest.flatMap(({ measure }) => /^CPU per camera, (\d+) cameras/.exec(measure)?.[1] ?? []).map(Number);
  const at = (cameras: number, measure: string): number | null =>
    one(ingest, new RegExp(`${measure}, ${cameras} cameras`));
  return {
    anonymiseMsPerS: one(anonymise, /^core time per camera-second/),
    learningMsPerS: one(anonymise, /first minute/),
    ingest: counts
      .sort((a, b) => a - b)
      .map((cameras) => ({
        cameras,
        corePercent: at(cameras, "^CPU per camera")!,
        memoryMb: at(cameras, "^memory per camera"),
        diskBusyPercent: at(cameras, "busy with it"),
      })),
    measuredOn: results.filter(({ name }) => name === "anonymise" || name === "ingest").map(({ name, commit, machine }) => `${name}: ${machine} (${commit})`), // biome-ignore format: one line
  };
}

function resultOf(file: unknown): Result {
  const { name, commit, machine, rows } = (typeof file === "object" && file !== null ? file : {}) as Record<
    string,
    unknown
  >;
  const texts = [name, commit, machine].every((each) => typeof each === "string");
  if (!texts || !Array.isArray(rows) || !rows.every(isRow))
    throw networkError(
      "BENCH_RESULT_INVALID",
      "This is not a file of bench/results.",
      "Run `npm run bench` and give what it wrote.",
    );
  return file as Result;
}

const isRow = (row: unknown): row is Row =>
  typeof row === "object" &&
  row !== null &&
  typeof (row as Row).measure === "string" &&
  Number.isFinite((row as Row).ours);
