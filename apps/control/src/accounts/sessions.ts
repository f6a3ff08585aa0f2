import { type DurationMs, hours, type Instant, minutes } from "@overt/core";
import type { Database } from "../database/open.ts";
import { hashToken, newToken } from "./tokens.ts";

export interface SessionRules {
  /** A session that made no request for this long is over; an open console counts as one. */
  readonly idleMs: DurationMs;
  /** No session outlives this: about one shift. */
  readonly absoluteMs: DurationMs;
}
export const SESSION_RULES: SessionRules = { idleMs: hours(1), absoluteMs: hours(12) };

/** `seen_at` is written at most this often: a wall of tiles must not cost a synced commit for each request. */
const SEEN_STEP_MS = minutes(1);

export interface Session {
  readonly tokenHash: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly endsAt: Instant;
}

export class Sessions {
  readonly #database: Database;
  readonly #now: () => Instant;
  readonly #rules: SessionRules;
  readonly #endListeners = new Map<string, Set<() => void>>();

  constructor(database: Database, now: () => Instant, rules: SessionRules) {
    this.#database = database;
    this.#now = now;
    this.#rules = rules;
  }

  /** @returns the token for the cookie; only its hash is kept. */
  async begin(accountId: string): Promise<string> {
    const token = newToken();
    const now = this.#now();
    await this.#database
      .deleteFrom("session")
      .where("created_at", "<=", now - this.#rules.absoluteMs)
      .execute();
    await this.#database
      .insertInto("session")
      .values({ token_hash: hashToken(token), account_id: accountId, created_at: now, seen_at: now })
      .execute();
    return token;
  }

  /** The living session of a cookie, and marks it as seen; `null` when there is none or it has expired. */
  async find(token: string): Promise<Session | null> {
    return this.findByHash(hashToken(token), { seen: true });
  }

  /** The same by stored hash, for a socket that outlives its request. */
  async findByHash(tokenHash: string, { seen }: { seen: boolean }): Promise<Session | null> {
    const row = await this.#database
      .selectFrom("session")
      .innerJoin("account", "account.id", "session.account_id")
      .select(["account.id", "account.name", "session.created_at", "session.seen_at"])
      .where("session.token_hash", "=", tokenHash)
      .executeTakeFirst();
    if (!row) return null;
    const now = this.#now();
    const endsAt = (row.created_at + this.#rules.absoluteMs) as Instant;
    if (now >= endsAt || now >= row.seen_at + this.#rules.idleMs) {
      await this.end(tokenHash);
      return null;
    }
    if (seen && now - row.seen_at >= Math.min(SEEN_STEP_MS, this.#rules.idleMs / 2))
      await this.#database.updateTable("session").set({ seen_at: now }).where("token_hash", "=", tokenHash).execute();
    return { tokenHash, account: { id: row.id, name: row.name }, endsAt };
  }

  /** Also tells whoever listens with `onEnd`, so that open sockets of the session close at once. */
  async end(tokenHash: string): Promise<void> {
    await this.#database.deleteFrom("session").where("token_hash", "=", tokenHash).execute();
    const listeners = this.#endListeners.get(tokenHash) ?? [];
    this.#endListeners.delete(tokenHash);
    for (const listener of listeners) listener();
  }

  /** @returns stops listening */
  onEnd(tokenHash: string, listener: () => void): () => void {
    const listeners = this.#endListeners.get(tokenHash) ?? new Set();
    this.#endListeners.set(tokenHash, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#endListeners.delete(tokenHash);
    };
  }
}
