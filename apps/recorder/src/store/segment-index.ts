import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type EpochId, fromHex, type Instant, type SegmentId, toHex } from "@overt/core";
import { trackByte } from "@overt/seal";
import type { Entry, EnvelopeEntry, FragmentEntry, Place, PlacedEntry, SegmentEntry, StatementEntry } from "./entry.ts";
import { type FragmentRow, packTable, unpackTable } from "./fragment-table.ts";
import type { GapJournal } from "./gap-journal.ts";
import type { PackName } from "./pack.ts";
import { sizeOf } from "./schema.ts";

/** `segments.state`. Open: more fragments may come. Whole: it ended with its end message. Fault: without one. */
export const SEGMENT_OPEN = 0;
export const SEGMENT_WHOLE = 1;
export const SEGMENT_FAULT = 2;

/** A segment that is being written, as SQLite holds it too, so that nothing need be read back. */
interface OpenSegment {
  readonly row: number;
  readonly camera: number;
  readonly track: number;
  start: Instant;
  until: Instant;
  /** Camera clock minus trusted time, as last told. */
  clockOffsetMs: number | null;
  readonly fragments: FragmentRow[];
}

/** The rows that say where records lie. Every change happens inside the caller's transaction. */
export class SegmentIndex {
  readonly #open = new Map<SegmentId, OpenSegment>();
  readonly #cameras = new Map<string, number>();
  readonly #periods = new Map<string, number>();
  readonly #journal: GapJournal | null;
  readonly #sql: ReturnType<typeof prepared>;

