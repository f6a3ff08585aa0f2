/** A concave function of multipliers from 0 to `most`, to be maximised. */
export interface Dual {
  readonly size: number;
  /** The largest value of each multiplier. */
  readonly most: Float64Array;
  readonly start: Float64Array;
  /** The value at `multipliers`; `slope` is filled with a subgradient. */
  value(multipliers: Float64Array, slope: Float64Array): number;
}

export interface VolumeState {
  readonly multipliers: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** No longer worth going on. */
  readonly settled: boolean;
}

/** Steps between two looks from outside. */
const STEPS = 20;
/** It is settled when this many steps bring less than this share. */
const PATIENCE = 400;
const WORTH = 1e-6;
/** The step aims this share above the best value. */
const AHEAD = 0.01;
/** The smallest share of a new subgradient in the smoothed one, and the shortest step. */
const LEAST_SHARE = 0.01;
const SHORTEST = 1e-5;

/**
 * The volume algorithm (Barahona & Anbil 2000): steps go from the best multipliers so far along a smoothed subgradient,
 * which tends to the slack of an optimal fractional solution. Plain subgradient steps stalled 10 % under the optimum
 * where this reached 0.1 %.
 */
export function* volume(dual: Dual): Generator<VolumeState, VolumeState> {
  const { size, most } = dual;
  const best = dual.start.slice();
  const slope = new Float64Array(size);
  let value = dual.value(best, slope);
  const smooth = slope.slice();
  const trial = new Float64Array(size);
  let target = ahead(value);
  let length = 0.1;
  let worse = 0;
  let stuck = 0;
  let share = 0.1;
  let shareValue = value;
  let lastLook = value;
  for (let steps = 1; ; steps++) {
    let norm = 0;
    for (let i = 0; i < size; i++) {
      const v = smooth[i]!;
      // What pushes against an end of the range moves nothing, so it must not shorten the step.
      if ((v < 0 && best[i] === 0) || (v > 0 && best[i] === most[i])) continue;
      norm += v * v;
    }
    if (norm < 1e-12) {
      if (++stuck > 20) return { multipliers: best, value, steps, settled: true };
      // What was smoothed away may still show a way up.
      dual.value(best, smooth);
      continue;
    }
    const step = (length * (target - value)) / norm;
    for (let i = 0; i < size; i++) {
      trial[i] = Math.min(Math.max(0, best[i]! + step * smooth[i]!), most[i]!);
    }
    const reached = dual.value(trial, slope);
    const mix = mixOf(slope, smooth, share);
    if (reached > value) {
      let along = 0;
      for (let i = 0; i < size; i++) along += slope[i]! * smooth[i]!;
      if (along > 0) length = Math.min(2, length * 1.1);
      best.set(trial);
      value = reached;
      worse = 0;
    } else if (++worse >= 20) {
      worse = 0;
      length = Math.max(SHORTEST, length * 0.66);
    }
    for (let i = 0; i < size; i++) smooth[i] = mix * slope[i]! + (1 - mix) * smooth[i]!;
    target = Math.max(target, ahead(value));
    if (steps % 100 === 0) {
      if (value - shareValue < 0.01 * Math.abs(value)) share = Math.max(LEAST_SHARE, share / 2);
      shareValue = value;
    }
    if (steps % PATIENCE === 0) {
      if (value - lastLook < WORTH * Math.abs(value)) return { multipliers: best, value, steps, settled: true };
      lastLook = value;
    }
    if (steps % STEPS === 0) yield { multipliers: best, value, steps, settled: false };
  }
}

const ahead = (value: number): number => value + AHEAD * Math.abs(value) + 1e-9;

/** The share of the new subgradient that makes the mixture shortest, within (0, most]. */
function mixOf(slope: Float64Array, smooth: Float64Array, most: number): number {
  let along = 0;
  let apart = 0;
  for (let i = 0; i < slope.length; i++) {
    const d = slope[i]! - smooth[i]!;
    apart += d * d;
    along -= d * smooth[i]!;
  }
  const shortest = apart > 0 ? along / apart : most;
  return shortest <= 0 ? most / 10 : Math.min(shortest, most);
}
