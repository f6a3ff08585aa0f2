import { sourced } from "../power/sourced.ts";
import { ANONYMISED_AT, type BenchFigures, INGESTED_MBPS, type IngestFigure } from "./bench-figures.ts";
import { checkFigure } from "./network-error.ts";

/** A camera as a recorder has it. */
export interface RecordedCamera {
  readonly id: string;
  readonly mode: "full" | "slow" | "none";
  /** Of the original. */
  readonly kbps: number;
  /** What is anonymised: the sub stream, or the main one where there is none. */
  readonly anonymised: { readonly widthPx: number; readonly heightPx: number; readonly fps: number };
}

export interface Machine {
  readonly cores: number;
  /** How fast one of them is against the bench's; 1 unless measured. */
  readonly coreSpeed: number;
  readonly memoryMb: number;
  readonly networkMbps: number;
  /** Like the one that the bench names. */
  readonly disks: number;
}

export type Limit = "cores" | "memory" | "disks" | "network";

export const MACHINE_DEFAULTS = {
  /** Left free of all. */
  reserveShare: sourced(0.3, "our default: playback, releases, restarts and learning happen on the same machine"),
  systemMb: sourced(1_024, "assumed: system and recorder without cameras"),
  anonymiserMb: sourced(
    60,
    "assumed: decoder, encoder, ground and detector's share of one camera; no bench measures it yet",
  ),
  networkShare: sourced(0.7, "our default: bursts of key pictures need room"),
};

export interface LimitUse {
  readonly limit: Limit;
  /** Of what the reserve leaves; above 1: it is too little. Null: no figure says. */
  readonly use: number | null;
}

export interface MachineSize {
  /** All of them, the first to bite first. */
  readonly limits: readonly LimitUse[];
  /** Which that is; null: nothing is known. */
  readonly bites: Limit | null;
  readonly fits: boolean;
  /** So many like it, and how many cameras like these one of them holds. */
  readonly machines: number | null;
  readonly camerasEach: number | null;
  readonly anonymiserCores: number | null;
  readonly ingestCores: number | null;
  readonly memoryMb: number;
  /** The bench had fewer cameras: its last figure goes on. */
  readonly beyondMeasured: boolean;
}

/**
 * What recording and anonymising these cameras takes of a machine, by this release's own figures, and what bites first.
 *
 * @throws OvertError `NETWORK_FIGURE_INVALID`
 */
export function sizeMachine(cameras: readonly RecordedCamera[], machine: Machine, figures: BenchFigures): MachineSize {
  for (const [name, value] of Object.entries(machine)) checkFigure(`The machine's ${name}`, value, 0.01);
  const count = cameras.length;
  const ingest = figureAt(figures.ingest, count);
  const load = cameras.reduce((sum, { kbps }) => sum + kbps / 1_000, 0) / INGESTED_MBPS;
  const anonymiserCores =
    figures.anonymiseMsPerS === null
      ? null
      : ((figures.anonymiseMsPerS / 1_000) * shareOfBench(cameras)) / machine.coreSpeed;
  const ingestCores = ingest === null ? null : ((ingest.corePercent / 100) * load) / machine.coreSpeed;
  const anonymising = cameras.filter(({ mode }) => mode !== "none").length;
  const memoryMb =
    MACHINE_DEFAULTS.systemMb.value +
    count * (ingest?.memoryMb ?? 0) +
    anonymising * MACHINE_DEFAULTS.anonymiserMb.value;
  const free = 1 - MACHINE_DEFAULTS.reserveShare.value;
  const diskBusy =
    ingest?.diskBusyPercent == null ? null : ((ingest.diskBusyPercent / 100) * load) / Math.max(1, ingest.cameras);
  const limits: LimitUse[] = [
    {
      limit: "cores",
      use:
        anonymiserCores === null || ingestCores === null
          ? null
          : (anonymiserCores + ingestCores) / (machine.cores * free),
    },
    { limit: "memory", use: ingest?.memoryMb == null ? null : memoryMb / (machine.memoryMb * free) },
    { limit: "disks", use: diskBusy === null ? null : diskBusy / (machine.disks * free) },
    { limit: "network", use: (load * INGESTED_MBPS) / (machine.networkMbps * MACHINE_DEFAULTS.networkShare.value) },
  ];
  limits.sort((a, b) => (b.use ?? -1) - (a.use ?? -1));
  const known = limits[0]?.use == null || count === 0 ? null : limits[0].use;
  return {
    limits,
    bites: known === null ? null : limits[0]!.limit,
    fits: known === null || known <= 1,
    machines: known === null || limits.some(({ use }) => use === null) ? null : Math.ceil(known - 1e-9),
    camerasEach: known === null ? null : Math.floor(count / known + 1e-9),
    anonymiserCores,
    ingestCores,
    memoryMb,
    beyondMeasured: count > (figures.ingest.at(-1)?.cameras ?? 0),
  };
}

/** In cameras of the bench: cost grows with pixels and pictures, and a still every few seconds costs as one picture. */
function shareOfBench(cameras: readonly RecordedCamera[]): number {
  const one = ANONYMISED_AT.widthPx * ANONYMISED_AT.heightPx * ANONYMISED_AT.fps;
  return cameras
    .filter(({ mode }) => mode !== "none")
    .reduce((sum, { anonymised: { widthPx, heightPx, fps } }) => sum + (widthPx * heightPx * fps) / one, 0);
}

/** The bench with at most as many cameras at once: each costs a little less among many, and nothing is promised of that. */
function figureAt(ingest: readonly IngestFigure[], count: number): IngestFigure | null {
  const below = ingest.findLast(({ cameras }) => cameras <= count);
  return below ?? ingest[0] ?? null;
}
