import { type GapCause, instant, type Track } from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { holes } from "../../tests/town/timelines.ts";

/** What was done to one camera, or to all, and what may be missing because of it. */
export interface Injected {
  readonly fault: string;
  /** `null`: all of them. */
  readonly camera: number | null;
  readonly causes: Readonly<Record<Track, readonly GapCause[]>>;
  readonly from: number;
  /** When all of it was undone; `Infinity` until then. */
  to: number;
  /** How far back it can make a gap of what was recorded: a full disk lets go of its oldest. */
  readonly reachesBackMs: number;
  /** How long after it was undone a gap may still begin because of it. */
  readonly lingersMs: number;
}

export interface Explained {
  readonly recordedMs: number;
  readonly gapMs: ReadonlyMap<GapCause, number>;
  /** In words, one for each stretch. */
  readonly unexplained: readonly string[];
  /** How long an explained gap went on after what made it was undone, at most. */
  readonly overdueMs: number;
}

/** A gap begins at the end of the last picture that became durable. */
const LEAD_MS = 3_000;
/** Until what was done is noticed. */
const TAIL_MS = 6_000;

/**
 * Holds what a recorder says of `[from, to)` of one track against what was done to it. A gap is explained when it, or one
 * that it follows without a break, began under a fault, and there was meanwhile one that makes gaps of its cause: what
 * happens while a camera is away may only change the cause, and who dies before silence is noticed tells of its own death.
 *
 * @param timeline reaches back far enough before `from` to show where a chain began
 * @param always   causes that need no fault
 */
export function explain(
  timeline: TrackTimeline,
  of: { readonly camera: number; readonly track: Track; readonly always: readonly GapCause[] },
  injected: readonly Injected[],
  from: number,
  to: number,
): Explained {
  const faults = injected.filter(({ camera }) => camera === null || camera === of.camera);
  const gapMs = new Map<GapCause, number>();
  const unexplained: string[] = [];
  let overdueMs = 0;
  /** Where the gaps of an unbroken chain began, and where it ends. */
  let chain = { begins: [] as number[], to: Number.NEGATIVE_INFINITY };
  for (const gap of timeline.gaps) {
    const end = gap.to ?? to;
    chain = { begins: [...(gap.from <= chain.to ? chain.begins : []), gap.from], to: end };
    const { begins } = chain;
    const inside = within(gap.from, end, from, to);
    if (inside === 0) continue;
    gapMs.set(gap.cause, (gapMs.get(gap.cause) ?? 0) + inside);
    const began = faults.some((fault) => begins.some((at) => at >= firstOf(fault) && at <= lastOf(fault)));
    const causing = faults.filter(
      (fault) =>
        fault.causes[of.track].includes(gap.cause) && firstOf(fault) <= end && lastOf(fault) >= (begins[0] ?? gap.from),
    );
    const known = began && causing.length > 0;
    if (known) overdueMs = Math.max(overdueMs, end - Math.max(...causing.map((fault) => fault.to + fault.lingersMs)));
    else if (!of.always.includes(gap.cause)) unexplained.push(words(of, gap.cause, gap.from, end));
  }
  for (const hole of holes(timeline, instant(from), instant(to)))
    unexplained.push(words(of, "neither recorded nor a gap", hole.from, hole.to));
  const recordedMs = timeline.segments.reduce((sum, segment) => sum + within(segment.from, segment.to, from, to), 0);
  return { recordedMs, gapMs, unexplained, overdueMs };
}

/** When a gap may begin that this made. */
const firstOf = (fault: Injected): number => fault.from - LEAD_MS - fault.reachesBackMs;
const lastOf = (fault: Injected): number => fault.to + TAIL_MS + fault.lingersMs;

const within = (from: number, to: number, first: number, last: number): number =>
  Math.max(0, Math.min(to, last) - Math.max(from, first));

const words = (of: { camera: number; track: Track }, what: string, from: number, to: number): string =>
  `camera ${of.camera + 1}, ${of.track}: ${what}, ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
