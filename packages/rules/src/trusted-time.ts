import { days, type Instant, instant, minutes } from "@overt/core";

/**
 * Network time may move trusted time by at most 10 minutes in a day. As a rate, so that nothing jumps or runs backwards;
 * at once only where a machine has just started, which may have been off that long.
 */
export const SLEW_RATE = minutes(10) / days(1);
/** A network that is further off is not followed at all. */
export const FOLLOW_LIMIT_MS = minutes(10);
/** A machine that was off for longer needs a signed time. */
const OFF_LIMIT_MS = days(7);
/** A machine without a clock of its own wakes with the time it went to sleep with, and is told better within this time. */
const WAKING_MS = minutes(15);
/** Trusted time is saved about once a minute. */
const UNSAVED_MS = minutes(2);
/** A recorder that starts for the first time may be this much later than the roster, or the time, that was signed. */
const FIRST_LIMIT_MS = days(366);

/**
 * Why trusted time may be wrong. While there is any doubt a recorder records, deletes nothing and alarms.
 * `no_clock`: first start, with a clock that shows less than what was signed before. `clock_behind`, `clock_ahead`: the
 * network says something so different that it is not followed. `was_off`: the machine was off, and only the clock that
 * it woke with says for how long.
 */
export type TimeDoubt = "no_clock" | "clock_behind" | "clock_ahead" | "was_off";

export interface TrustedTime {
  /** Trusted time at `uptimeMs`. */
  readonly at: Instant;
  /** Milliseconds since the machine started: monotonic, the same for all processes. */
  readonly uptimeMs: number;
  /** What network time has yet to move, in either direction. */
  readonly slewMs: number;
  /** How far a start has moved it, as far as running on has not earned that back: until then nothing else moves it. */
  readonly spentMs: number;
  /** How far ahead the first plausible network time may still lie, since the machine may have been off; then 0. */
  readonly offLimitMs: number;
  readonly doubts: readonly TimeDoubt[];
}

/** What is kept across starts, written about once a minute. */
export interface SavedTime {
  readonly at: Instant;
  readonly uptimeMs: number;
  /** Of the kernel's start; another one means that the machine was off or started anew. */
  readonly bootId: string;
  readonly spentMs: number;
  readonly doubts: readonly TimeDoubt[];
}

export interface StartFacts {
  readonly saved: SavedTime | null;
  readonly bootId: string;
  readonly uptimeMs: number;
  /** What the machine's clock shows. */
  readonly systemTime: Instant;
  /** The latest time that the overseer or a witness has signed and this recorder has seen. */
  readonly signedTime: Instant;
}

/** Trusted time when a recorder starts. It never lies before what was saved or signed. */
export function startTime({ saved, bootId, uptimeMs, systemTime, signedTime }: StartFacts): TrustedTime {
  if (saved?.bootId === bootId && uptimeMs >= saved.uptimeMs)
    return heardSigned({ ...saved, slewMs: 0, offLimitMs: 0 }, signedTime, uptimeMs);
  if (saved) {
    const at = instant(Math.max(saved.at, signedTime));
    return heardNetwork({ ...saved, at, uptimeMs, slewMs: 0, offLimitMs: OFF_LIMIT_MS }, systemTime, uptimeMs);
  }
  const doubt = firstDoubt(systemTime, signedTime);
  return {
    at: doubt ? signedTime : systemTime,
    uptimeMs,
    slewMs: 0,
    spentMs: 0,
    offLimitMs: doubt ? FIRST_LIMIT_MS : 0,
    doubts: doubt ? [doubt] : [],
  };
}

/** A clock of 2036 must not end every key. When nothing was ever signed (0) nobody can tell. */
function firstDoubt(systemTime: Instant, signedTime: Instant): TimeDoubt | null {
  if (systemTime < signedTime) return "no_clock";
  return signedTime > 0 && systemTime > signedTime + FIRST_LIMIT_MS ? "clock_ahead" : null;
}

/** Trusted time now. */
export function timeAt({ at, uptimeMs, slewMs, spentMs }: TrustedTime, nowUptimeMs: number): Instant {
  const ranMs = Math.max(0, nowUptimeMs - uptimeMs);
  const mostMs = Math.max(0, ranMs * SLEW_RATE - spentMs);
  return instant(at + ranMs + Math.max(-mostMs, Math.min(mostMs, slewMs)));
}

