import { createReadStream } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";

/** A change of a folder's names. */
export type NameOp =
  | { readonly op: "create" | "mkdir" | "unlink"; readonly path: string }
  | { readonly op: "rename"; readonly path: string; readonly to: string };

/** A change of a file's bytes. */
export type FileOp =
  | { readonly op: "write"; readonly path: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly op: "truncate"; readonly path: string; readonly length: number };

/** What programs asked of a file system, in the order in which it was done. Paths are absolute. */
export type DiskOp =
  | NameOp
  | FileOp
  /** One was asked for: only what was done before this is promised when it ends. */
  | { readonly op: "sync-begins"; readonly path: string; readonly id: number }
  /** What was done to this file, or to this folder's names, before the sync of this number began is on the disk. */
  | { readonly op: "sync" | "sync-directory"; readonly path: string; readonly id: number }
  /** A word of a traced program itself. */
  | { readonly op: "mark"; readonly text: string };

const CALLS = [
  ["open", "openat", "openat2", "creat", "mkdir", "mkdirat", "write", "pwrite64", "writev", "pwritev", "pwritev2"],
  ["ftruncate", "truncate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "lseek"],
  // Not understood, so that they are refused where they touch what is traced.
  ["fallocate", "sync_file_range", "rmdir", "link", "linkat", "symlink", "symlinkat", "copy_file_range", "sendfile"],
  ["splice", "mmap", "msync", "dup", "dup2", "dup3", "fcntl", "ioctl", "sync", "syncfs", "io_uring_setup", "io_submit"],
].flat();

/** For `strace`: below libc, so that SQLite's own calls are seen as ours are. */
export const STRACE_ARGS = [
  ["-f", "--seccomp-bpf", "-qq", "-xx", "-y", "-s", "33554432", "-e", "signal=none"],
  // With a question mark: not every machine has each of them.
  ["-e", `trace=${CALLS.map((call) => `?${call}`).join(",")}`],
].flat();

/** A call as `strace` prints it, its arguments still text. Without a result it has only begun. */
interface Call {
  readonly thread: string;
  readonly name: string;
  readonly args: string;
  readonly result: string | null;
}

const MARK = /^MARK (.*)$/;

/**
 * What was done to files below `root`, from the output of `strace`. A write counts where it returned (what it did may be
 * on the disk earlier, which is one of the disks that {@link Disk} makes of writes that nobody has synced), a sync where
 * it began and where it returned.
 *
 * @param files there before
 * @throws Error on a line that is no call, and on a call that changes files in a way that is not understood here
 */
export async function readTrace(path: string, root: string, files: Iterable<[string, number]> = []): Promise<DiskOp[]> {
  const ops: DiskOp[] = [];
  const open = new OpenFiles(root, files);
  const unfinished = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(path) }))
    for (const call of callsOf(line, unfinished)) ops.push(...open.opsOf(call));
  return ops;
}

/** Puts together what another thread's line has cut in two. A call that is printed whole began and ended there. */
function callsOf(line: string, unfinished: Map<string, string>): Call[] {
  const thread = /^\d+/.exec(line)?.[0] ?? "";
  const rest = line.slice(thread.length).trimStart();
  if (rest === "" || rest.startsWith("+++ ") || rest.startsWith("--- ")) return [];
  if (rest.endsWith("<unfinished ...>")) {
    const text = rest.slice(0, -"<unfinished ...>".length).trimEnd();
    unfinished.set(thread, text);
    return [callIn(thread, `${text}) = `, null)];
  }
  const resumed = /^<\.\.\. \w+ resumed>/.exec(rest)?.[0];
  if (resumed === undefined) return [callIn(thread, rest, null), callIn(thread, rest)];
  const begun = unfinished.get(thread);
  if (begun === undefined) throw new Error(`The trace goes on with a call that never began: ${rest.slice(0, 200)}`);
  unfinished.delete(thread);
  return [callIn(thread, begun + rest.slice(resumed.length))];
}

function callIn(thread: string, text: string, result?: null): Call {
  const [, name, args, returned] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(text) ?? [];
  if (name === undefined || args === undefined || returned === undefined)
    throw new Error(`The trace has a line that is no call: ${text.slice(0, 200)}`);
  return { thread, name, args, result: result === undefined ? returned : null };
}

/** Knows where the next `write` of an open file goes. */
class OpenFiles {
  readonly #root: string;
  readonly #sizes: Map<string, number>;
  readonly #appending = new Set<string>();
  readonly #offsets = new Map<string, number>();
  /** By thread. */
  readonly #syncing = new Map<string, Extract<DiskOp, { op: "sync-begins" }>>();
  #syncs = 0;

