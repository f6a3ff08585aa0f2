export type KeepAliveMethod = "GET_PARAMETER" | "OPTIONS";

/** Where a server states no timeout it is 60 s (RFC 2326 §12.37). */
export const DEFAULT_SESSION_TIMEOUT_MS = 60_000;

/** Half the timeout leaves room for one that is lost. */
export function keepAliveIntervalMs(timeoutMs: number | undefined): number {
  return Math.max(1_000, (timeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS) / 2);
}

/**
 * What keeps a session alive: what worked for this camera before, else GET_PARAMETER if the server lists it.
 *
 * @param publicHeader  the Public header of the answer to OPTIONS
 */
export function keepAliveMethod(
  publicHeader: string | undefined,
  remembered: KeepAliveMethod | undefined,
): KeepAliveMethod {
  if (remembered) return remembered;
  return /(?:^|[\s,])GET_PARAMETER(?:[\s,]|$)/i.test(publicHeader ?? "") ? "GET_PARAMETER" : "OPTIONS";
}

export const otherKeepAlive = (method: KeepAliveMethod): KeepAliveMethod =>
  method === "OPTIONS" ? "GET_PARAMETER" : "OPTIONS";

/** Whether an answer says that the method is not known here, rather than that something else is amiss. */
export const keepAliveRefused = (status: number): boolean => status !== 401 && status !== 454 && status >= 400;

/** Whether a server closed just when a session would time out that it saw no sign of life in. */
export function closedAtTimeout(playedMs: number, timeoutMs: number | undefined): boolean {
  const limit = timeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  return playedMs >= limit * 0.95 && playedMs <= limit * 1.25 + 2_000;
}
