import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface LayoutTables {
  /** An account's saved walls as one JSON document: they are read and written whole. */
  layout: { account_id: string; document: string; saved_at: number };
}

export const layoutMigrations: Record<string, Migration> = {
  "2026-11-layouts": { up: createLayoutTable },
};

async function createLayoutTable(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("layout")
    .addColumn("account_id", "text", (c) => c.primaryKey().references("account.id").onDelete("cascade"))
    .addColumn("document", "text", (c) => c.notNull())
    .addColumn("saved_at", "bigint", (c) => c.notNull())
    .execute();
}
