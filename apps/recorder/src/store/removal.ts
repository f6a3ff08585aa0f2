import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type EpochId, fromHex, type Instant, type SegmentId, toHex } from "@overt/core";
import type { Place, PlacedEntry } from "./entry.ts";
import { unpackTable } from "./fragment-table.ts";
import type { PeriodUsage } from "./forecast.ts";
import { NOT_HELD } from "./holds.ts";
import type { PackName } from "./pack.ts";
import { PACK_CLOSED, PACK_OPEN } from "./recovery.ts";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";
import { SEAM_MS } from "./timeline.ts";

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
  readonly offset: number | null;
  readonly bytes: number | null;
  readonly fragments: Uint8Array | null;
  readonly size: number;
}

/** A pack that nothing is appended to. */
export interface ClosedPack extends PackName {
  readonly bytes: number;
  readonly liveBytes: number;
}

/** Takes rows away, and keeps count of what lives in each pack. Every change happens in the caller's transaction. */
export class Removal {
  readonly #index: SegmentIndex;
  readonly #sql: ReturnType<typeof prepared>;

  constructor(database: DatabaseSync, index: SegmentIndex) {
    this.#index = index;
    this.#sql = prepared(database);
  }

  /** Every row of a period whose key is dead, but for what is held; of cameras that are no longer configured too (sto-13). */
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
  evictPack(rows: readonly PlacedEntry[]): CameraPeriod[] {
    const segments = this.#segmentsIn(rows);
    for (const segment of segments) this.#evict(segment);
    this.#removeEnvelopesIn(rows);
    return this.#emptied(segments);
  }

  /** The oldest segment of a camera that has ended. What is gone is a gap. @returns `null` when it has none */
  evictOldest(camera: CameraId): { readonly bytes: number; readonly periods: readonly CameraPeriod[] } | null {
    const segment = this.#sql.oldestOf.get(this.#index.knownCamera(camera)) as SegmentRow | undefined;
    if (!segment) return null;
    this.#evict(segment);
    return { bytes: segment.size, periods: this.#emptied([segment]) };
  }

  /** Those of a pack's records that are still what they were. */
  living(rows: readonly PlacedEntry[]): PlacedEntry[] {
    const segments = new Map<SegmentId, ReadonlySet<string>>();
    return rows.filter(({ entry, place }) => {
      if (entry.type === "envelope" || entry.type === "statement") {
        const isStatement = entry.type === "statement" ? 1 : 0;
        return this.#sql.envelopeAt.get(fromHex(entry.epoch), isStatement, place.pack, place.offset) !== undefined;
      }
      const places = segments.get(entry.segment) ?? this.#placesOf(entry.segment);
      segments.set(entry.segment, places);
      return places.has(placeName(place));
    });
  }

  /** Living bytes of each camera: summed by SQLite, since a large volume has 100,000 periods. */
  bytesByCamera(): { readonly camera: CameraId; readonly bytes: number }[] {
    const names = this.#index.cameraNames();
    return rowsOf<{ camera: number; bytes: number }>(this.#sql.bytesByCamera.all()).flatMap((row) => {
      const camera = names.get(row.camera);
      return camera ? [{ camera, bytes: row.bytes }] : [];
    });
  }

