import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type EpochId, fromHex, type Instant, type SegmentId, toHex } from "@overt/core";
import type { PlacedEntry } from "./entry.ts";
import { unpackTable } from "./fragment-table.ts";
import type { PackName } from "./pack.ts";
import { PACK_CLOSED } from "./recovery.ts";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";

/** A period of a camera whose key is dead. The camera by SHA-256 of its id in hex, as the key store names it. */
export interface DeadPeriod {
  readonly camera: string;
  readonly periodStart: Instant;
}

export interface CameraPeriod {
  readonly camera: CameraId;
  readonly periodStart: Instant;
}

interface SegmentRow {
  readonly id: number;
  readonly camera: number;
  readonly track: number;
  readonly start: Instant;
  readonly until: Instant;
  readonly period: Instant | null;
  readonly segment: Uint8Array;
  readonly pack: number | null;
  readonly bytes: number | null;
  readonly fragments: Uint8Array | null;
}

/** Takes rows away, and keeps count of what lives in each pack. Every change happens in the caller's transaction. */
export class Removal {
  readonly #index: SegmentIndex;
  readonly #sql: ReturnType<typeof prepared>;

  constructor(database: DatabaseSync, index: SegmentIndex) {
    this.#index = index;
    this.#sql = prepared(database);
  }

