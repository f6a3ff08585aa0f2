import { days, instant, minutes, type Span } from "@overt/core";
import { localDays, minuteOf } from "./civil.ts";
import { type ByHour, ALWAYS } from "./load.ts";
import { checkFigure } from "./power-error.ts";
import { clipped, union } from "./spans.ts";

/** What a utility publishes where it publishes no calendar: how often, how long, and perhaps when. */
export interface CutStatistics {
  readonly zone: string;
  readonly cutsPerDay: number;
  readonly meanMinutes: number;
  readonly longestMinutes: number;
  /** How likely a cut is to begin in each hour, in any unit; null: all alike. */
  readonly beginsByHour: ByHour | null;
  /** The same seed draws the same cuts. */
  readonly seed: number;
}

/**
 * Cuts drawn from statistics. They are spread evenly over the days and over the lengths (exponential, ending at the
 * longest), so that a month is no luckier than a year; the longest is always among them, for a battery is sized for it.
 *
 * @throws OvertError `POWER_FIGURE_INVALID` `POWER_ZONE_UNKNOWN`
 */
export function drawnCuts(statistics: CutStatistics, within: Span): Span[] {
  const { zone, cutsPerDay, meanMinutes, longestMinutes, beginsByHour, seed } = statistics;
  checkFigure("Cuts per day", cutsPerDay, 0, 96);
  checkFigure("The longest cut in minutes", longestMinutes);
  checkFigure("The mean cut in minutes", meanMinutes, 0, longestMinutes);
  const dates = localDays(zone, within);
  const count = Math.round((cutsPerDay * (within.to - within.from)) / days(1));
  if (count === 0 || meanMinutes === 0) return [];
  const random = randomOf(seed);
  const lengths = shuffled(lengthsOf(count, meanMinutes, longestMinutes), random);
  const begins = lengths.map((_, i) => {
    const { day } = dates[Math.min(dates.length - 1, Math.floor(((i + random()) / count) * dates.length))]!;
    const hour = hourOf(beginsByHour ?? ALWAYS, random());
    return minuteOf(Temporal.PlainDate.from(day), hour * 60 + Math.floor(random() * 60), zone);
  });
  return clipped(
    union(
      oneAfterTheOther(
        begins.sort((a, b) => a - b),
        lengths,
      ),
    ),
    within,
  );
}

/** A cut that would begin within the one before begins a minute after it. */
function oneAfterTheOther(begins: readonly number[], lengths: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (const [i, begin] of begins.entries()) {
    const from = instant(Math.max(begin, (spans.at(-1)?.to ?? Number.NEGATIVE_INFINITY) + minutes(1)));
    spans.push({ from, to: instant(from + minutes(lengths[i]!)) });
  }
  return spans;
}

/** Quantiles of the exponential, cut off at the longest and scaled so that the mean is kept as far as that allows. */
function lengthsOf(count: number, meanMinutes: number, longestMinutes: number): number[] {
  const raw = Array.from({ length: count }, (_, i) => -Math.log(1 - (i + 0.5) / count));
  const meanAt = (scale: number): number =>
    raw.reduce((sum, each, i) => sum + (i === count - 1 ? longestMinutes : Math.min(longestMinutes, each * scale)), 0) /
    count;
  let [low, high] = [0, longestMinutes * 20];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < meanMinutes) low = middle;
    else high = middle;
  }
  return raw.map((each, i) => (i === count - 1 ? longestMinutes : Math.max(1, Math.min(longestMinutes, each * low))));
}

function hourOf(weights: ByHour, draw: number): number {
  const sum = weights.reduce((total, each) => total + each, 0);
  let left = draw * sum;
  const hour = weights.findIndex((each) => {
    left -= each;
    return left < 0;
  });
  return hour < 0 ? 23 : hour;
}

function shuffled(values: number[], random: () => number): number[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

/** Mulberry32, by Tommy Ettinger (public domain): small, and the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
