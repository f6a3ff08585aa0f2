export type KeepAliveMethod = "GET_PARAMETER" | "OPTIONS";

/** Where a server states no timeout it is 60 s (RFC 2326 §12.37). */
export const DEFAULT_SESSION_TIMEOUT_MS = 60_000;

/** Half the timeout leaves room for one that is lost. */
function keepAliveIntervalMs(timeoutMs: number | undefined): number {
  return Math.max(1_000, (timeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS) / 2);
}

/** What keeps one session alive, when it is due again, and what came of it. */
export class KeepAlive {
  /** What worked for this camera before, else GET_PARAMETER if the server lists it. */
  readonly method: KeepAliveMethod;
  #dueMs: number;
  #refused = false;
  /** Its login was refused: trying it again every half minute would lock the account. */
  loginSpoilt = false;

  /** @param publicHeader  the Public header of the answer to OPTIONS */
  constructor(
    publicHeader: string | undefined,
    remembered: KeepAliveMethod | undefined,
    timeoutMs: number | undefined,
    nowMs: number,
  ) {
    const listed = /(?:^|[\s,])GET_PARAMETER(?:[\s,]|$)/i.test(publicHeader ?? "");
    this.method = remembered ?? (listed ? "GET_PARAMETER" : "OPTIONS");
    this.#dueMs = nowMs + keepAliveIntervalMs(timeoutMs);
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  /** The server said that it does not know the method here, rather than that something else is amiss. */
  get refused(): boolean {
    return this.#refused;
  }

  /** @param timeoutMs  what the server stated last */
  sent(nowMs: number, timeoutMs: number | undefined): void {
    this.#dueMs = nowMs + keepAliveIntervalMs(timeoutMs);
  }

  answered(status: number): void {
    if (status >= 400 && status !== 401 && status !== 454) this.#refused = true;
  }
}

export const otherKeepAlive = (method: KeepAliveMethod): KeepAliveMethod =>
  method === "OPTIONS" ? "GET_PARAMETER" : "OPTIONS";

/** Whether a server closed just when a session would time out that it saw no sign of life in. */
export function closedAtTimeout(playedMs: number, timeoutMs: number): boolean {
  return playedMs >= timeoutMs * 0.95 && playedMs <= timeoutMs * 1.25 + 2_000;
}
