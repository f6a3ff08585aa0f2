import { type Instant, instant } from "@overt/core";

/** The recorder's only clock: everything else is told the time. */
export interface Clock {
  /** UTC by trusted time; never jumps while the process runs. */
  now(): Instant;
  /** Monotonic milliseconds since the process began. */
  monotonicMs(): number;
}

/** `startAt`: what trusted time says at the moment of the call. */
export function runningClock(startAt: Instant): Clock {
  const startMs = performance.now();
  return {
    now: () => instant(startAt + performance.now() - startMs),
    monotonicMs: () => performance.now(),
  };
}
