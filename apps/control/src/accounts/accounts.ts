import { randomUUID } from "node:crypto";
import { type DurationMs, hours, type Instant, OvertError } from "@overt/core";
import type { Database } from "../database/open.ts";
import { FORGET_AFTER_MS, subjectsOf, waitMs } from "./lockout.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { hashToken, newToken } from "./tokens.ts";

/** Long enough to walk to another machine, short enough that a terminal's scrollback is no door. */
const SETUP_LINK_LIFE_MS: DurationMs = hours(24);

export interface Account {
  readonly id: string;
  readonly name: string;
}

export type LoginResult =
  | { readonly outcome: "in"; readonly account: Account }
  | { readonly outcome: "wrong" }
  | { readonly outcome: "wait"; readonly waitMs: DurationMs };

/** Who may log in, how the first account is made, and what slows a guesser down. */
export class Accounts {
  readonly #database: Database;
  readonly #now: () => Instant;

  constructor(database: Database, now: () => Instant) {
    this.#database = database;
    this.#now = now;
  }

  async none(): Promise<boolean> {
    return (await this.#database.selectFrom("account").select("id").limit(1).executeTakeFirst()) === undefined;
  }

  /** A one-time token for the first account; earlier ones die. `null` when there is an account already. */
  async newSetupToken(): Promise<string | null> {
    if (!(await this.none())) return null;
    const token = newToken();
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("setup_link").execute();
      await transaction
        .insertInto("setup_link")
        .values({ token_hash: hashToken(token), expires_at: this.#now() + SETUP_LINK_LIFE_MS })
        .execute();
    });
    return token;
  }

  /**
   * Makes the first account. The link is used up in the same transaction, so that it works once or not at all.
   *
   * @throws OvertError `SETUP_LINK_INVALID`, `LOGIN_BUSY`
   */
  async setUp(token: string, name: string, password: string): Promise<Account> {
    // Hashed after the token was looked at: an unknown token must not cost 19 MiB.
    await this.#assertSetupToken(this.#database, token);
    const passwordHash = await hashPassword(password);
    const account: Account = { id: randomUUID(), name };
    await this.#database.transaction().execute(async (transaction) => {
      await this.#assertSetupToken(transaction, token);
      await transaction.deleteFrom("setup_link").execute();
      await transaction
        .insertInto("account")
        .values({ ...account, password_hash: passwordHash, created_at: this.#now() })
        .execute();
    });
    return account;
  }

  /** Slows down before it looks at the password, so that a locked account's password cannot be found out either. */
  async logIn(name: string, password: string, address: string): Promise<LoginResult> {
    const wait = await this.#admit(name, address);
    if (wait > 0) return { outcome: "wait", waitMs: wait };
    const row = await this.#database
      .selectFrom("account")
      .select(["id", "name", "password_hash"])
      .where("name", "=", name)
      .executeTakeFirst();
    if (!(await verifyPassword(password, row?.password_hash ?? null)) || !row) return { outcome: "wrong" };
    await this.#forgive(name, address);
    return { outcome: "in", account: { id: row.id, name: row.name } };
  }

  async #assertSetupToken(database: Database, token: string): Promise<void> {
    const row = await database
      .selectFrom("setup_link")
      .select("expires_at")
      .where("token_hash", "=", hashToken(token))
      .executeTakeFirst();
    if (row && this.#now() < row.expires_at) return;
    throw new OvertError("SETUP_LINK_INVALID", "This set-up link was used already, has expired or was replaced.", {
      hint: "If no account exists yet, restart the centre: it prints a new link.",
    });
  }

  /**
   * How long this attempt must wait; when it need not, counts it as failed before the slow comparison and in the same
   * transaction: of a hundred guesses at once only the free ones are looked at.
   */
  async #admit(name: string, address: string): Promise<DurationMs> {
    const now = this.#now();
    const subjects = subjectsOf(name, address);
    return this.#database.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom("login_failure")
        .where("last_at", "<=", now - FORGET_AFTER_MS)
        .execute();
      for (const { key, rule } of subjects) {
        const row = await transaction
          .selectFrom("login_failure")
          .select(["count", "last_at"])
          .where("subject", "=", key)
          .executeTakeFirst();
        const wait = row ? waitMs(rule, { count: row.count, lastAt: row.last_at as Instant }, now) : 0;
        if (wait > 0) return wait;
      }
      for (const { key } of subjects) await countFailure(transaction, key, now);
      return 0;
    });
  }

  /** The address keeps its count less this one attempt: a known account must not wash a guesser's other tries off. */
  async #forgive(name: string, address: string): Promise<void> {
    const keys = subjectsOf(name, address).map(({ key }) => key);
    await this.#database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable("login_failure")
        .set((row) => ({ count: row("count", "-", 1) }))
        .where("subject", "in", keys)
        .execute();
      await transaction
        .deleteFrom("login_failure")
        .where("subject", "=", keys[0] ?? "")
        .execute();
    });
  }
}

async function countFailure(database: Database, subject: string, now: Instant): Promise<void> {
  await database
    .insertInto("login_failure")
    .values({ subject, count: 1, last_at: now })
    .onConflict((conflict) =>
      conflict.column("subject").doUpdateSet((row) => ({ count: row("login_failure.count", "+", 1), last_at: now })),
    )
    .execute();
}
