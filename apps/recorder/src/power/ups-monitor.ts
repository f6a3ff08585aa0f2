import { setTimeout as wait } from "node:timers/promises";
import { asOvertError, type DurationMs, OvertError } from "@overt/core";
import { isOnBattery, type UpsFeeds, type UpsReading, upsView } from "@overt/rules";
import { Upsd, type UpsdAddress } from "./upsd.ts";
import { lowPercentOf, readingOf } from "./variables.ts";

export interface UpsMonitorOptions extends UpsdAddress {
  /** What people call it. */
  readonly name: string;
  readonly feeds: UpsFeeds;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** After each answer, and each failure. */
  readonly onHeard: () => void;
  readonly pollMs?: DurationMs;
  readonly monotonicMs?: () => number;
}

/** NUT's own (`upsmon.conf`, POLLFREQ). */
const POLL_MS = 5_000;
/** Once it is on battery, its end may be seconds away. */
const ALERT_POLL_MS = 2_000;
const RETRY_MS = { first: 1_000, longest: 15_000 };
/** `upsd.users` may be put right meanwhile; a connection can log in once only. */
const LOGIN_AGAIN_MS = 60_000;
/** The connection is good and the UPS is not: ask again on it. */
const STAYS: readonly string[] = ["UPS_DATA_STALE", "UPS_DRIVER_AWAY"];

/** Asks one UPS how it is, for ever. What it last said stays, with the time since. */
export class UpsMonitor {
  readonly name: string;
  readonly feeds: UpsFeeds;
  readonly #options: UpsMonitorOptions;
  readonly #nowMs: () => number;
  readonly #over = new AbortController();
  readonly #run: Promise<void>;
  #reading: UpsReading | null = null;
  #lowPercent: number | null = null;
  #heardMs = 0;
  #reached = 0;
  #problem: OvertError | null = null;
  #loginProblem: OvertError | null = null;

  constructor(options: UpsMonitorOptions) {
    this.name = options.name;
    this.feeds = options.feeds;
    this.#options = options;
    this.#nowMs = options.monotonicMs ?? (() => performance.now());
    this.#run = this.#follow();
  }

  get reading(): UpsReading | null {
    return this.#reading;
  }

  /** `battery.charge.low`, where it tells. */
  get lowPercent(): number | null {
    return this.#lowPercent;
  }

  /** Since `reading`. */
  get silentMs(): DurationMs {
    return this.#reading ? this.#nowMs() - this.#heardMs : 0;
  }

  /** Why nothing is heard, or why the primary does not know of us; null when all is well. */
  get problem(): OvertError | null {
    return this.#problem ?? this.#loginProblem;
  }

  /** Leaves the server in order. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#run;
  }

  async #follow(): Promise<void> {
    let waitMs = RETRY_MS.first;
    while (!this.#over.signal.aborted) {
      const reachedBefore = this.#reached;
      try {
        await this.#session();
      } catch (thrown) {
        this.#fail(asOvertError(thrown));
      }
      waitMs = this.#reached > reachedBefore ? RETRY_MS.first : Math.min(waitMs * 2, RETRY_MS.longest);
      await this.#wait(waitMs);
    }
  }

  async #session(): Promise<void> {
    const upsd = await Upsd.open(this.#options);
    try {
      await this.#login(upsd);
      const sinceMs = this.#nowMs();
      while (!this.#over.signal.aborted && !(this.#loginProblem && this.#nowMs() - sinceMs > LOGIN_AGAIN_MS)) {
        await this.#read(upsd);
        await this.#wait(this.#pollMs);
      }
    } finally {
      upsd.leave();
    }
  }

  get #pollMs(): DurationMs {
    const pollMs = this.#options.pollMs ?? POLL_MS;
    return isOnBattery(upsView(this.#reading, 0).supply) ? Math.min(pollMs, ALERT_POLL_MS) : pollMs;
  }

  /** A UPS can be read without a login; then only the primary does not wait for us. */
  async #login(upsd: Upsd): Promise<void> {
    const { username, password = "" } = this.#options;
    if (username === undefined) return;
    try {
      await upsd.login(username, password);
      this.#loginProblem = null;
    } catch (thrown) {
      const error = asOvertError(thrown);
      if (error.code !== "UPS_LOGIN_REFUSED") throw error;
      this.#loginProblem = error;
    }
  }

  async #read(upsd: Upsd): Promise<void> {
    try {
      const variables = await upsd.variables();
      this.#reading = readingOf(variables);
      this.#lowPercent = lowPercentOf(variables);
      this.#heardMs = this.#nowMs();
      this.#reached++;
      this.#problem = null;
      this.#options.onHeard();
    } catch (thrown) {
      const error = asOvertError(thrown);
      if (!STAYS.includes(error.code)) throw error;
      this.#fail(error);
    }
  }

  #fail(error: OvertError): void {
    this.#problem = new OvertError(error.code, `${this.name}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
    this.#options.onHeard();
  }

  async #wait(ms: DurationMs): Promise<void> {
    // It ends early when we are closed, which is no failure.
    await wait(ms, undefined, { signal: this.#over.signal, ref: false }).catch(() => undefined);
  }
}
