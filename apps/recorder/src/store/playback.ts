import type { DatabaseSync } from "node:sqlite";
import { type CameraId, type GapCause, type Instant, instant, type SegmentId, toHex, type Track } from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { trackByte } from "@overt/seal";
import type { Place } from "./entry.ts";
import { type FragmentRow, unpackTable } from "./fragment-table.ts";
import { rowsOf, type SegmentIndex } from "./segment-index.ts";
import { type Gap, SEAM_MS, type Stretch, trackTimeline } from "./timeline.ts";

/** What of one segment a reader gets, and where it lies. */
export interface SegmentPlan {
  readonly segment: SegmentId;
  readonly header: Place | null;
  readonly envelope: Place | null;
  readonly fragments: readonly FragmentRow[];
}

/** A step of a plan: its segments, and where the next step begins. */
export interface PlanStep {
  readonly segments: readonly SegmentPlan[];
  readonly next: Instant | null;
}

/** Starts of segments that one step of a plan looks at. */
const STEP_MS = 10 * 60_000;
/** No lawful segment is longer: it ends at 1 min, or at its camera's next key picture. */
export const LONGEST_SEGMENT_MS = 10 * 60_000;
/** How far back the last key picture is looked for. */
const KEY_SEARCH_MS = 60 * 60_000;

/** Answers what is recorded and where, from the index alone. */
export class Playback {
  readonly #index: SegmentIndex;
  readonly #sql: ReturnType<typeof prepared>;

  constructor(database: DatabaseSync, index: SegmentIndex) {
    this.#index = index;
    this.#sql = prepared(database);
  }

  /** @param missing Packs whose file is away: what lies in them is a gap until it is back (sto-06). */
  timeline(camera: CameraId, track: Track, from: Instant, to: Instant, missing: ReadonlySet<number>): TrackTimeline {
    const row = this.#index.knownCamera(camera);
    if (row === null) return { segments: [], gaps: [] };
    const stretches: Stretch[] = [];
    const lost: Gap[] = [];
    const rows = this.#segments(row, track, instant(from - SEAM_MS), instant(to + SEAM_MS), missing.size > 0);
    for (const segment of rows) {
      const span = { from: segment.start as Instant, to: segment.until as Instant };
      const away = missing.size > 0 && this.#fragments(segment).some(({ pack }) => missing.has(pack));
      if (away) lost.push({ ...span, cause: "unknown" });
      else
        stretches.push({
          ...span,
          startsOnKeyPicture: segment.key_start === 1,
          clockOffsetMs: segment.clock_offset,
        });
    }
    const gaps = [...this.#gaps(row, track, from, to), ...lost].sort((a, b) => a.from - b.from);
    return trackTimeline(stretches, gaps, from, to);
  }

  /**
   * The segments that hold `[from, to)`, in order of time, from the last key picture at or before `from` on: in the
   * same segment, or in one before it that it follows without a seam. A step at a time, so that a day is no one answer.
   *
   * @param since where the step before ended; null at first
   * @returns `next` is where the next step begins, null after the last
   */
  plan(camera: CameraId, track: Track, from: Instant, to: Instant, since: Instant | null): PlanStep {
    const row = this.#index.knownCamera(camera);
    if (row === null) return { segments: [], next: null };
    const until = instant(Math.min(to, (since ?? from) + STEP_MS));
    const next = until < to ? until : null;
    const earliest = since === null ? from - KEY_SEARCH_MS - LONGEST_SEGMENT_MS : since - 1;
    const found = this.#startingIn(row, track, instant(earliest), until, true)
      .filter((segment) => since !== null || segment.until > from - KEY_SEARCH_MS)
      .map((segment) => ({ segment, fragments: this.#fragments(segment) }));
    const start = since === null ? startAt(found, from) : { segment: 0, counter: 0 };
    const segments = found.slice(start.segment).flatMap(({ segment, fragments }, i) => {
      const wanted = fragments.filter(
        ({ kind, time, counter }) =>
          kind === "init" || kind === "end" || (time < to && (i > 0 || counter >= start.counter)),
      );
      return wanted.some(({ kind }) => kind === "key" || kind === "media") ? [this.#planOf(segment, wanted, to)] : [];
    });
    return { segments, next };
  }

  #planOf(segment: SegmentRow, fragments: readonly FragmentRow[], to: Instant): SegmentPlan {
    const envelope = this.#sql.envelope.get(segment.epoch, segment.camera, segment.track) as Place | undefined;
    const { pack, offset, bytes } = segment;
    return {
      segment: toHex(segment.segment) as SegmentId,
      header: pack === null || offset === null || bytes === null ? null : { pack, offset, bytes },
      envelope: envelope ? { ...envelope } : null,
      // The end message says how many there are: it is of use only to who gets them all.
      fragments: segment.until <= to ? fragments : fragments.filter(({ kind }) => kind !== "end"),
    };
  }

  #segments(camera: number, track: Track, from: Instant, to: Instant, withTables: boolean): SegmentRow[] {
    const starting = this.#startingIn(camera, track, instant(from - LONGEST_SEGMENT_MS), to, withTables);
    return starting.filter((row) => row.until > from);
  }

  /** Those that start in `(after, before)`. */
  #startingIn(camera: number, track: Track, after: Instant, before: Instant, withTables: boolean): SegmentRow[] {
    const query = withTables ? this.#sql.segmentsWithTables : this.#sql.segments;
    const open = this.#index.openByRow();
    return rowsOf<SegmentRow>(query.all(camera, trackByte(track), after, before)).map((row) => {
      const { until, clockOffsetMs } = open.get(row.id) ?? { until: row.until, clockOffsetMs: row.clock_offset };
      return { ...row, until, clock_offset: clockOffsetMs };
    });
  }

  #fragments(segment: SegmentRow): readonly FragmentRow[] {
    if (segment.fragments) return unpackTable(segment.fragments, segment.start as Instant);
    return this.#index.openByRow().get(segment.id)?.fragments ?? [];
  }

  #gaps(camera: number, track: Track, from: Instant, to: Instant): Gap[] {
    return rowsOf<{ start: Instant; until: Instant | null; cause: GapCause }>(
      this.#sql.gaps.all(camera, trackByte(track), to, from),
    ).map(({ start, until, cause }) => ({ from: start, to: until, cause }));
  }
}

