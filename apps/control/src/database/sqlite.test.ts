import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openDatabase } from "./open.ts";

test("the database syncs each commit, checks references, and is made once", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "overt-sqlite-"));
  const database = await openDatabase(dataDir);
  const pragma = async (name: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(database);
    return Object.values(rows[0] ?? {})[0];
  };
  expect(await pragma("journal_mode")).toBe("wal");
  expect(await pragma("synchronous")).toBe(2);
  expect(await pragma("foreign_keys")).toBe(1);
  expect(statSync(join(dataDir, "control.sqlite")).mode & 0o777).toBe(0o600);
  const orphan = { token_hash: "x", account_id: "nobody", created_at: 0, seen_at: 0 };
  await expect(database.insertInto("session").values(orphan).execute()).rejects.toThrow(/FOREIGN KEY/);
  const account = { id: "a", name: "alice", password_hash: null, created_at: 1 };
  await database.insertInto("account").values(account).execute();
  const failed = database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("account").execute();
    throw new Error("changed our mind");
  });
  await expect(failed).rejects.toThrow("changed our mind");
  await database.destroy();

  const again = await openDatabase(dataDir);
  expect(await again.selectFrom("account").selectAll().execute()).toEqual([account]);
  await again.destroy();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a database of another program is left as it is", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "overt-sqlite-"));
  const file = join(dataDir, "control.sqlite");
  const theirs = new DatabaseSync(file);
  theirs.exec("CREATE TABLE recipes (name TEXT)");
  theirs.close();
  await expect(openDatabase(dataDir)).rejects.toMatchObject({ code: "DATABASE_FOREIGN" });
  const after = new DatabaseSync(file);
  expect(after.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "recipes" }]);
  after.close();
  rmSync(dataDir, { recursive: true, force: true });
});
