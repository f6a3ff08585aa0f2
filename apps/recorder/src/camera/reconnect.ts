/** Longest time between two tries: with its place in the queue, a camera records within 30 s of answering (promise 9). */
const LONGEST_WAIT_MS = 22_000;
/** Where more tries do harm, or cannot help. */
const SLOW_WAIT_MS = 55_000;
const FIRST_WAIT_MS = 1_000;
/** A session that played this long was a good one: the next failure is the first again. */
const GOOD_SESSION_MS = 30_000;

/** What the camera itself must change, or what ends by itself only when other sessions time out. */
const SLOW: ReadonlySet<string> = new Set([
  "CAMERA_FULL",
  "TRANSPORT_REFUSED",
  "CODEC_UNSUPPORTED",
  "STREAM_AUDIO_ONLY",
  "STREAM_NO_VIDEO",
  "AUTH_REQUIRED",
  "AUTH_BASIC_REFUSED",
  "AUTH_UNSUPPORTED",
  "AUTH_FORBIDDEN",
]);

/** How the last session or try ended. */
export interface EndedTry {
  readonly code: string;
  /** How long it played, 0 if it never did. */
  readonly playedMs: number;
  /** How long the camera keeps a session that it hears nothing of. */
  readonly sessionTimeoutMs: number;
}

export interface Reconnect {
  readonly waitMs: number;
  readonly failuresInARow: number;
  readonly staleInARow: number;
}

export const NO_FAILURES = { failuresInARow: 0, staleInARow: 0 } as const;

/** After so many waits for a dead session its packets are put up with, so that the waiting ends. */
export const STALE_WAITS = 2;

/**
 * How long to wait after a failure: growing to a third of a minute, for ever, spread by chance so that a site's cameras
 * do not come back in step.
 *
 * @param random  0 to 1
 */
export function reconnectAfter(
  ended: EndedTry,
  before: { readonly failuresInARow: number; readonly staleInARow: number },
  random: number,
): Reconnect {
  const failuresInARow = ended.playedMs >= GOOD_SESSION_MS ? 1 : before.failuresInARow + 1;
  if (ended.code === "CAMERA_STALE_SESSION") {
    const waitMs = Math.min(ended.sessionTimeoutMs, SLOW_WAIT_MS) + random * 5_000;
    return { waitMs, failuresInARow, staleInARow: before.staleInARow + 1 };
  }
  const grown = FIRST_WAIT_MS * 2 ** Math.min(failuresInARow - 1, 10);
  const limit = SLOW.has(ended.code) ? SLOW_WAIT_MS : Math.min(grown, LONGEST_WAIT_MS);
  const staleInARow = ended.playedMs > 0 ? 0 : before.staleInARow;
  return { waitMs: limit * (0.5 + random / 2), failuresInARow, staleInARow };
}