interface SegmentRow {
  readonly id: number;
  readonly camera: number;
  readonly track: number;
  readonly start: number;
  readonly until: number;
  readonly key_start: number;
  readonly epoch: Uint8Array;
  readonly segment: Uint8Array;
  readonly pack: number | null;
  readonly offset: number | null;
  readonly bytes: number | null;
  readonly fragments: Uint8Array | null;
  readonly clock_offset: number | null;
}

interface Loaded {
  readonly segment: SegmentRow;
  readonly fragments: readonly FragmentRow[];
}

/** Where the last key picture at or before `from` is; else where the unbroken run of segments begins. */
function startAt(segments: readonly Loaded[], from: Instant): { segment: number; counter: number } {
  let at = segments.findIndex(({ segment }) => segment.until > from);
  if (at < 0) return { segment: segments.length, counter: 0 };
  for (;;) {
    const { segment, fragments } = segments[at] as Loaded;
    const key = fragments.findLast(({ kind, time }) => kind === "key" && time <= from);
    if (key) return { segment: at, counter: key.counter };
    const before = segments[at - 1];
    if (!before || segment.start - before.segment.until >= SEAM_MS) return { segment: at, counter: 0 };
    at--;
  }
}

function prepared(database: DatabaseSync) {
  const segments = (table: string) =>
    `SELECT id, camera, track, start, until, key_start, epoch, segment, pack, offset, bytes, ${table} AS fragments,
       clock_offset
     FROM segments WHERE camera = ? AND track = ? AND start > ? AND start < ? ORDER BY start, id`;
  return {
    segments: database.prepare(segments("NULL")),
    segmentsWithTables: database.prepare(segments("fragments")),
    envelope: database.prepare(
      "SELECT pack, offset, bytes FROM envelopes WHERE epoch = ? AND statement = 0 AND camera = ? AND track = ?",
    ),
    gaps: database.prepare(
      `SELECT start, until, cause FROM gaps
       WHERE camera = ? AND track = ? AND start < ? AND (until IS NULL OR until > ?) ORDER BY start, id`,
    ),
  };
}