  /** @param journal told of gaps that a fragment ends */
  constructor(database: DatabaseSync, journal: GapJournal | null = null) {
    this.#journal = journal;
    this.#sql = prepared(database);
    for (const { id, name } of rowsOf<{ id: number; name: string }>(this.#sql.cameras.all()))
      this.#cameras.set(name, id);
    for (const row of rowsOf<SegmentRow>(this.#sql.openSegments.all()))
      this.#open.set(toHex(row.segment) as SegmentId, this.#loaded(row));
  }

  /**
   * Lists a record that a camera has just sent and that is durable at `place`. It ends what it follows: its track's gap,
   * its track's segment before.
   *
   * @returns false when it is listed already: a client sends again what it has no word of
   */
  add(entry: Entry, place: Place): boolean {
    if (entry.type === "segment") return this.#addSegment(entry, place);
    if (entry.type === "fragment") return this.#addFragment(entry, place);
    return this.#addEnvelope(entry, place);
  }

  /**
   * Lists records from a pack that is read again. They end nothing, and are folded at once.
   *
   * @param rows Of one segment; or one envelope or statement.
   */
  addPast(rows: readonly PlacedEntry[]): void {
    let segment: OpenSegment | null = null;
    let id: SegmentId | null = null;
    for (const { entry, place } of rows) {
      if (entry.type === "envelope" || entry.type === "statement") {
        this.#addEnvelope(entry, place);
        continue;
      }
      id = entry.segment;
      segment ??= this.#find(id) ?? this.#begin(entry, entry.type === "segment" && entry.startsOnKey);
      if (entry.type === "segment") {
        if (!this.has(entry)) this.#setHeader(segment, entry, place);
      } else if (!holds(segment, entry.counter)) {
        const row = this.#take(segment, entry, place);
        if (this.#open.has(id)) this.#addOpenFragment(segment.row, row);
      }
    }
    if (segment && id && !this.#open.has(id)) this.#fold(id, segment);
  }

  /** Whether `add` would return false. */
  has(entry: Entry): boolean {
    if (entry.type === "segment") {
      return ((this.#sql.segment.get(fromHex(entry.segment)) as SegmentRow | undefined)?.pack ?? null) !== null;
    }
    if (entry.type === "fragment") {
      const segment = this.#find(entry.segment);
      return segment !== null && holds(segment, entry.counter);
    }
    return this.#sql.envelope.get(fromHex(entry.epoch), entry.type === "statement" ? 1 : 0) !== undefined;
  }

  /** Ends every segment that is open: nothing more will come for it. */
  foldAll(): void {
    for (const [segment, open] of [...this.#open]) this.#fold(segment, open);
  }

  /** Its rows are gone. A fragment that still comes for it begins it anew. */
  forget(segment: SegmentId): void {
    this.#open.delete(segment);
  }

  /** Its envelope is gone. */
  forgetEpoch(epoch: EpochId): void {
    this.#periods.delete(epoch);
  }

  /**
   * Whether one of these records could never be opened: a fragment without its segment's header, a segment without its
   * epoch's envelope.
   *
   * @param brought segments and epochs whose header or envelope comes in the same commit; those of `entries` are added
   */
  lacksHead(entries: readonly Entry[], brought: Set<SegmentId | EpochId>): boolean {
    for (const entry of entries) {
      if (entry.type === "envelope") brought.add(entry.epoch);
      if (entry.type === "segment") {
        if (!brought.has(entry.epoch) && this.#periodOf(entry) === null) return true;
        brought.add(entry.segment);
      }
      if (entry.type === "fragment" && !brought.has(entry.segment) && !this.#isKnown(entry.segment)) return true;
    }
    return false;
  }

  #isKnown(segment: SegmentId): boolean {
    return this.#open.has(segment) || this.#sql.segment.get(fromHex(segment)) !== undefined;
  }

  /** Nothing happens when it is there already. @param state `packs.closed` */
  beginPack({ number, retentionClass }: PackName, state: number): void {
    this.#sql.addPack.run(number, retentionClass, state);
  }

  /** Its file is gone. */
  removePack(number: number): void {
    this.#sql.removePack.run(number);
  }

  /** What lies before `bytes` is listed: a start need not look at it. */
  setPackBytes(number: number, bytes: number, state: number): void {
    this.#sql.setPackBytes.run(bytes, state, number);
  }

  /** Nothing is appended to it any more. */
  closePack(number: number): void {
    this.#sql.closePack.run(number);
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
  openByRow(): ReadonlyMap<number, Pick<OpenSegment, "until" | "clockOffsetMs" | "fragments">> {
    return new Map([...this.#open.values()].map((open) => [open.row, open]));
  }

  #addSegment(entry: SegmentEntry, place: Place): boolean {
    if (this.has(entry)) return false;
    const known = this.#find(entry.segment);
    if (!known) this.#endPredecessors(entry);
    const segment = known ?? this.#begin(entry, entry.startsOnKey);
    this.#setHeader(segment, entry, place);
    if (!known) this.#open.set(entry.segment, segment);
    else if (!this.#open.has(entry.segment)) this.#fold(entry.segment, known);
    return true;
  }

  #setHeader(segment: OpenSegment, entry: SegmentEntry, place: Place): void {
    segment.start = entry.time;
    const { pack, offset, bytes } = place;
    this.#sql.setHeader.run(pack, offset, bytes, entry.startsOnKey ? 1 : 0, entry.time, segment.row);
    this.#sql.live.run(1, place.bytes, place.pack);
  }

  /** A segment that is followed and has no end message will not get one. */
  #endPredecessors(entry: SegmentEntry): void {
    const camera = this.cameraRow(entry.camera);
    const track = trackByte(entry.track);
    for (const [segment, open] of this.#open)
      if (open.camera === camera && open.track === track) this.#fold(segment, open);
  }

  #addFragment(entry: FragmentEntry, place: Place): boolean {
    const known = this.#find(entry.segment);
    if (known && holds(known, entry.counter)) return false;
    // Without its header (in a pack that is lost, or that is listed later) it is kept all the same.
    const open = known ?? this.#begin(entry, entry.kind === "key");
    if (!this.#open.has(entry.segment)) this.#reopen(entry.segment, open);
    this.#addOpenFragment(open.row, this.#take(open, entry, place));
    if (entry.kind === "end") this.#fold(entry.segment, open);
    else if (this.#sql.closeGap.run(entry.time, open.camera, open.track, entry.time).changes > 0)
      this.#journal?.note(entry.camera, entry.track, entry.time, null);
    return true;
  }

  /** Lists a fragment in memory, and counts it as living in its pack. */
  #take(segment: OpenSegment, entry: FragmentEntry, place: Place): FragmentRow {
    const { counter, time, durationMs, kind, cameraOffsetMs } = entry;
    const row = { counter, time, durationMs, kind, ...place };
    const packIsNew = !segment.fragments.some(({ pack }) => pack === place.pack);
    this.#sql.live.run(packIsNew ? 1 : 0, place.bytes, place.pack);
    segment.fragments.push(row);
    segment.until = Math.max(segment.until, time + durationMs) as Instant;
    // The first at once, so that it outlives a writer; its changes when the segment is folded.
    if (cameraOffsetMs !== null && segment.clockOffsetMs === null)
      this.#sql.setClockOffset.run(cameraOffsetMs, segment.row);
    segment.clockOffsetMs = cameraOffsetMs ?? segment.clockOffsetMs;
    return row;
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

  #begin(entry: SegmentEntry | FragmentEntry, startsOnKey: boolean): OpenSegment {
    const camera = this.cameraRow(entry.camera);
    const track = trackByte(entry.track);
    const row = this.#sql.addSegment.run(
      camera,
      track,
      entry.time,
      entry.time,
      startsOnKey ? 1 : 0,
      this.#periodOf(entry),
      fromHex(entry.epoch),
      fromHex(entry.segment),
    ).lastInsertRowid;
    const { time } = entry;
    return { row: Number(row), camera, track, start: time, until: time, clockOffsetMs: null, fragments: [] };
  }

  #fold(segment: SegmentId, open: OpenSegment): void {
    open.fragments.sort((a, b) => a.counter - b.counter);
    const state = open.fragments.some(({ kind }) => kind === "end") ? SEGMENT_WHOLE : SEGMENT_FAULT;
    const { start, until, clockOffsetMs, fragments, row } = open;
    this.#sql.fold.run(start, until, state, packTable(fragments, start), sizeOf(fragments), clockOffsetMs, row);
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
  #reopen(segment: SegmentId, found: OpenSegment): void {
    this.#sql.unfold.run(found.row);
    for (const fragment of found.fragments) this.#addOpenFragment(found.row, fragment);
    this.#open.set(segment, found);
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
    const { id, camera, track, clock_offset: clockOffsetMs } = row;
    return { row: id, camera, track, start, until, clockOffsetMs, fragments };
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

/** From the end: what is asked for is mostly the newest. */
const holds = (segment: OpenSegment, counter: number): boolean =>
  segment.fragments.findLast((fragment) => fragment.counter === counter) !== undefined;

interface SegmentRow {
  readonly id: number;
  readonly camera: number;
  readonly track: number;
  readonly start: number;
  readonly until: number;
  readonly segment: Uint8Array;
  readonly pack: number | null;
  readonly fragments: Uint8Array | null;
  readonly clock_offset: number | null;
}

/** `node:sqlite` types rows as columns of anything; the schema says what they are. */
export const rowsOf = <T>(rows: readonly object[]): T[] => rows as T[];

function prepared(database: DatabaseSync) {
  const columns = "id, camera, track, start, until, segment, pack, fragments, clock_offset";
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
      `INSERT INTO segments (camera, track, start, until, state, key_start, period, epoch, segment)
       VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)`,
    ),
    setHeader: database.prepare(
      "UPDATE segments SET pack = ?, offset = ?, bytes = ?, key_start = ?, start = ? WHERE id = ?",
    ),
    setPeriod: database.prepare(
      "UPDATE segments SET period = ? WHERE period IS NULL AND epoch = ? AND camera = ? AND track = ?",
    ),
    addFragment: database.prepare("INSERT INTO open_fragments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    removeFragments: database.prepare("DELETE FROM open_fragments WHERE segment = ?"),
    setClockOffset: database.prepare("UPDATE segments SET clock_offset = ? WHERE id = ?"),
    fold: database.prepare(
      "UPDATE segments SET start = ?, until = ?, state = ?, fragments = ?, size = ?, clock_offset = ? WHERE id = ?",
    ),
    unfold: database.prepare("UPDATE segments SET state = 0, fragments = NULL, size = 0 WHERE id = ?"),
    envelope: database.prepare("SELECT period FROM envelopes WHERE epoch = ? AND statement = ?"),
    addEnvelope: database.prepare("INSERT OR IGNORE INTO envelopes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    addPack: database.prepare("INSERT OR IGNORE INTO packs (number, class, bytes, closed) VALUES (?, ?, 0, ?)"),
    removePack: database.prepare("DELETE FROM packs WHERE number = ?"),
    setPackBytes: database.prepare("UPDATE packs SET bytes = ?, closed = ? WHERE number = ?"),
    closePack: database.prepare("UPDATE packs SET closed = 1 WHERE number = ?"),
    live: database.prepare("UPDATE packs SET live = live + ?, live_bytes = live_bytes + ? WHERE number = ?"),
    closeGap: database.prepare(
      "UPDATE gaps SET until = ? WHERE until IS NULL AND camera = ? AND track = ? AND start <= ?",
    ),
  };
}
