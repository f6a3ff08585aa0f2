import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Written whole or not at all, whenever power fails; on the disk when it returns. */
export function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const partial = `${path}.new`;
  writeFileSync(partial, content, { mode, flush: true });
  renameSync(partial, path);
  syncDirectorySync(dirname(path));
}

/** Makes new and removed names of a directory durable. */
export function syncDirectorySync(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
