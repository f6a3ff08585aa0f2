import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface AccountTables {
  account: { id: string; name: string; password_hash: string | null; created_at: number };
  /** `token_hash` is SHA-256 of the cookie: who reads the database cannot log in with it. */
  session: { token_hash: string; account_id: string; created_at: number; seen_at: number };
  /** One-time links, hashed like sessions. */
  setup_link: { token_hash: string; expires_at: number };
  passkey: {
    id: string;
    account_id: string;
    label: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: number;
    used_at: number | null;
  };
  /** Failed log-ins by what is slowed down for them; see `lockout.ts`. */
  login_failure: { subject: string; count: number; last_at: number };
}

export const accountMigrations: Record<string, Migration> = {
  "2026-11-accounts": { up: createAccountTables },
};

async function createAccountTables(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("account")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull().unique())
    .addColumn("password_hash", "text")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .execute();
  await schema
    .createTable("session")
    .addColumn("token_hash", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull().references("account.id").onDelete("cascade"))
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("seen_at", "bigint", (c) => c.notNull())
    .execute();
  await schema
    .createTable("setup_link")
    .addColumn("token_hash", "text", (c) => c.primaryKey())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await schema
    .createTable("passkey")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull().references("account.id").onDelete("cascade"))
    .addColumn("label", "text", (c) => c.notNull())
    .addColumn("public_key", "blob", (c) => c.notNull())
    .addColumn("counter", "bigint", (c) => c.notNull())
    .addColumn("transports", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("used_at", "bigint")
    .execute();
  await schema
    .createTable("login_failure")
    .addColumn("subject", "text", (c) => c.primaryKey())
    .addColumn("count", "integer", (c) => c.notNull())
    .addColumn("last_at", "bigint", (c) => c.notNull())
    .execute();
}
