import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { OvertError } from "@overt/core";
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";

/** "Ovrt" in SQLite's header: what else lies in a file of our name is not touched. */
const APPLICATION_ID = 0x4f76_7274;
const BUSY_MS = 1_000;

/** Kysely over `node:sqlite`: Node's own SQLite needs no native add-on, and each commit is synced before it returns. */
export function nodeSqliteDialect(file: string): Dialect {
  return new SqliteDialect({ database: async () => openSqlite(file) });
}

function openSqlite(file: string): SqliteDatabase {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  chmodSync(file, 0o600);
  // One process at a time: a second centre on the same directory is refused, and a killed one leaves no lock behind.
  database.exec("PRAGMA locking_mode = EXCLUSIVE;");
  claim(database, file);
  // An account that was acknowledged must survive a power cut (DESIGN §1.9), so FULL and not WAL's default of NORMAL.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  return { close: () => database.close(), prepare: (sql) => asStatement(database, sql) };
}

/** @throws OvertError `DATABASE_FOREIGN` */
function claim(database: DatabaseSync, file: string): void {
  const number = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  if (number("PRAGMA application_id") === APPLICATION_ID) return;
  if (number("SELECT count(*) FROM sqlite_schema") > 0)
    throw new OvertError("DATABASE_FOREIGN", `${file} is a database of another program.`, {
      hint: "Give the centre a data directory of its own.",
    });
  database.exec(`PRAGMA application_id = ${APPLICATION_ID};`);
}

function asStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  const bound = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}
