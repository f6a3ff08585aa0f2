export interface Slope {
  /** Mean of what was measured, in its own unit. */
  readonly level: number;
  /** In the same unit. */
  readonly perHour: number;
  /** Of `perHour`: 19 times of 20 the true slope is within two of them. */
  readonly standardErrorPerHour: number;
}

const HOUR_MS = 3_600_000;

/**
 * A straight line through samples, by least squares.
 *
 * @param samples `[at in ms, value]`; at least three for the error to be known
 */
export function slopeOf(samples: readonly (readonly [atMs: number, value: number])[]): Slope {
  const count = samples.length;
  const mean = (of: (sample: readonly [number, number]) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / count;
  const centreMs = mean(([atMs]) => atMs);
  const level = mean(([, value]) => value);
  const hours = (atMs: number): number => (atMs - centreMs) / HOUR_MS;
  const spread = samples.reduce((sum, [atMs]) => sum + hours(atMs) ** 2, 0);
  const perHour = samples.reduce((sum, [atMs, value]) => sum + hours(atMs) * (value - level), 0) / spread;
  const left = samples.reduce((sum, [atMs, value]) => sum + (value - level - perHour * hours(atMs)) ** 2, 0);
  return { level, perHour, standardErrorPerHour: Math.sqrt(left / (count - 2) / spread) };
}

/** Means of stretches of `lengthMs`: what swings within one is no growth, and no noise that could hide one. */
export function meansOf(
  samples: readonly (readonly [atMs: number, value: number])[],
  lengthMs: number,
): (readonly [atMs: number, value: number])[] {
  const stretches = Map.groupBy(samples, ([atMs]) => Math.floor(atMs / lengthMs));
  return [...stretches].map(([stretch, of]) => [
    (stretch + 0.5) * lengthMs,
    of.reduce((sum, [, value]) => sum + value, 0) / of.length,
  ]);
}
