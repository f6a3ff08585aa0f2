import { randomBytes } from "node:crypto";
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asOvertError, OvertError, type RecorderId, toHex } from "@overt/core";
import { z } from "zod";
import { syncDirectorySync, writeDurably } from "../durable.ts";

/** Layout: README.md, "Directory". */
export const STORE_VERSION = 1;
const IDENTITY = "overt-store.json";
const LOCK = "lock.sqlite";

const Identity = z.object({
  format: z.literal("overt-store"),
  version: z.number().int().positive(),
  recorder: z.string(),
  /** 16 random bytes in hex: tells two stores of one recorder apart. */
  store: z.string().regex(/^[0-9a-f]{32}$/),
});
export type Identity = z.infer<typeof Identity>;

/**
 * The directory's identity, made when the directory is empty and no store is remembered to have been there.
 *
 * @param rememberAt A file outside the volume that remembers which store belongs here. Once it is written an empty
 *   directory is a mount that is missing, not a new store (sto-02).
 * @throws OvertError `STORE_FOREIGN`, `STORE_NEWER`, `STORE_ABSENT`, `STORE_READ_ONLY`, `STORE_UNREADABLE`
 */
export function claimDirectory(directory: string, recorder: RecorderId, rememberAt: string | null): Identity {
  const remembered = rememberAt === null ? null : readIdentity(rememberAt);
  const found = readIdentity(join(directory, IDENTITY)) ?? makeIdentity(directory, recorder, remembered);
  if (found.version > STORE_VERSION)
    throw new OvertError("STORE_NEWER", `${directory} holds a store of version ${found.version}.`, {
      hint: `This Overt knows versions up to ${STORE_VERSION}: update it. Nothing was changed.`,
    });
  if (found.recorder !== recorder)
    throw new OvertError("STORE_FOREIGN", `${directory} belongs to recorder "${found.recorder}", not "${recorder}".`, {
      hint: "Mount the right volume, or name an empty directory. Nothing was changed.",
    });
  if (remembered && remembered.store !== found.store)
    throw new OvertError("STORE_FOREIGN", `${directory} holds store ${found.store}, expected ${remembered.store}.`, {
      hint: `Mount the right volume; or remove ${rememberAt} to take this store instead. Nothing was changed.`,
    });
  if (rememberAt !== null && !remembered) writeDurably(rememberAt, JSON.stringify(found), 0o644);
  return found;
}

/** @returns the identity of the store in `directory`, `null` when there is none. @throws as `claimDirectory` */
export const identityOf = (directory: string): Identity | null => readIdentity(join(directory, IDENTITY));

/**
 * @returns a check that the directory is still the one that it is now: a mount may go from above its mount point, and
 *   what is written then would go to another disk (sto-03). It throws `STORE_ABSENT`.
 */
export function placeOf(directory: string): () => Promise<void> {
  const path = join(directory, IDENTITY);
  const { dev, ino } = statSync(path);
  return async () => {
    const now = await stat(path).catch(() => null);
    if (now?.dev === dev && now.ino === ino) return;
    throw new OvertError("STORE_ABSENT", `${directory} is no longer the volume that was opened.`, {
      hint: "It may have been unmounted. Recording goes on when it is there again.",
    });
  };
}

/**
 * Held until it is closed or the process dies, whichever way: the lock is the kernel's, through SQLite, since Node has
 * no `flock`. @throws OvertError `STORE_IN_USE`, `STORE_READ_ONLY`
 */
export function lockDirectory(directory: string): DatabaseSync {
  assertWritable(directory);
  const lock = new DatabaseSync(join(directory, LOCK), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (thrown) {
    lock.close();
    if ((thrown as { errcode?: number }).errcode !== SQLITE_BUSY) throw asOvertError(thrown, "STORE_UNREADABLE");
    throw new OvertError("STORE_IN_USE", `Another process writes to ${directory}.`, {
      hint: "Two recorders may have been started on one directory. Stop the other one.",
    });
  }
}

const SQLITE_BUSY = 5;

/** SQLite would take a shared lock on what it cannot write, and fail later in other words. */
function assertWritable(directory: string): void {
  try {
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new OvertError("STORE_READ_ONLY", `${directory} cannot be written.`, {
      hint: "It is mounted read-only, perhaps after a disk error (see `dmesg`), or belongs to another user. Nothing was changed.",
      cause,
    });
  }
}

function readIdentity(path: string): Identity | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw asOvertError(thrown, "STORE_UNREADABLE");
  }
  try {
    return Identity.parse(JSON.parse(text));
  } catch (cause) {
    throw new OvertError("STORE_FOREIGN", `${path} is not an Overt store's identity.`, {
      hint: "Restore it from a backup, or name an empty directory. Nothing was changed.",
      cause,
    });
  }
}

function makeIdentity(directory: string, recorder: RecorderId, remembered: Identity | null): Identity {
  if (remembered)
    throw new OvertError("STORE_ABSENT", `${directory} holds no store, but store ${remembered.store} was here.`, {
      hint: "The volume may not be mounted. Recording goes on when it is there again.",
    });
  const names = entriesOf(directory);
  syncDirectorySync(dirname(directory));
  if (names.length > 0)
    throw new OvertError("STORE_FOREIGN", `${directory} is not empty and holds no store ("${names[0]}" is in it).`, {
      hint: "Name an empty directory. Nothing was changed.",
    });
  assertWritable(directory);
  const identity: Identity = {
    format: "overt-store",
    version: STORE_VERSION,
    recorder,
    store: toHex(randomBytes(16)),
  };
  writeDurably(join(directory, IDENTITY), `${JSON.stringify(identity, null, 2)}\n`, 0o644);
  return identity;
}

/** What is in the way of a new store. A fresh file system has `lost+found`; power may have failed here. */
function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).filter(
      (name) => name !== "lost+found" && !name.startsWith(LOCK) && !name.startsWith(IDENTITY),
    );
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw asOvertError(thrown, "STORE_UNREADABLE");
  }
  // Only the last step of the path: a whole path that is missing is rather a volume that is.
  try {
    mkdirSync(directory);
    return [];
  } catch (cause) {
    throw new OvertError("STORE_ABSENT", `${directory} is not there.`, {
      hint: "The volume may not be mounted, or the path in the configuration may be wrong.",
      cause,
    });
  }
}
