import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type GapCause, type Instant, type Track, TRACKS } from "@overt/core";
import { trackByte } from "@overt/seal";
import type { GapJournal } from "./gap-journal.ts";
import { transaction } from "./schema.ts";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";

/** Gaps, and the recorder's own runs: its absence is a gap too. Every change happens inside the caller's transaction. */
export class GapLog {
  readonly #index: SegmentIndex;
  readonly #journal: GapJournal | null;
  readonly #sql: ReturnType<typeof prepared>;

  constructor(database: DatabaseSync, index: SegmentIndex, journal: GapJournal | null) {
    this.#index = index;
    this.#journal = journal;
    this.#sql = prepared(database);
  }

  /** From `at` on `cause` is why nothing is recorded. A gap that lasts ends there, unless it has the same cause. */
  open(camera: CameraId, track: Track, at: Instant, cause: GapCause): void {
    const row = this.#index.cameraRow(camera);
    const lasting = this.#sql.lasting.get(row, trackByte(track)) as OpenGap | undefined;
    if (lasting?.cause === cause && lasting.start <= at) return;
    if (lasting) this.#end(lasting, at);
    this.#sql.add.run(row, trackByte(track), at, null, cause);
    this.#journal?.note(camera, track, at, cause);
  }

  /** Nothing happens when none lasts. A fragment of the track closes its gap too. */
  close(camera: CameraId, track: Track, at: Instant): void {
    const lasting = this.#sql.lasting.get(this.#index.cameraRow(camera), trackByte(track)) as OpenGap | undefined;
    if (!lasting) return;
    this.#end(lasting, at);
    this.#journal?.note(camera, track, at, null);
  }

  /** Whether this run has begun: then only its writer was away. */
  knows(run: string): boolean {
    return this.#sql.run.get(run) !== undefined;
  }

  /**
   * A recorder has started. From the end of its last run on, every track that was recording or asked to is down.
   *
   * @param cause why the recorder was away
   * @returns false when this run is known: only the writer was away
   */
  beginRun(run: string, at: Instant, cause: GapCause = "recorder_down"): boolean {
    if (this.knows(run)) return false;
    const last = this.#sql.lastRun.get() as { start: Instant; last: Instant } | undefined;
    this.#sql.addRun.run(run, at, at);
    if (last) this.#recorderDown(last, cause);
    return true;
  }

  /** Trusted time of the last commit of any run. */
  lastAt(): Instant {
    return (this.#sql.lastAt.get() as { last: Instant }).last;
  }

  /** An index that has never seen a recorder start is new: what the journal says goes into it. */
  async restore(database: DatabaseSync): Promise<void> {
    if (this.#sql.lastRun.get() || !this.#journal) return;
    const silent = new GapLog(database, this.#index, null);
    const events = await Array.fromAsync(this.#journal.events());
    transaction(database, () => {
      for (const { camera, track, at, cause } of events)
        if (cause === null) silent.close(camera, track, at);
        else silent.open(camera, track, at, cause);
    });
  }

  /** The recorder lived at `at`. */
  beat(run: string, at: Instant, stopped: boolean): void {
    this.#sql.beat.run(at, stopped ? 1 : 0, run);
  }

  /** When the last other run was still noted; null when there was none. */
  lastAlive(run: string): Instant | null {
    return (this.#sql.lastOther.get(run) as { last: Instant | null }).last;
  }

  #recorderDown(run: { start: Instant; last: Instant }, cause: GapCause): void {
    for (const [camera, name] of this.#index.cameraNames())
      for (const track of TRACKS) {
        const lasting = this.#sql.lasting.get(camera, trackByte(track)) as OpenGap | undefined;
        const end = (this.#sql.lastEnd.get(camera, trackByte(track)) as { until: Instant | null }).until;
        if (lasting?.cause === cause) continue;
        if (lasting) this.#end(lasting, run.last);
        else if (end === null || end < run.start) continue;
        const from = lasting ? (Math.max(run.last, lasting.start) as Instant) : (end as Instant);
        this.#sql.add.run(camera, trackByte(track), from, null, cause);
        this.#journal?.note(name, track, from, cause);
      }
  }

  #end(gap: OpenGap, at: Instant): void {
    if (at > gap.start) this.#sql.end.run(at, gap.id);
    else this.#sql.remove.run(gap.id);
  }
}

interface OpenGap {
  readonly id: number;
  readonly start: Instant;
  readonly cause: GapCause;
}

/** Gaps that last, for who goes on after a restart. */
export function lastingGaps(database: DatabaseSync, index: SegmentIndex) {
  const names = index.cameraNames();
  return rowsOf<{ camera: number; track: number; start: Instant; cause: GapCause }>(
    database.prepare("SELECT camera, track, start, cause FROM gaps WHERE until IS NULL").all(),
  ).flatMap(({ camera, track, start, cause }) => {
    const name = names.get(camera);
    return name ? [{ camera: name, track: track === 1 ? TRACKS[0] : TRACKS[1], from: start, cause }] : [];
  });
}

function prepared(database: DatabaseSync) {
  return {
    lasting: database.prepare("SELECT id, start, cause FROM gaps WHERE camera = ? AND track = ? AND until IS NULL"),
    add: database.prepare("INSERT INTO gaps (camera, track, start, until, cause) VALUES (?, ?, ?, ?, ?)"),
    end: database.prepare("UPDATE gaps SET until = ? WHERE id = ?"),
    remove: database.prepare("DELETE FROM gaps WHERE id = ?"),
    run: database.prepare("SELECT 1 FROM runs WHERE run = ?"),
    lastRun: database.prepare("SELECT start, last FROM runs ORDER BY start DESC LIMIT 1"),
    lastAt: database.prepare("SELECT max(last) AS last FROM runs"),
    lastOther: database.prepare("SELECT max(last) AS last FROM runs WHERE run != ?"),
    addRun: database.prepare("INSERT INTO runs VALUES (?, ?, ?, 0)"),
    beat: database.prepare("UPDATE runs SET last = max(last, ?), stopped = ? WHERE run = ?"),
    // What was recorded and had to make room is a gap by now.
    lastEnd: database.prepare(
      `SELECT max(until) AS until FROM
         (SELECT * FROM (SELECT until FROM segments WHERE camera = ?1 AND track = ?2 ORDER BY start DESC LIMIT 4)
          UNION ALL SELECT * FROM (SELECT until FROM gaps WHERE camera = ?1 AND track = ?2 AND cause = 'disk_full'
                                   ORDER BY start DESC LIMIT 4))`,
    ),
  };
}