const spentAt = ({ uptimeMs, spentMs }: TrustedTime, nowUptimeMs: number): number =>
  Math.max(0, spentMs - Math.max(0, nowUptimeMs - uptimeMs) * SLEW_RATE);

/**
 * Network time was heard. It is followed slowly when it is near, and not at all when it is not. After a start it is
 * believed at once for how long the machine was off, so that footage is dated right: 10 minutes a day, or in doubt.
 */
export function heardNetwork(time: TrustedTime, networkTime: Instant, uptimeMs: number): TrustedTime {
  const at = timeAt(time, uptimeMs);
  const offMs = networkTime - at;
  const spentMs = spentAt(time, uptimeMs);
  const others = time.doubts.filter((doubt) => doubt !== "clock_ahead" && doubt !== "clock_behind");
  if (Math.abs(offMs) <= FOLLOW_LIMIT_MS) {
    // Near, and awake for long enough: the machine was not off for long, so nothing further ahead is believed any more.
    const offLimitMs = uptimeMs < WAKING_MS ? time.offLimitMs : 0;
    const near = { at, uptimeMs, slewMs: offMs, spentMs, offLimitMs, doubts: others };
    if (offMs <= 0 || offLimitMs === 0) return near;
    if (spentMs + offMs <= FOLLOW_LIMIT_MS) return { ...near, at: networkTime, slewMs: 0, spentMs: spentMs + offMs };
    if (offMs <= UNSAVED_MS) return near;
  }
  if (offMs > 0 && offMs <= time.offLimitMs)
    return { at: networkTime, uptimeMs, slewMs: 0, spentMs, offLimitMs: 0, doubts: withDoubt(others, "was_off") };
  const doubt = offMs > 0 ? "clock_ahead" : "clock_behind";
  return { ...time, at, uptimeMs, slewMs: 0, spentMs, doubts: withDoubt(others, doubt) };
}

/**
 * Something has been dated `at`, so it is no earlier. Time may have been saved a while before that; what lies further
 * ahead was dated by a clock that is not believed any more.
 */
export function notBefore(time: TrustedTime, at: Instant, uptimeMs: number): TrustedTime {
  const aheadMs = at - timeAt(time, uptimeMs);
  if (aheadMs <= 0 || aheadMs > UNSAVED_MS) return time;
  return { ...time, at, uptimeMs, slewMs: 0, spentMs: spentAt(time, uptimeMs) };
}

/**
 * A time was heard that the overseer or a witness has signed. It can be late, never early: so it moves trusted time
 * forward only, and ends a doubt when both agree. What network time has yet to move goes on.
 */
export function heardSigned(time: TrustedTime, signedTime: Instant, uptimeMs: number): TrustedTime {
  const at = timeAt(time, uptimeMs);
  const behindMs = signedTime - at;
  if (behindMs > FOLLOW_LIMIT_MS) return { at: signedTime, uptimeMs, slewMs: 0, spentMs: 0, offLimitMs: 0, doubts: [] };
  const ranMs = Math.max(0, uptimeMs - time.uptimeMs);
  const leftMs = time.slewMs - (at - time.at - ranMs);
  const slewMs = behindMs > 0 ? Math.max(0, leftMs - behindMs) : leftMs;
  const moved = { at: instant(Math.max(at, signedTime)), uptimeMs, slewMs };
  if (behindMs < -FOLLOW_LIMIT_MS) return { ...time, ...moved, spentMs: spentAt(time, uptimeMs) };
  const doubts = time.doubts.filter((doubt) => doubt === "clock_ahead" || doubt === "clock_behind");
  return { ...moved, spentMs: 0, offLimitMs: 0, doubts };
}

export function saveTime(time: TrustedTime, uptimeMs: number, bootId: string): SavedTime {
  return { at: timeAt(time, uptimeMs), uptimeMs, bootId, spentMs: spentAt(time, uptimeMs), doubts: time.doubts };
}

const withDoubt = (doubts: readonly TimeDoubt[], doubt: TimeDoubt): readonly TimeDoubt[] => [
  ...new Set([...doubts, doubt]),
];
