import type { DatabaseSync } from "node:sqlite";
import { type CameraId, fromHex, type Instant, type SegmentId, toHex } from "@overt/core";
import { trackByte } from "@overt/seal";
import type { Entry, EnvelopeEntry, FragmentEntry, Place, SegmentEntry, StatementEntry } from "./entry.ts";
import { type FragmentRow, packTable, unpackTable } from "./fragment-table.ts";
import type { PackName } from "./pack.ts";

/** `segments.state`. Open: more fragments may come. Whole: it ended with its end message. Fault: without one. */
export const SEGMENT_OPEN = 0;
export const SEGMENT_WHOLE = 1;
export const SEGMENT_FAULT = 2;

/** A segment that is being written, as SQLite holds it too, so that nothing need be read back. */
interface OpenSegment {
  readonly row: number;
  readonly camera: number;
  readonly track: number;
  readonly start: Instant;
  until: Instant;
  readonly fragments: FragmentRow[];
}

/** The rows that say where records lie. Every change happens inside the caller's transaction. */
export class SegmentIndex {
  readonly #open = new Map<SegmentId, OpenSegment>();
  readonly #cameras = new Map<string, number>();
  readonly #periods = new Map<string, number>();
  readonly #sql: ReturnType<typeof prepared>;

  constructor(database: DatabaseSync) {
    this.#sql = prepared(database);
    for (const { id, name } of rowsOf<{ id: number; name: string }>(this.#sql.cameras.all()))
      this.#cameras.set(name, id);
    for (const row of rowsOf<SegmentRow>(this.#sql.openSegments.all()))
      this.#open.set(toHex(row.segment) as SegmentId, this.#loaded(row));
  }

  /**
   * Lists a record that is durable at `place`.
   *
   * @param past From a pack that is read again, not from a camera: it ends no gap and no other segment.
   * @returns false when it is listed already: a client sends again what it has no word of.
   */
  add(entry: Entry, place: Place, past = false): boolean {
    if (entry.type === "segment") return this.#addSegment(entry, place, past);
    if (entry.type === "fragment") return this.#addFragment(entry, place, past);
    return this.#addEnvelope(entry, place);
  }

  /** Whether `add` would return false. */
  has(entry: Entry): boolean {
    if (entry.type === "segment") {
      if (this.#open.has(entry.segment)) return true;
      return ((this.#sql.segment.get(fromHex(entry.segment)) as SegmentRow | undefined)?.pack ?? null) !== null;
    }
    if (entry.type === "fragment") return holds(this.#find(entry.segment), entry.counter);
    return this.#sql.envelope.get(fromHex(entry.epoch), entry.type === "statement" ? 1 : 0) !== undefined;
  }

  /** Ends every segment that is open, or of `only`: nothing more will come for it. */
  fold(only: Iterable<SegmentId> = [...this.#open.keys()]): void {
    for (const segment of only) {
      const open = this.#open.get(segment);
      if (open) this.#fold(segment, open);
    }
  }

  beginPack({ number, retentionClass }: PackName): void {
    this.#sql.addPack.run(number, retentionClass);
  }

  /** What lies before `bytes` is listed: a start need not look at it. */
  setPackBytes(number: number, bytes: number, closed: boolean): void {
    this.#sql.setPackBytes.run(bytes, closed ? 1 : 0, number);
  }

  cameraRow(camera: CameraId): number {
    const known = this.#cameras.get(camera);
    if (known !== undefined) return known;
    const row = Number(this.#sql.addCamera.run(camera).lastInsertRowid);
    this.#cameras.set(camera, row);
    return row;
  }

  /** As `cameraRow`, without making one. */
  knownCamera(camera: CameraId): number | null {
    return this.#cameras.get(camera) ?? null;
  }

  cameraNames(): Map<number, CameraId> {
    return new Map([...this.#cameras].map(([name, id]) => [id, name as CameraId]));
  }

  /** The fragments of each open segment, by its row: SQLite learns of their end only when the segment is folded. */
  openByRow(): Map<number, { until: Instant; fragments: readonly FragmentRow[] }> {
    return new Map([...this.#open.values()].map(({ row, until, fragments }) => [row, { until, fragments }]));
  }

  #addSegment(entry: SegmentEntry, place: Place, past: boolean): boolean {
    const found = this.#sql.segment.get(fromHex(entry.segment)) as SegmentRow | undefined;
    if (found && found.pack !== null) return false;
    if (found) this.#sql.setHeader.run(place.pack, place.offset, place.bytes, entry.startsOnKey ? 1 : 0, found.id);
    else {
      if (!past) this.#endPredecessors(entry);
      this.#begin(entry, entry.startsOnKey, place);
    }
    this.#sql.live.run(1, place.bytes, place.pack);
    return true;
  }

  /** A segment that is followed and has no end message will not get one. */
  #endPredecessors(entry: SegmentEntry): void {
    const camera = this.cameraRow(entry.camera);
    const track = trackByte(entry.track);
    for (const [segment, open] of this.#open)
      if (open.camera === camera && open.track === track) this.#fold(segment, open);
  }

  #addFragment(entry: FragmentEntry, place: Place, past: boolean): boolean {
    const known = this.#find(entry.segment);
    if (holds(known, entry.counter)) return false;
    // Without its header (in a pack that is lost, or listed later by a rebuild) it is kept all the same.
    const open = known ? this.#reopened(entry.segment, known) : this.#begin(entry, entry.kind === "key", null);
    const { counter, time, durationMs, kind } = entry;
    const packIsNew = !open.fragments.some(({ pack }) => pack === place.pack);
    this.#sql.live.run(packIsNew ? 1 : 0, place.bytes, place.pack);
    open.fragments.push({ counter, time, durationMs, kind, ...place });
    this.#addOpenFragment(open.row, { counter, time, durationMs, kind, ...place });
    open.until = Math.max(open.until, time + durationMs) as Instant;
    if (kind === "end" && !past) this.#fold(entry.segment, open);
    else if (!past) this.#sql.closeGap.run(time, open.camera, open.track, time);
    return true;
  }

  #addOpenFragment(segment: number, row: FragmentRow): void {
    const { counter, time, durationMs, kind, pack, offset, bytes } = row;
    this.#sql.addFragment.run(segment, counter, time, durationMs, kind, pack, offset, bytes);
  }

  #addEnvelope(entry: EnvelopeEntry | StatementEntry, place: Place): boolean {
    const isStatement = entry.type === "statement" ? 1 : 0;
    const epoch = fromHex(entry.epoch);
    const period = entry.type === "envelope" ? entry.periodStart : this.#periodOf(entry);
    const { pack, offset, bytes } = place;
    const track = trackByte(entry.track);
    const camera = this.cameraRow(entry.camera);
    const { changes } = this.#sql.addEnvelope.run(
      epoch,
      isStatement,
      camera,
      track,
      entry.time,
      period,
      pack,
      offset,
      bytes,
    );
    if (changes === 0) return false;
    this.#sql.live.run(1, bytes, pack);
    // A rebuild may find an envelope after what it opens.
    if (!isStatement) this.#sql.setPeriod.run(period, epoch, camera, track);
    return true;
  }

  #begin(entry: SegmentEntry | FragmentEntry, startsOnKey: boolean, place: Place | null): OpenSegment {
    const camera = this.cameraRow(entry.camera);
    const track = trackByte(entry.track);
    const row = Number(
      this.#sql.addSegment.run(
        camera,
        track,
        entry.time,
        entry.time,
        startsOnKey ? 1 : 0,
        this.#periodOf(entry),
        fromHex(entry.epoch),
        fromHex(entry.segment),
        place?.pack ?? null,
        place?.offset ?? null,
        place?.bytes ?? null,
      ).lastInsertRowid,
    );
    const open: OpenSegment = { row, camera, track, start: entry.time, until: entry.time, fragments: [] };
    this.#open.set(entry.segment, open);
    return open;
  }

  #fold(segment: SegmentId, open: OpenSegment): void {
    open.fragments.sort((a, b) => a.counter - b.counter);
    const state = open.fragments.some(({ kind }) => kind === "end") ? SEGMENT_WHOLE : SEGMENT_FAULT;
    this.#sql.fold.run(open.until, state, packTable(open.fragments, open.start), open.row);
    this.#sql.removeFragments.run(open.row);
    this.#open.delete(segment);
  }

  #find(segment: SegmentId): OpenSegment | null {
    const open = this.#open.get(segment);
    if (open) return open;
    const row = this.#sql.segment.get(fromHex(segment)) as SegmentRow | undefined;
    return row ? this.#loaded(row) : null;
  }

  /** A folded segment that gets a late fragment is open again. */
  #reopened(segment: SegmentId, found: OpenSegment): OpenSegment {
    if (this.#open.has(segment)) return found;
    this.#sql.unfold.run(found.row);
    for (const fragment of found.fragments) this.#addOpenFragment(found.row, fragment);
    this.#open.set(segment, found);
    return found;
  }

  #loaded(row: SegmentRow): OpenSegment {
    const start = row.start as Instant;
    const fragments = row.fragments
      ? unpackTable(row.fragments, start)
      : rowsOf<FragmentRow>(this.#sql.openFragments.all(row.id));
    const until = fragments.reduce(
      (end, { time, durationMs }) => Math.max(end, time + durationMs),
      row.until,
    ) as Instant;
    return { row: row.id, camera: row.camera, track: row.track, start, until, fragments };
  }

  #periodOf(entry: Entry): number | null {
    const known = this.#periods.get(entry.epoch);
    if (known !== undefined) return known;
    const row = this.#sql.envelope.get(fromHex(entry.epoch), 0) as { period: number | null } | undefined;
    if (typeof row?.period !== "number") return null;
    this.#periods.set(entry.epoch, row.period);
    if (this.#periods.size > PERIODS_KEPT) this.#periods.delete(this.#periods.keys().next().value as string);
    return row.period;
  }
}

/** Epochs whose period is remembered: a few for each camera of a large recorder. */
const PERIODS_KEPT = 4_000;

const holds = (segment: OpenSegment | null, counter: number): boolean =>
  segment?.fragments.some((fragment) => fragment.counter === counter) ?? false;

interface SegmentRow {
  readonly id: number;
  readonly camera: number;
  readonly track: number;
  readonly start: number;
  readonly until: number;
  readonly segment: Uint8Array;
  readonly pack: number | null;
  readonly fragments: Uint8Array | null;
}

/** `node:sqlite` types rows as columns of anything; the schema says what they are. */
export const rowsOf = <T>(rows: readonly object[]): T[] => rows as T[];

function prepared(database: DatabaseSync) {
  const columns = "id, camera, track, start, until, segment, pack, fragments";
  return {
    cameras: database.prepare("SELECT id, name FROM cameras"),
    addCamera: database.prepare("INSERT INTO cameras (name) VALUES (?)"),
    segment: database.prepare(`SELECT ${columns} FROM segments WHERE segment = ?`),
    openSegments: database.prepare(`SELECT ${columns} FROM segments WHERE state = 0`),
    openFragments: database.prepare(
      `SELECT counter, time, duration AS durationMs, kind, pack, offset, bytes FROM open_fragments
       WHERE segment = ? ORDER BY counter`,
    ),
    addSegment: database.prepare(
      `INSERT INTO segments (camera, track, start, until, state, key_start, period, epoch, segment, pack, offset, bytes)
       VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    setHeader: database.prepare("UPDATE segments SET pack = ?, offset = ?, bytes = ?, key_start = ? WHERE id = ?"),
    setPeriod: database.prepare(
      "UPDATE segments SET period = ? WHERE period IS NULL AND epoch = ? AND camera = ? AND track = ?",
    ),
    addFragment: database.prepare("INSERT INTO open_fragments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    removeFragments: database.prepare("DELETE FROM open_fragments WHERE segment = ?"),
    fold: database.prepare("UPDATE segments SET until = ?, state = ?, fragments = ? WHERE id = ?"),
    unfold: database.prepare("UPDATE segments SET state = 0, fragments = NULL WHERE id = ?"),
    envelope: database.prepare("SELECT period FROM envelopes WHERE epoch = ? AND statement = ?"),
    addEnvelope: database.prepare("INSERT OR IGNORE INTO envelopes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    addPack: database.prepare("INSERT INTO packs (number, class, bytes) VALUES (?, ?, 0)"),
    setPackBytes: database.prepare("UPDATE packs SET bytes = ?, closed = ? WHERE number = ?"),
    live: database.prepare("UPDATE packs SET live = live + ?, live_bytes = live_bytes + ? WHERE number = ?"),
    closeGap: database.prepare(
      "UPDATE gaps SET until = ? WHERE until IS NULL AND camera = ? AND track = ? AND start <= ?",
    ),
  };
}
