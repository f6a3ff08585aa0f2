import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type CameraId, cameraId, type Instant, OvertError } from "@overt/core";
import { InstantMs } from "@overt/link";
import { z } from "zod";
import { writeDurably } from "../durable.ts";
import { LONGEST_SEGMENT_MS } from "./playback.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** A window of a camera, both its tracks, that stays whatever else has to go, until it is released. */
export interface Hold {
  /** Whoever makes it names it: the same again changes nothing. */
  readonly id: string;
  readonly camera: CameraId;
  readonly from: Instant;
  readonly to: Instant;
}

/** With the room that it was given when it was made. */
export interface KeptHold extends Hold {
  readonly bytes: number;
}

const FILE = "holds.json";
const File = z.object({
  format: z.literal("overt-holds"),
  version: z.literal(1),
  holds: z.array(
    z.object({
      id: z.string().min(1),
      camera: z.string().transform(cameraId),
      from: InstantMs,
      to: InstantMs,
      bytes: z.number().int().nonnegative(),
    }),
  ),
});

/** SQL: whether a row of `segments` lies in no hold. */
export const NOT_HELD = `NOT EXISTS (SELECT 1 FROM temp.holds AS held
  WHERE held.camera = segments.camera AND held.start < segments.until AND held.until > segments.start)`;

/**
 * The holds of one store, in a file beside the index: an index that is rebuilt must not forget them. SQLite has them in
 * a table of its own memory, for the queries that look for what may go.
 */
export class Holds {
  readonly #path: string;
  readonly #index: SegmentIndex;
  readonly #holds = new Map<string, KeptHold>();
  readonly #sql: ReturnType<typeof prepared>;

  /** @throws OvertError `HOLDS_UNREADABLE`: what may go is then not known, so nothing is opened */
  constructor(directory: string, database: DatabaseSync, index: SegmentIndex) {
    this.#path = join(directory, FILE);
    this.#index = index;
    database.exec(
      `PRAGMA temp_store=MEMORY;
       CREATE TEMP TABLE holds (id TEXT PRIMARY KEY, camera INTEGER, start INTEGER, until INTEGER) STRICT`,
    );
    this.#sql = prepared(database);
    for (const hold of readHolds(this.#path)) this.#add(hold);
  }

  list(): KeptHold[] {
    return [...this.#holds.values()];
  }

  get(id: string): KeptHold | null {
    return this.#holds.get(id) ?? null;
  }

  /** Bytes reserved for a camera, or for all. */
  bytesOf(camera: CameraId | null = null): number {
    return this.list().reduce((sum, hold) => sum + (camera === null || hold.camera === camera ? hold.bytes : 0), 0);
  }

  /** Living bytes of a window. */
  bytesIn({ camera, from, to }: Hold): number {
    const row = this.#index.knownCamera(camera);
    return (this.#sql.bytesIn.get(row, from - LONGEST_SEGMENT_MS, to, from) as { bytes: number }).bytes;
  }

  /** Whether something of this time may belong to a segment that is held. */
  covers(camera: CameraId, at: Instant): boolean {
    return this.list().some(
      (hold) => hold.camera === camera && at > hold.from - LONGEST_SEGMENT_MS && at < hold.to + LONGEST_SEGMENT_MS,
    );
  }

  /** Durable when it returns. */
  add(hold: KeptHold): void {
    this.#write([...this.list(), hold]);
    this.#add(hold);
  }

  remove(id: string): void {
    this.#write(this.list().filter((hold) => hold.id !== id));
    this.#holds.delete(id);
    this.#sql.remove.run(id);
  }

  #add(hold: KeptHold): void {
    this.#holds.set(hold.id, hold);
    this.#sql.add.run(hold.id, this.#index.cameraRow(hold.camera), hold.from, hold.to);
  }

  #write(holds: readonly KeptHold[]): void {
    writeDurably(this.#path, `${JSON.stringify({ format: "overt-holds", version: 1, holds }, null, 2)}\n`, 0o644);
  }
}

function readHolds(path: string): KeptHold[] {
  if (!existsSync(path)) return [];
  try {
    return File.parse(JSON.parse(readFileSync(path, "utf8"))).holds;
  } catch (cause) {
    throw new OvertError("HOLDS_UNREADABLE", `${path} does not say which windows are held.`, {
      hint: "Restore it from a backup, or update Overt if it is of a newer version. Until then nothing is recorded here.",
      cause,
    });
  }
}

function prepared(database: DatabaseSync) {
  return {
    add: database.prepare("INSERT INTO temp.holds VALUES (?, ?, ?, ?)"),
    remove: database.prepare("DELETE FROM temp.holds WHERE id = ?"),
    bytesIn: database.prepare(
      `SELECT ifnull(sum(size), 0) AS bytes FROM segments
       WHERE camera = ? AND track IN (1, 2) AND start > ? AND start < ? AND until > ?`,
    ),
  };
}
