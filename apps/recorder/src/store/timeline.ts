import type { GapCause, Instant } from "@overt/core";
import type { TrackTimeline } from "@overt/link";

/** A stretch of one track as the index has it. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly startsOnKeyPicture: boolean;
  /** Camera clock minus trusted time; null while unknown. */
  readonly clockOffsetMs: number | null;
}

export interface Gap {
  readonly from: Instant;
  /** `null` while it lasts. */
  readonly to: Instant | null;
  readonly cause: GapCause;
}

/** A seam below this is a camera that sends fewer pictures than it says, not a gap (ops-02). */
export const SEAM_MS = 2_000;
/** Clocks that differ by less than this are told as one. */
const SAME_CLOCK_MS = 1_000;

/**
 * What is shown of a track in `[from, to)`: stretches joined over their seams while the camera's clock goes as it did,
 * and gaps only where nothing is recorded, so that no second is shown as both.
 *
 * @param stretches In order of `from`; they may overlap where a clock was set back.
 * @param gaps In order of `from`.
 */
export function trackTimeline(
  stretches: readonly Stretch[],
  gaps: readonly Gap[],
  from: Instant,
  to: Instant,
): TrackTimeline {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    if (stretch.to <= stretch.from) continue;
    const last = joined.at(-1);
    if (!last || stretch.from - last.to >= SEAM_MS || gapBetween(gaps, last.to, stretch.from)) joined.push(stretch);
    else if (stretch.to > last.to) joined.splice(-1, 1, ...seamless(last, stretch));
  }
  const segments = joined
    .filter((stretch) => stretch.to > from && stretch.from < to)
    .map((stretch) => ({ ...stretch, from: later(stretch.from, from), to: earlier(stretch.to, to) }));
  return {
    segments,
    gaps: gaps
      .flatMap((gap) => outside(gap, joined))
      .filter((gap) => (gap.to ?? to) > from && gap.from < to)
      .map((gap) => ({ ...gap, from: later(gap.from, from), to: gap.to === null ? null : earlier(gap.to, to) }))
      .reduce<Gap[]>(apart, []),
  };
}

/** One stretch, or two that touch: each tells of its own clock. */
function seamless(last: Stretch, next: Stretch): Stretch[] {
  const clockOffsetMs = last.clockOffsetMs ?? next.clockOffsetMs;
  if (clockOffsetMs === null || Math.abs((next.clockOffsetMs ?? clockOffsetMs) - clockOffsetMs) < SAME_CLOCK_MS)
    return [{ ...last, to: next.to, clockOffsetMs }];
  return [
    { ...last, to: later(last.to, next.from) },
    { ...next, from: later(last.to, next.from) },
  ];
}

/**
 * One timeline of several volumes' of one track: no second is shown twice, and none as a gap that another one recorded.
 *
 * @param timelines Of one span. Where two tell of a gap, the earlier one is believed: give the camera's home first.
 */
export function mergeTimelines(timelines: readonly TrackTimeline[]): TrackTimeline {
  return timelines.reduce(
    (told, more) => ({
      segments: [...told.segments, ...more.segments].sort((a, b) => a.from - b.from),
      gaps: [
        ...told.gaps.flatMap((gap) => outside(gap, more.segments)),
        ...more.gaps.flatMap((gap) =>
          outside(
            gap,
            [...told.segments, ...told.gaps].sort((a, b) => a.from - b.from),
          ),
        ),
      ].sort((a, b) => a.from - b.from),
    }),
    { segments: [], gaps: [] },
  );
}

/** Joins what touches and has one cause; cuts off what another gap has told already. */
function apart(told: Gap[], gap: Gap): Gap[] {
  const last = told.at(-1);
  if (!last || (last.to !== null && last.to < gap.from)) return [...told, gap];
  if (last.to === null || (gap.to !== null && gap.to <= last.to)) return told;
  if (last.cause === gap.cause) return [...told.slice(0, -1), { ...last, to: gap.to }];
  return [...told, { ...gap, from: last.to }];
}

const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** A picture that was lost for a reason is a gap however short it is. */
const gapBetween = (gaps: readonly Gap[], from: Instant, to: Instant): boolean =>
  from < to && gaps.some((gap) => gap.from < to && (gap.to === null || gap.to > from));

/** The parts of a gap that nothing of `covered`, in order of `from`, covers. */
function outside(gap: Gap, covered: readonly { readonly from: Instant; readonly to: Instant | null }[]): Gap[] {
  const parts: Gap[] = [];
  let at = gap.from;
  for (const { from, to } of covered) {
    if (to !== null && to <= at) continue;
    if (gap.to !== null && from >= gap.to) break;
    if (from > at) parts.push({ from: at, to: from, cause: gap.cause });
    if (to === null) return parts;
    at = to;
  }
  if (gap.to === null || gap.to > at) parts.push({ from: at, to: gap.to, cause: gap.cause });
  return parts;
}
