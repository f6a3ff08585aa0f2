import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { asOvertError, type Instant, OvertError } from "@overt/core";
import { unpackTable } from "./fragment-table.ts";

/** What each column means: README.md, "Index". Times are UTC ms; `track` 1 original, 2 anonymised. */
export const INDEX_VERSION = 2;

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE cameras (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE packs (
  number INTEGER PRIMARY KEY,
  class INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0,
  live INTEGER NOT NULL DEFAULT 0,
  live_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,
  camera INTEGER NOT NULL,
  track INTEGER NOT NULL,
  start INTEGER NOT NULL,
  until INTEGER NOT NULL,
  state INTEGER NOT NULL,
  key_start INTEGER NOT NULL,
  period INTEGER,
  epoch BLOB NOT NULL,
  segment BLOB NOT NULL UNIQUE,
  pack INTEGER,
  offset INTEGER,
  bytes INTEGER,
  fragments BLOB,
  size INTEGER NOT NULL DEFAULT 0,
  clock_offset INTEGER
) STRICT;
CREATE INDEX segments_by_time ON segments (camera, track, start);
CREATE INDEX segments_open ON segments (state) WHERE state = 0;
CREATE INDEX segments_without_period ON segments (epoch) WHERE period IS NULL;
CREATE INDEX segments_by_period ON segments (camera, period);
CREATE TABLE open_fragments (
  segment INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  time INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  kind TEXT NOT NULL,
  pack INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (segment, counter)
) STRICT, WITHOUT ROWID;
CREATE TABLE envelopes (
  epoch BLOB NOT NULL,
  statement INTEGER NOT NULL,
  camera INTEGER NOT NULL,
  track INTEGER NOT NULL,
  start INTEGER NOT NULL,
  period INTEGER,
  pack INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (epoch, statement)
) STRICT, WITHOUT ROWID;
CREATE INDEX envelopes_by_period ON envelopes (camera, period);
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY,
  camera INTEGER NOT NULL,
  track INTEGER NOT NULL,
  start INTEGER NOT NULL,
  until INTEGER,
  cause TEXT NOT NULL
) STRICT;
CREATE INDEX gaps_by_time ON gaps (camera, track, start);
CREATE UNIQUE INDEX gaps_open ON gaps (camera, track) WHERE until IS NULL;
CREATE TABLE runs (run TEXT PRIMARY KEY, start INTEGER NOT NULL, last INTEGER NOT NULL, stopped INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
`;

/** Since version 2. `usage` is kept by SQLite itself, so that no way in which a segment changes can forget it. */
const USAGE = `
CREATE TABLE usage (camera INTEGER NOT NULL, period INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (camera, period))
  STRICT, WITHOUT ROWID;
CREATE TABLE rules (camera INTEGER PRIMARY KEY, retention INTEGER NOT NULL, when_full TEXT NOT NULL) STRICT;
CREATE TRIGGER usage_changes AFTER UPDATE OF size, period ON segments BEGIN
  UPDATE usage SET bytes = bytes - old.size WHERE camera = old.camera AND period = ifnull(old.period, 0);
  INSERT INTO usage VALUES (new.camera, ifnull(new.period, 0), new.size)
    ON CONFLICT (camera, period) DO UPDATE SET bytes = bytes + excluded.bytes;
  DELETE FROM usage WHERE camera = old.camera AND period = ifnull(old.period, 0) AND bytes <= 0;
END;
CREATE TRIGGER usage_ends AFTER DELETE ON segments BEGIN
  UPDATE usage SET bytes = bytes - old.size WHERE camera = old.camera AND period = ifnull(old.period, 0);
  DELETE FROM usage WHERE camera = old.camera AND period = ifnull(old.period, 0) AND bytes <= 0;
END;
`;

/** SQLite's own default. */
export const WAL_PAGES = 1_000;

/**
 * Opens or makes the index of one store. Exclusive: only the store's own writer reads it, so no shared memory file is
 * needed, and what SQLite writes is what a power cut can hit.
 *
 * @param walPages after so many, of 4 KiB, what is in the log goes into the file and the log begins anew
 * @throws OvertError `STORE_INDEX_CORRUPT` (damaged, or of another store), `STORE_NEWER`
 */
export function openIndex(path: string, store: string, walPages = WAL_PAGES): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768",
    );
    database.exec(`PRAGMA wal_autocheckpoint=${walPages}`);
    prepare(database, path, store);
    return database;
  } catch (thrown) {
    database?.close();
    if (thrown instanceof OvertError || isFull(thrown)) throw thrown;
    throw isCorrupt(thrown) ? corrupt(path, thrown) : asOvertError(thrown, "STORE_UNREADABLE");
  }
}

/** Renames a damaged index, which is never deleted. @returns its new name */
export function setAside(path: string): string {
  let turn = 1;
  while (existsSync(`${path}.damaged-${turn}`)) turn++;
  const kept = `${path}.damaged-${turn}`;
  for (const suffix of ["", "-wal"]) if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
  return kept;
}

const SQLITE_FULL = 13;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const errcodeOf = (thrown: unknown): number => ((thrown as { errcode?: number } | null)?.errcode ?? 0) & 0xff;
/** Whether SQLite found its own file damaged. */
export const isCorrupt = (thrown: unknown): boolean =>
  errcodeOf(thrown) === SQLITE_CORRUPT ||
  errcodeOf(thrown) === SQLITE_NOTADB ||
  (thrown instanceof OvertError && thrown.code === "STORE_INDEX_CORRUPT");
/** Whether there is no room, by the file system or by SQLite. */
export const isFull = (thrown: unknown): boolean =>
  errcodeOf(thrown) === SQLITE_FULL || FULL_CODES.has((thrown as NodeJS.ErrnoException | null)?.code ?? "");
const FULL_CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** All of `work` or none of it. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (thrown) {
    // SQLite itself rolls back on a full disk; then there is nothing left to roll back.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw thrown;
  }
}

function prepare(database: DatabaseSync, path: string, store: string): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > INDEX_VERSION)
    throw new OvertError("STORE_NEWER", `${path} is of version ${version}.`, {
      hint: `This Overt knows versions up to ${INDEX_VERSION}: update it. Nothing was changed.`,
    });
  if (version === 0) {
    transaction(database, () => {
      database.exec(TABLES + USAGE);
      database.prepare("INSERT INTO meta VALUES ('store', ?)").run(store);
      database.exec(`PRAGMA user_version=${INDEX_VERSION}`);
    });
    return;
  }
  const row = database.prepare("SELECT value FROM meta WHERE key = 'store'").get() as { value: string } | undefined;
  if (row?.value !== store) throw corrupt(path, new Error("it is the index of another store"));
  if (version === 1) transaction(database, () => fromVersion1(database));
}

/** An index of version 1 did not say how large its segments are, nor how wrong their cameras' clocks were. */
function fromVersion1(database: DatabaseSync): void {
  database.exec("ALTER TABLE segments ADD COLUMN clock_offset INTEGER");
  database.exec(`ALTER TABLE segments ADD COLUMN size INTEGER NOT NULL DEFAULT 0; ${USAGE}`);
  const setSize = database.prepare("UPDATE segments SET size = ? WHERE id = ?");
  const next = database.prepare(
    "SELECT id, start, fragments FROM segments WHERE id > ? AND fragments IS NOT NULL ORDER BY id LIMIT 1",
  );
  for (let id = 0; ; ) {
    const row = next.get(id) as { id: number; start: Instant; fragments: Uint8Array } | undefined;
    if (!row) break;
    id = row.id;
    setSize.run(sizeOf(unpackTable(row.fragments, row.start)), id);
  }
  database.exec(`PRAGMA user_version=${INDEX_VERSION}`);
}

/** Bytes of a segment's fragments. */
export const sizeOf = (fragments: readonly { readonly bytes: number }[]): number =>
  fragments.reduce((sum, { bytes }) => sum + bytes, 0);

const corrupt = (path: string, cause: unknown): OvertError =>
  new OvertError("STORE_INDEX_CORRUPT", `${path} is damaged: ${cause instanceof Error ? cause.message : cause}.`, {
    hint: "It is kept aside and rebuilt from the packs; recording goes on.",
    cause,
  });
