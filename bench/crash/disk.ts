import { dirname } from "node:path";
import type { DiskOp, FileOp, NameOp } from "./trace.ts";

/** Something done, and when: a sync promises what was done before it began. */
interface Done<Op> {
  readonly turn: number;
  readonly op: Op;
}

interface File {
  /** What is on the disk whatever happens. */
  durable: Uint8Array;
  /** Written and not synced. */
  pending: Done<FileOp>[];
}

type Names = Map<string, File | "directory">;

/** What becomes of what was not synced when power fails. */
export type Fate = "lost" | "kept" | "torn-512" | "torn-4096";
export const FATES: readonly Fate[] = ["lost", "kept", "torn-512", "torn-4096"];

/** Files and folders as a disk holds them, by path; what is in a folder after it. */
export type Held = ReadonlyMap<string, Uint8Array | "directory">;

/** Room that was given back, and may be given again with what is in it. */
const FREED_KEPT = 8;
const BLOCK_BYTES = 4096;

/**
 * A disk that is told what a program does and may lose power at any moment. Only what POSIX promises is on it for
 * certain: a file's bytes, and a folder's names, as they were when the last sync of it that has ended began. Everything
 * else may be there, or not, or in part: changes of one file, by sectors, in any combination, changes of a folder's names
 * in any combination, and where a file has grown, its bytes, zeros, or what another file left there.
 */
export class Disk {
  /** What running programs see. */
  readonly #now: Names = new Map();
  readonly #durable: Names = new Map();
  /** Per folder, in order. */
  readonly #pending = new Map<string, Done<NameOp>[]>();
  readonly #fileOf = new Map<NameOp, File | "directory">();
  /** When the syncs that run began, and of what. */
  readonly #syncing = new Map<number, { turn: number; of: File | string }>();
  readonly #freed: Uint8Array[] = [];
  readonly #root: string;
  #turn = 0;

  /** @param held there already, and durable */
  constructor(root: string, held: Held = new Map([[root, "directory"]])) {
    this.#root = root;
    for (const [path, content] of held) {
      const file = content === "directory" ? content : { durable: content, pending: [] };
      this.#now.set(path, file);
      this.#durable.set(path, file);
    }
  }

  do(op: DiskOp): void {
    const turn = this.#turn++;
    switch (op.op) {
      case "mark":
        return;
      case "write":
      case "truncate":
        this.#file(op.path).pending.push({ turn, op });
        return;
      case "sync-begins": {
        const file = this.#now.get(op.path);
        this.#syncing.set(op.id, { turn, of: !file || file === "directory" ? op.path : file });
        return;
      }
      case "sync":
      case "sync-directory": {
        const begun = this.#syncing.get(op.id);
        if (!begun) throw new Error(`The trace ends a sync of ${op.path} that never began.`);
        this.#syncing.delete(op.id);
        if (typeof begun.of === "string") this.#syncNames(begun.of, begun.turn);
        else syncFile(begun.of, begun.turn);
        return;
      }
      default:
        this.#rename(op, turn);
    }
  }

  /** A disk as it may be found after power failed now. */
  after(fate: Fate, random: () => number): Held {
    const names = new Map(this.#durable);
    for (const changes of this.#pending.values())
      for (const { op } of keptOf(changes, fate, random)) rename(names, op, this.#fileOf.get(op));
    const held = new Map<string, Uint8Array | "directory">();
    for (const [path, file] of names) {
      // A name in a folder whose own name was lost is lost with it.
      if (!this.#isReachable(names, path)) continue;
      held.set(path, file === "directory" ? file : this.#content(file, fate, random));
    }
    return held;
  }

  #file(path: string): File {
    const file = this.#now.get(path);
    if (!file || file === "directory") throw new Error(`The trace uses ${path}, which it has not made.`);
    return file;
  }

  #syncNames(folder: string, until: number): void {
    const changes = this.#pending.get(folder) ?? [];
    for (const { turn, op } of changes) if (turn < until) rename(this.#durable, op, this.#fileOf.get(op));
    this.#pending.set(
      folder,
      changes.filter(({ turn }) => turn >= until),
    );
  }

  #rename(op: NameOp, turn: number): void {
    if (op.op === "create") this.#fileOf.set(op, { durable: new Uint8Array(), pending: [] });
    if (op.op === "mkdir") this.#fileOf.set(op, "directory");
    if (op.op === "rename") this.#fileOf.set(op, this.#file(op.path));
    if (op.op === "unlink") this.#free(this.#file(op.path));
    rename(this.#now, op, this.#fileOf.get(op));
    const folder = dirname(op.path);
    this.#pending.set(folder, [...(this.#pending.get(folder) ?? []), { turn, op }]);
  }

  #free({ durable, pending }: File): void {
    this.#freed.push(
      applied(
        durable,
        pending.map(({ op }) => op),
      ),
    );
    if (this.#freed.length > FREED_KEPT) this.#freed.shift();
  }

  /** Above the traced folder nothing is known, and nothing is lost. */
  #isReachable(names: Names, path: string): boolean {
    for (let at = path; at !== this.#root; at = dirname(at)) if (!names.has(at)) return false;
    return true;
  }

  #content({ durable, pending }: File, fate: Fate, random: () => number): Uint8Array {
    if (fate === "lost" || pending.length === 0) return durable;
    const ops = pending.map(({ op }) => op);
    if (fate === "kept") return applied(durable, ops);
    const sector = fate === "torn-512" ? 512 : 4096;
    const begun = ops.slice(0, Math.floor(random() * (ops.length + 1)));
    const share = random();
    const kept = begun
      .flatMap((op) => (op.op === "write" ? sectorsOf(op, sector) : [op]))
      .filter(() => random() < share);
    // A file may have its new length before its bytes, and then shows whatever is in its new room.
    const length = random() < 0.5 ? durable.length : applied(durable, begun).length;
    if (length <= durable.length) return applied(durable, kept);
    const before = random() < 0.5 ? new Uint8Array(length) : this.#usedRoom(length, random);
    // The block that a file ends in is its own: behind its end there are zeros.
    before.fill(0, durable.length, Math.ceil(durable.length / BLOCK_BYTES) * BLOCK_BYTES);
    before.set(durable);
    return applied(before, kept);
  }

  #usedRoom(length: number, random: () => number): Uint8Array {
    const room = new Uint8Array(length);
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const of = this.#freed[Math.floor(random() * this.#freed.length)] ?? new Uint8Array();
      const block = Math.floor(random() * Math.ceil(of.length / BLOCK_BYTES)) * BLOCK_BYTES;
      room.set(of.subarray(block, Math.min(block + BLOCK_BYTES, block + length - at)), at);
    }
    return room;
  }
}

function syncFile(file: File, until: number): void {
  const done = file.pending.filter(({ turn }) => turn < until).map(({ op }) => op);
  file.durable = applied(file.durable, done);
  file.pending = file.pending.filter(({ turn }) => turn >= until);
}

/** Journals keep the order of names; nobody promised it. */
function keptOf<T>(changes: readonly T[], fate: Fate, random: () => number): readonly T[] {
  if (fate === "lost") return [];
  if (fate === "kept") return changes;
  if (random() < 0.5) return changes.slice(0, Math.floor(random() * (changes.length + 1)));
  return changes.filter(() => random() < 0.5);
}

function rename(names: Names, op: NameOp, file: File | "directory" | undefined): void {
  if (op.op === "unlink" || op.op === "rename") names.delete(op.path);
  if (op.op !== "unlink" && file) names.set(op.op === "rename" ? op.to : op.path, file);
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