  constructor(root: string, files: Iterable<[string, number]>) {
    this.#root = root;
    this.#sizes = new Map(files);
  }

  opsOf({ thread, name, args, result }: Call): DiskOp[] {
    const isSync = name === "fsync" || name === "fdatasync";
    if (result === null) return isSync ? this.#beginSync(thread, args) : [];
    // Failed, or under way when its process was killed.
    if (result.startsWith("-1") || result.startsWith("?")) return [];
    if (isSync) return this.#endSync(thread);
    switch (name) {
      case "open":
      case "openat":
      case "creat":
        return this.#open(name, args, result);
      case "write":
      case "writev":
        return this.#write(args, result);
      case "pwrite64":
      case "pwritev":
      case "pwritev2":
        return this.#writeAt(name, args, result);
      case "lseek":
        if (this.#touches(args)) this.#offsets.set(fileKey(args), Number(result));
        return [];
      case "ftruncate":
        return this.#truncate(fileOf(args), numberAfterFile(args));
      case "fallocate":
        return this.#touches(args) ? this.#hole(name, args) : [];
      case "mkdir":
      case "mkdirat":
        return this.#named("mkdir", args);
      case "unlink":
      case "unlinkat": {
        if (args.includes("AT_REMOVEDIR")) return this.#refuse(name, args);
        const ops = this.#named("unlink", args);
        for (const { path } of ops) this.#sizes.delete(path);
        return ops;
      }
      case "rename":
      case "renameat":
      case "renameat2":
        return this.#rename(name, args);
      case "mmap":
        return args.includes("MAP_SHARED") ? this.#refuse(name, args) : [];
      case "fcntl":
        return /F_DUPFD|F_SETFL.*O_(APPEND|D?SYNC)/.test(args) ? this.#refuse(name, args) : [];
      case "ioctl":
        return args.includes("FICLONE") ? this.#refuse(name, args) : [];
      case "io_uring_setup":
        // libuv gives file calls to a ring that the kernel polls; its other ring only says what epoll watches.
        if (!args.includes("IORING_SETUP_SQPOLL")) return [];
        throw notUnderstood(name, args);
      case "sync":
      case "io_submit":
        throw notUnderstood(name, args);
      default:
        return this.#refuse(name, args);
    }
  }

  #refuse(name: string, args: string): never[] {
    if (this.#touches(args)) throw notUnderstood(name, args);
    return [];
  }

  /** Whether any file or path among the arguments is one of those that are traced. */
  #touches(args: string): boolean {
    const files = [...args.matchAll(/(?:\d+|AT_FDCWD)<([^>]*)>/g)].map(([, path = ""]) => plain(path));
    return [...files, ...stringsOf(args).map(String)].some((path) => this.#ours(path));
  }

  #ours(path: string): boolean {
    return path === this.#root || path.startsWith(`${this.#root}/`);
  }

