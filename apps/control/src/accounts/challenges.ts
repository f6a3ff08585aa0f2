import type { DurationMs, Instant } from "@overt/core";
import { newToken } from "./tokens.ts";

/** Anyone may ask for a log-in challenge: the oldest give way, so that a flood costs a fixed amount of memory. */
const LIMIT = 2_000;

/** Challenges that were handed out, each good once, for one purpose, for a while. */
export class Challenges {
  readonly #now: () => Instant;
  readonly #lifeMs: DurationMs;
  readonly #open = new Map<string, { purpose: string; endsAt: number }>();

  constructor(now: () => Instant, lifeMs: DurationMs) {
    this.#now = now;
    this.#lifeMs = lifeMs;
  }

  issue(purpose: string): string {
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < LIMIT) break;
      this.#open.delete(oldest);
    }
    const challenge = newToken();
    this.#open.set(challenge, { purpose, endsAt: this.#now() + this.#lifeMs });
    return challenge;
  }

  take(challenge: string, purpose: string): boolean {
    const issued = this.#open.get(challenge);
    this.#open.delete(challenge);
    return issued !== undefined && issued.purpose === purpose && this.#now() < issued.endsAt;
  }
}
