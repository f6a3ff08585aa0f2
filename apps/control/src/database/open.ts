import { join } from "node:path";
import { OvertError } from "@overt/core";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { type AccountTables, accountMigrations } from "../accounts/tables.ts";
import { type LayoutTables, layoutMigrations } from "../layouts/tables.ts";
import { nodeSqliteDialect } from "./sqlite.ts";

/** Every feature's tables; a feature touches only its own. */
export type Tables = AccountTables & LayoutTables;
export type Database = Kysely<Tables>;

const MIGRATIONS: Record<string, Migration> = { ...accountMigrations, ...layoutMigrations };

/**
 * Opens `dataDir/control.sqlite` and brings its tables up to date.
 *
 * @throws OvertError `DATABASE_UNUSABLE`, `DATABASE_FOREIGN`, `DATA_DIR_IN_USE`
 */
export async function openDatabase(dataDir: string): Promise<Database> {
  const file = join(dataDir, "control.sqlite");
  const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(file) });
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } });
  const failure = await migrator.migrateToLatest().then(
    ({ error }) => error,
    (thrown: unknown) => thrown,
  );
  if (failure === undefined) return database;
  await database.destroy();
  if (failure instanceof OvertError) throw failure;
  if (isLocked(failure))
    throw new OvertError("DATA_DIR_IN_USE", `Another centre is running on ${dataDir}.`, {
      hint: "Stop it first, or give this one a data directory of its own.",
      cause: failure,
    });
  throw new OvertError("DATABASE_UNUSABLE", `The centre's database ${file} cannot be opened or brought up to date.`, {
    hint: "Is it of this installation, not newer than this version, and on a disk that can be written? The cause stands in the log.",
    cause: failure,
  });
}

/** SQLITE_BUSY, which `node:sqlite` tells as `errcode`. */
const isLocked = (failure: unknown): boolean =>
  failure instanceof Error && "errcode" in failure && (Number(failure.errcode) & 0xff) === 5;
