import { dirname } from "node:path";
import type { DiskOp, FileOp, NameOp } from "./trace.ts";

interface File {
  /** What is on the disk whatever happens. */
  durable: Uint8Array;
  /** Written and not synced. */
  pending: FileOp[];
}

type Names = Map<string, File | "directory">;

/** What becomes of what was not synced when power fails. */
export type Fate = "lost" | "kept" | "torn-512" | "torn-4096";
export const FATES: readonly Fate[] = ["lost", "kept", "torn-512", "torn-4096"];

/** Files and folders as a disk holds them, by path. */
export type Held = ReadonlyMap<string, Uint8Array | "directory">;

/**
 * A disk that is told what a program does and may lose power at any moment. Only what POSIX promises is on it for
 * certain: a file's bytes since its last sync, a folder's names since its own. Everything else may be there, or not, or
 * in part: unsynced writes of one file in any combination of sectors, names of one folder up to any one of them.
 */
export class Disk {
  /** What running programs see. */
  readonly #now: Names = new Map();
  readonly #durable: Names = new Map();
  /** Per folder, in order. */
  readonly #pending = new Map<string, NameOp[]>();
  readonly #fileOf = new Map<NameOp, File | "directory">();

  /** @param root there already, and its name durable */
  constructor(root: string) {
    this.#now.set(root, "directory");
    this.#durable.set(root, "directory");
  }

  do(op: DiskOp): void {
    switch (op.op) {
      case "mark":
        return;
      case "write":
      case "truncate":
        this.#file(op.path).pending.push(op);
        return;
      case "sync": {
        const file = this.#file(op.path);
        file.durable = applied(file.durable, file.pending);
        file.pending = [];
        return;
      }
      case "sync-directory":
        for (const change of this.#pending.get(op.path) ?? []) rename(this.#durable, change, this.#fileOf.get(change));
        this.#pending.delete(op.path);
        return;
      default:
        this.#rename(op);
    }
  }

  /** A disk as it may be found after power failed now. */
  after(fate: Fate, random: () => number): Held {
    const names = new Map(this.#durable);
    for (const changes of this.#pending.values()) {
      const kept = fate === "lost" ? 0 : fate === "kept" ? changes.length : Math.floor(random() * (changes.length + 1));
      for (const change of changes.slice(0, kept)) rename(names, change, this.#fileOf.get(change));
    }
    const held = new Map<string, Uint8Array | "directory">();
    for (const [path, file] of names) {
      // A name in a folder whose own name was lost is lost with it.
      if (path !== dirname(path) && !isReachable(names, path)) continue;
      held.set(path, file === "directory" ? file : content(file, fate, random));
    }
    return held;
  }

  #file(path: string): File {
    const file = this.#now.get(path);
    if (!file || file === "directory") throw new Error(`The trace uses ${path}, which it has not made.`);
    return file;
  }

  #rename(op: NameOp): void {
    if (op.op === "create") this.#fileOf.set(op, { durable: new Uint8Array(), pending: [] });
    if (op.op === "mkdir") this.#fileOf.set(op, "directory");
    if (op.op === "rename") this.#fileOf.set(op, this.#file(op.path));
    rename(this.#now, op, this.#fileOf.get(op));
    const folder = dirname(op.path);
    this.#pending.set(folder, [...(this.#pending.get(folder) ?? []), op]);
  }
}

function rename(names: Names, op: NameOp, file: File | "directory" | undefined): void {
  if (op.op === "unlink" || op.op === "rename") names.delete(op.path);
  if (op.op !== "unlink" && file) names.set(op.op === "rename" ? op.to : op.path, file);
}

/** Above the traced folder nothing is known, and nothing is lost. */
function isReachable(names: Names, path: string): boolean {
  const [root] = names.keys();
  for (let at = path; at !== root; at = dirname(at)) if (!names.has(at)) return false;
  return true;
}

function content({ durable, pending }: File, fate: Fate, random: () => number): Uint8Array {
  if (fate === "lost" || pending.length === 0) return durable;
  if (fate === "kept") return applied(durable, pending);
  const sector = fate === "torn-512" ? 512 : 4096;
  const until = Math.floor(random() * (pending.length + 1));
  const share = random();
  const torn = pending.slice(0, until).flatMap((op) => (op.op === "write" ? sectorsOf(op, sector) : [op]));
  const kept = torn.filter((op) => op.op === "truncate" || random() < share);
  const bytes = applied(durable, kept);
  // A file may have its new length already, and zeros where the bytes are still to come.
  const whole = applied(durable, pending.slice(0, until));
  return whole.length > bytes.length && random() < 0.5 ? lengthened(bytes, whole.length) : bytes;
}

/** A write as a disk does it: cut where its sectors are. */
function sectorsOf({ path, offset, bytes }: Extract<FileOp, { op: "write" }>, sector: number): FileOp[] {
  const parts: FileOp[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, (Math.floor((offset + at) / sector) + 1) * sector - offset);
    parts.push({ op: "write", path, offset: offset + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return parts;
}

function applied(before: Uint8Array, ops: readonly FileOp[]): Uint8Array {
  if (ops.length === 0) return before;
  let length = before.length;
  let most = length;
  for (const op of ops) {
    length = op.op === "truncate" ? op.length : Math.max(length, op.offset + op.bytes.length);
    most = Math.max(most, length);
  }
  const bytes = new Uint8Array(most);
  bytes.set(before);
  let end = before.length;
  for (const op of ops) {
    if (op.op === "truncate") {
      if (op.length < end) bytes.fill(0, op.length, end);
      end = op.length;
    } else {
      bytes.set(op.bytes, op.offset);
      end = Math.max(end, op.offset + op.bytes.length);
    }
  }
  return bytes.subarray(0, length);
}

function lengthened(bytes: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}
