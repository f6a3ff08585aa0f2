import { WAL_PAGES } from "./schema.ts";

export interface StoreLimits {
  readonly packBytes: number;
  readonly packAgeMs: number;
  /** The longest that a record waits for its commit to begin. */
  readonly commitMs: number;
  /** A commit begins at once when this much waits. */
  readonly commitBytes: number;
  /** Free space below which footage makes room, as `room.ts` says. A sixteenth of it is kept for the index even then. */
  readonly reserveBytes: number;
  /** Whether parts of packs are given back to the file system. Where it cannot, whole packs make room. */
  readonly makesHoles: boolean;
  /** How often room is looked for, and packs that are away. */
  readonly lookMs: number;
  /** Pages of the index's log: see `openIndex`. */
  readonly walPages: number;
}

/** DESIGN §4 "Store": a pack ends at 1 GiB or 1 h; at least two commits a second. */
export const STORE_LIMITS: StoreLimits = {
  packBytes: 2 ** 30,
  packAgeMs: 3_600_000,
  commitMs: 300,
  commitBytes: 16 * 2 ** 20,
  reserveBytes: 2 ** 30,
  makesHoles: true,
  lookMs: 1_000,
  walPages: WAL_PAGES,
};