  /** Every row of a period whose key is dead, of cameras that are no longer configured too (sto-13). */
  expire({ camera, periodStart }: DeadPeriod): void {
    for (const [row, name] of this.#index.cameraNames())
      if (sha256(name) === camera) {
        for (const segment of rowsOf<SegmentRow>(this.#sql.segmentsOfPeriod.all(row, periodStart)))
          this.#removeSegment(segment);
        this.#removeEnvelopes(row, periodStart);
      }
  }

  /**
   * Every segment with a part in a pack that makes room, or whose envelope lies in it. What is gone is a gap.
   *
   * @returns periods of which nothing is left: their keys can die
   */
  evict(rows: readonly PlacedEntry[]): CameraPeriod[] {
    const touched = new Map<string, { camera: number; period: Instant }>();
    const open = this.#index.openByRow();
    for (const segment of this.#segmentsIn(rows)) {
      const until = open.get(segment.id)?.until ?? segment.until;
      this.#sql.addGap.run(segment.camera, segment.track, segment.start, until, "disk_full");
      this.#removeSegment(segment);
      if (segment.period !== null)
        touched.set(`${segment.camera} ${segment.period}`, { camera: segment.camera, period: segment.period });
    }
    this.#removeEnvelopesIn(rows);
    const names = this.#index.cameraNames();
    return [...touched.values()].flatMap(({ camera, period }) => {
      const name = names.get(camera);
      if (!name || this.#sql.anyOfPeriod.get(camera, period)) return [];
      this.#removeEnvelopes(camera, period);
      return [{ camera: name, periodStart: period }];
    });
  }

  /** Every period that has rows. */
  periods(): CameraPeriod[] {
    const names = this.#index.cameraNames();
    return rowsOf<{ camera: number; period: Instant }>(this.#sql.periods.all()).flatMap(({ camera, period }) => {
      const name = names.get(camera);
      return name ? [{ camera: name, periodStart: period }] : [];
    });
  }

  /** Packs of which nothing lives, oldest first. */
  deadPacks(): PackName[] {
    return rowsOf<PackName>(this.#sql.deadPacks.all(PACK_CLOSED));
  }

  /** Packs that nothing is appended to, oldest first. */
  closedPacks(): PackName[] {
    return rowsOf<PackName>(this.#sql.closedPacks.all(PACK_CLOSED));
  }

  #segmentsIn(rows: readonly PlacedEntry[]): SegmentRow[] {
    const found = new Map<number, SegmentRow>();
    for (const { entry } of rows) {
      if (entry.type !== "segment" && entry.type !== "fragment") continue;
      const row = this.#sql.segment.get(fromHex(entry.segment)) as SegmentRow | undefined;
      if (row) found.set(row.id, row);
    }
    for (const { entry } of rows) {
      if (entry.type !== "envelope") continue;
      const camera = this.#index.knownCamera(entry.camera);
      if (camera === null) continue;
      const ofEpoch = this.#sql.segmentsOfEpoch.all(camera, entry.periodStart, fromHex(entry.epoch));
      for (const row of rowsOf<SegmentRow>(ofEpoch)) found.set(row.id, row);
    }
    return [...found.values()];
  }

  #removeSegment(row: SegmentRow): void {
    const fragments = row.fragments
      ? unpackTable(row.fragments, row.start)
      : rowsOf<{ pack: number; bytes: number }>(this.#sql.openFragments.all(row.id));
    if (row.pack !== null) this.#sql.dead.run(1, row.bytes ?? 0, row.pack);
    for (const { bytes, pack } of fragments) this.#sql.dead.run(0, bytes, pack);
    for (const pack of new Set(fragments.map((fragment) => fragment.pack))) this.#sql.dead.run(1, 0, pack);
    this.#sql.removeFragments.run(row.id);
    this.#sql.removeSegment.run(row.id);
    this.#index.forget(toHex(row.segment) as SegmentId);
  }

  #removeEnvelopes(camera: number, period: Instant): void {
    const rows = rowsOf<{ epoch: Uint8Array; bytes: number; pack: number }>(this.#sql.envelopes.all(camera, period));
    for (const { epoch, bytes, pack } of rows) {
      this.#sql.dead.run(1, bytes, pack);
      this.#index.forgetEpoch(toHex(epoch) as EpochId);
    }
    this.#sql.removeEnvelopes.run(camera, period);
  }

  #removeEnvelopesIn(rows: readonly PlacedEntry[]): void {
    for (const { entry, place } of rows) {
      if (entry.type !== "envelope" && entry.type !== "statement") continue;
      const isStatement = entry.type === "statement" ? 1 : 0;
      const { changes } = this.#sql.removeEnvelope.run(fromHex(entry.epoch), isStatement, place.pack);
      if (changes === 0) continue;
      this.#sql.dead.run(1, place.bytes, place.pack);
      if (!isStatement) this.#index.forgetEpoch(entry.epoch);
    }
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function prepared(database: DatabaseSync) {
  const columns = "id, camera, track, start, until, period, segment, pack, bytes, fragments";
  return {
    segment: database.prepare(`SELECT ${columns} FROM segments WHERE segment = ?`),
    segmentsOfPeriod: database.prepare(`SELECT ${columns} FROM segments WHERE camera = ? AND period = ?`),
    segmentsOfEpoch: database.prepare(`SELECT ${columns} FROM segments WHERE camera = ? AND period = ? AND epoch = ?`),
    anyOfPeriod: database.prepare("SELECT 1 FROM segments WHERE camera = ? AND period = ? LIMIT 1"),
    periods: database.prepare(
      "SELECT DISTINCT camera, period FROM envelopes WHERE period IS NOT NULL ORDER BY period, camera",
    ),
    openFragments: database.prepare("SELECT pack, bytes FROM open_fragments WHERE segment = ?"),
    removeFragments: database.prepare("DELETE FROM open_fragments WHERE segment = ?"),
    removeSegment: database.prepare("DELETE FROM segments WHERE id = ?"),
    envelopes: database.prepare("SELECT epoch, pack, bytes FROM envelopes WHERE camera = ? AND period = ?"),
    removeEnvelopes: database.prepare("DELETE FROM envelopes WHERE camera = ? AND period = ?"),
    removeEnvelope: database.prepare("DELETE FROM envelopes WHERE epoch = ? AND statement = ? AND pack = ?"),
    dead: database.prepare("UPDATE packs SET live = live - ?, live_bytes = live_bytes - ? WHERE number = ?"),
    addGap: database.prepare("INSERT INTO gaps (camera, track, start, until, cause) VALUES (?, ?, ?, ?, ?)"),
    deadPacks: database.prepare(
      "SELECT number, class AS retentionClass FROM packs WHERE closed = ? AND live <= 0 ORDER BY number",
    ),
    closedPacks: database.prepare("SELECT number, class AS retentionClass FROM packs WHERE closed = ? ORDER BY number"),
  };
}
