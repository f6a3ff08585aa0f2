import type { Pose, Posture } from "./figure.ts";

export interface Stop {
  readonly seconds: number;
  readonly posture: Posture;
  /** Where the figure looks while it stands. */
  readonly heading: readonly [x: number, z: number];
}

/** A way over the ground, with stops at some of its corners. */
export interface Way {
  readonly points: readonly (readonly [x: number, z: number])[];
  /** By the number of the corner. */
  readonly stops: ReadonlyMap<number, Stop>;
  /** Metres per second. */
  readonly speed: number;
}

/** Metres of one full turn of the gait: two steps. */
const STRIDE = 1.42;

export function wayDuration(way: Way): number {
  let seconds = 0;
  for (let i = 0; i + 1 < way.points.length; i++) seconds += legLength(way, i) / way.speed;
  for (const stop of way.stops.values()) seconds += stop.seconds;
  return seconds;
}

/** Where a figure is after some seconds of its way, undefined before its start and after its end. */
export function poseOnWay(way: Way, seconds: number): Pose | undefined {
  if (seconds < 0) return undefined;
  let left = seconds;
  let walked = 0;
  for (let i = 0; i + 1 < way.points.length; i++) {
    const stop = way.stops.get(i);
    const [x, z] = way.points[i]!;
    if (stop && left < stop.seconds)
      return { x, z, heading: stop.heading, posture: stop.posture, phase: 0, sway: 0.012 * Math.sin(left * 1.3) };
    left -= stop?.seconds ?? 0;
    const length = legLength(way, i);
    const [toX, toZ] = way.points[i + 1]!;
    if (left * way.speed < length) {
      const share = (left * way.speed) / length;
      const heading = [(toX - x) / length, (toZ - z) / length] as const;
      const phase = ((walked + left * way.speed) / STRIDE) * 2 * Math.PI;
      return { x: x + (toX - x) * share, z: z + (toZ - z) * share, heading, posture: "walking", phase, sway: 0 };
    }
    walked += length;
    left -= length / way.speed;
  }
  return undefined;
}

function legLength(way: Way, i: number): number {
  const [x0, z0] = way.points[i]!;
  const [x1, z1] = way.points[i + 1]!;
  return Math.hypot(x1 - x0, z1 - z0);
}