  /** Living bytes of each camera and period. */
  usage(): PeriodUsage[] {
    const names = this.#index.cameraNames();
    return rowsOf<{ camera: number; period: Instant; bytes: number }>(this.#sql.usage.all()).flatMap((row) => {
      const camera = names.get(row.camera);
      return camera ? [{ camera, period: row.period, bytes: row.bytes }] : [];
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
  closedPacks(): ClosedPack[] {
    return rowsOf<ClosedPack>(this.#sql.closedPacks.all(PACK_CLOSED));
  }

  /** Packs whose dead parts were being given back: power may have failed in the middle, and a footer be torn. */
  hollowing(): number[] {
    return rowsOf<{ pack: number }>(this.#sql.hollowing.all()).map(({ pack }) => pack);
  }

  beginHollowing(pack: number): void {
    this.#sql.hollow.run(pack);
  }

  endHollowing(pack: number): void {
    this.#sql.hollowed.run(pack);
  }

  /** What is dead in packs that are being written, and cannot be given back yet. */
  deadBytesInOpenPacks(): number {
    return (this.#sql.deadInOpen.get(PACK_OPEN) as { bytes: number }).bytes;
  }

  #evict(segment: SegmentRow): void {
    const { camera, track, start } = segment;
    const until = this.#endOf(segment);
    // One gap for what goes piece by piece.
    const { changes } = this.#sql.extendGap.run(until, camera, track, start - SEAM_MS, until);
    if (changes === 0) this.#sql.addGap.run(camera, track, start, until);
    this.#removeSegment(segment);
  }

  /** Periods of these segments of which nothing is left; their envelopes go with them. */
  #emptied(segments: readonly SegmentRow[]): CameraPeriod[] {
    const names = this.#index.cameraNames();
    const seen = new Set<string>();
    return segments.flatMap(({ camera, period }) => {
      const name = names.get(camera);
      if (!name || period === null || seen.has(`${camera} ${period}`)) return [];
      seen.add(`${camera} ${period}`);
      if (this.#sql.anyOfPeriod.get(camera, period)) return [];
      this.#removeEnvelopes(camera, period);
      return [{ camera: name, periodStart: period }];
    });
  }

  #placesOf(segment: SegmentId): ReadonlySet<string> {
    const row = this.#sql.segment.get(fromHex(segment)) as SegmentRow | undefined;
    if (!row) return new Set();
    const places = this.#fragmentsOf(row).map(placeName);
    return new Set(row.pack === null ? places : [...places, placeName({ pack: row.pack, offset: row.offset ?? 0 })]);
  }

  #fragmentsOf(row: SegmentRow): readonly Place[] {
    if (row.fragments) return unpackTable(row.fragments, row.start);
    return rowsOf<Place>(this.#sql.openFragments.all(row.id));
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

  /** The row of a segment that is being written does not say where it ends yet. */
  #endOf({ id, until, fragments }: SegmentRow): Instant {
    if (fragments) return until;
    return (this.#sql.openEnd.get(id) as { until: Instant | null }).until ?? until;
  }

  #removeSegment(row: SegmentRow): void {
    const fragments = this.#fragmentsOf(row);
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

const placeName = ({ pack, offset }: Pick<Place, "pack" | "offset">): string => `${pack} ${offset}`;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SQL: whether no segment is left under an envelope. */
const OPENS_NOTHING = `NOT EXISTS (SELECT 1 FROM segments
  WHERE segments.camera = envelopes.camera AND segments.period = envelopes.period AND segments.epoch = envelopes.epoch)`;

function prepared(database: DatabaseSync) {
  const columns = "id, camera, track, start, until, period, segment, pack, offset, bytes, fragments, size";
  return {
    segment: database.prepare(`SELECT ${columns} FROM segments WHERE segment = ?`),
    segmentsOfPeriod: database.prepare(
      `SELECT ${columns} FROM segments WHERE camera = ? AND period = ? AND ${NOT_HELD}`,
    ),
    segmentsOfEpoch: database.prepare(`SELECT ${columns} FROM segments WHERE camera = ? AND period = ? AND epoch = ?`),
    anyOfPeriod: database.prepare("SELECT 1 FROM segments WHERE camera = ? AND period = ? LIMIT 1"),
    hollowing: database.prepare("SELECT value AS pack FROM meta WHERE key GLOB 'hollowing*'"),
    hollow: database.prepare(
      "INSERT OR REPLACE INTO meta SELECT 'hollowing ' || pack, pack FROM (SELECT CAST(? AS INTEGER) AS pack)",
    ),
    hollowed: database.prepare("DELETE FROM meta WHERE key GLOB 'hollowing*' AND value = ?"),
    periods: database.prepare(
      "SELECT DISTINCT camera, period FROM envelopes WHERE period IS NOT NULL ORDER BY period, camera",
    ),
    openFragments: database.prepare("SELECT pack, offset, bytes FROM open_fragments WHERE segment = ?"),
    openEnd: database.prepare("SELECT max(time + duration) AS until FROM open_fragments WHERE segment = ?"),
    removeFragments: database.prepare("DELETE FROM open_fragments WHERE segment = ?"),
    removeSegment: database.prepare("DELETE FROM segments WHERE id = ?"),
    envelopes: database.prepare(
      `SELECT epoch, pack, bytes FROM envelopes WHERE camera = ? AND period = ? AND ${OPENS_NOTHING}`,
    ),
    removeEnvelopes: database.prepare(`DELETE FROM envelopes WHERE camera = ? AND period = ? AND ${OPENS_NOTHING}`),
    removeEnvelope: database.prepare("DELETE FROM envelopes WHERE epoch = ? AND statement = ? AND pack = ?"),
    dead: database.prepare("UPDATE packs SET live = live - ?, live_bytes = live_bytes - ? WHERE number = ?"),
    addGap: database.prepare("INSERT INTO gaps (camera, track, start, until, cause) VALUES (?, ?, ?, ?, 'disk_full')"),
    extendGap: database.prepare(
      `UPDATE gaps SET until = max(until, ?)
       WHERE camera = ? AND track = ? AND cause = 'disk_full' AND until BETWEEN ? AND ?`,
    ),
    oldestOf: database.prepare(
      `SELECT ${columns} FROM segments WHERE camera = ? AND state <> 0 AND ${NOT_HELD}
       ORDER BY period, start, id LIMIT 1`,
    ),
    envelopeAt: database.prepare(
      "SELECT 1 FROM envelopes WHERE epoch = ? AND statement = ? AND pack = ? AND offset = ?",
    ),
    bytesByCamera: database.prepare("SELECT camera, sum(bytes) AS bytes FROM usage GROUP BY camera"),
    usage: database.prepare("SELECT camera, period, bytes FROM usage"),
    deadPacks: database.prepare(
      "SELECT number, class AS retentionClass FROM packs WHERE closed = ? AND live <= 0 ORDER BY number",
    ),
    deadInOpen: database.prepare(
      "SELECT ifnull(sum(bytes - live_bytes), 0) AS bytes FROM packs WHERE closed = ? AND bytes > 0",
    ),
    closedPacks: database.prepare(
      `SELECT number, class AS retentionClass, bytes, live_bytes AS liveBytes FROM packs
       WHERE closed = ? ORDER BY number`,
    ),
  };
}