  #beginSync(thread: string, args: string): DiskOp[] {
    const path = fileOf(args);
    if (!this.#ours(path)) return [];
    const begins = { op: "sync-begins", path, id: this.#syncs++ } as const;
    this.#syncing.set(thread, begins);
    return [begins];
  }

  #endSync(thread: string): DiskOp[] {
    const begun = this.#syncing.get(thread);
    if (!begun) return [];
    this.#syncing.delete(thread);
    return [{ ...begun, op: this.#sizes.has(begun.path) ? "sync" : "sync-directory" }];
  }

  #open(name: string, args: string, result: string): DiskOp[] {
    const path = fileOf(result);
    if (!this.#ours(path) || args.includes("O_DIRECTORY") || args.includes("O_PATH")) return [];
    if (/O_D?SYNC|O_TMPFILE/.test(args)) throw notUnderstood(name, args);
    const file = fileKey(result);
    this.#offsets.set(file, 0);
    if (args.includes("O_APPEND")) this.#appending.add(file);
    else this.#appending.delete(file);
    const ops: DiskOp[] = [];
    if (!this.#sizes.has(path)) {
      // A folder that is opened to be synced looks like a file that is opened to be read.
      if (name !== "creat" && !args.includes("O_CREAT")) return [];
      this.#sizes.set(path, 0);
      ops.push({ op: "create", path });
    } else if (name === "creat" || args.includes("O_TRUNC")) ops.push(...this.#truncate(path, 0));
    return ops;
  }

  #write(args: string, result: string): DiskOp[] {
    const path = fileOf(args);
    const bytes = bytesOf(args).subarray(0, Number(result));
    const mark = path !== "" && !path.startsWith("/") ? MARK.exec(Buffer.from(bytes).toString("latin1").trim()) : null;
    if (mark?.[1] !== undefined) return [{ op: "mark", text: mark[1] }];
    if (!this.#ours(path)) return [];
    const file = fileKey(args);
    const offset = this.#appending.has(file) ? (this.#sizes.get(path) ?? 0) : (this.#offsets.get(file) ?? 0);
    this.#offsets.set(file, offset + bytes.length);
    return this.#written(path, offset, bytes);
  }

  #writeAt(name: string, args: string, result: string): DiskOp[] {
    const path = fileOf(args);
    if (!this.#ours(path)) return [];
    if (args.includes("RWF_")) throw notUnderstood(name, args);
    const tail = args.slice(args.lastIndexOf(name === "pwrite64" ? '"' : "]") + 1);
    const numbers = [...tail.matchAll(/(?<=, )\d+/g)].map(([text]) => Number(text));
    const offset = numbers[1];
    if (offset === undefined) throw notUnderstood(name, tail);
    return this.#written(path, offset, bytesOf(args).subarray(0, Number(result)));
  }

  #written(path: string, offset: number, bytes: Uint8Array): DiskOp[] {
    const size = this.#sizes.get(path);
    if (size === undefined) throw new Error(`The trace writes to ${path}, which has no name any more.`);
    this.#sizes.set(path, Math.max(size, offset + bytes.length));
    return [{ op: "write", path, offset, bytes }];
  }

  /** To a reader a hole is zeros. */
  #hole(name: string, args: string): DiskOp[] {
    const [, flags = "", offset, length] = /, ([A-Z_|]+), (\d+), (\d+)$/.exec(args) ?? [];
    const isHole = flags.split("|").toSorted().join() === "FALLOC_FL_KEEP_SIZE,FALLOC_FL_PUNCH_HOLE";
    const path = fileOf(args);
    const size = this.#sizes.get(path);
    if (!isHole || size === undefined) throw notUnderstood(name, args);
    const end = Math.min(size, Number(offset) + Number(length));
    return this.#written(path, Number(offset), new Uint8Array(Math.max(0, end - Number(offset))));
  }

  #truncate(path: string, length: number): DiskOp[] {
    if (!this.#ours(path)) return [];
    this.#sizes.set(path, length);
    return [{ op: "truncate", path, length }];
  }

  #named(op: "mkdir" | "unlink", args: string): NameOp[] {
    const [path = ""] = pathsOf(args);
    return this.#ours(path) ? [{ op, path }] : [];
  }

  #rename(name: string, args: string): DiskOp[] {
    const [path = "", to = ""] = pathsOf(args);
    if (!this.#ours(path) && !this.#ours(to)) return [];
    // Names of two folders become durable at two moments.
    if (dirname(path) !== dirname(to) || args.includes("RENAME_EXCHANGE")) throw notUnderstood(name, args);
    this.#sizes.set(to, this.#sizes.get(path) ?? 0);
    this.#sizes.delete(path);
    return [{ op: "rename", path, to }];
  }
}

function notUnderstood(name: string, args: string): Error {
  const readable = args.slice(0, 400).replaceAll(/(?:\\x[0-9a-f]{2})+/g, (text) => bytesIn(text).toString());
  return new Error(`The trace has a call that is not understood: ${name}(${readable}).`);
}

/** `12</some/path>` at the front: a descriptor, and what it stands for. */
const fileKey = (text: string): string => /^\d+<[^>]*>/.exec(text)?.[0] ?? "";
const fileOf = (args: string): string => plain(/^\d+<([^>]*)>/.exec(args)?.[1] ?? "");
const numberAfterFile = (args: string): number => Number(/^\d+<[^>]*>, (\d+)/.exec(args)?.[1]);

/** Paths among the arguments, each taken from the folder that stands before it. */
function pathsOf(args: string): string[] {
  return [...args.matchAll(/(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?"((?:\\x[0-9a-f]{2})*)"/g)].map(([, folder, text = ""]) => {
    const path = bytesIn(text).toString();
    if (isAbsolute(path)) return path;
    if (folder === undefined) throw new Error(`The trace names ${path} and not the folder that it is in.`);
    return join(plain(folder), path);
  });
}

/** `strace -xx` writes every byte of a text as `\x2f`. */
function bytesIn(quoted: string): Buffer {
  return Buffer.from(quoted.replaceAll("\\x", ""), "hex");
}

const plain = (path: string): string => (path.includes("\\x") ? bytesIn(path).toString() : path);

function stringsOf(args: string): Buffer[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, text = "", cut]) => {
    if (cut) throw new Error("The trace has cut a text: give strace a longer -s.");
    return bytesIn(text);
  });
}

const bytesOf = (args: string): Buffer => Buffer.concat(stringsOf(args));
