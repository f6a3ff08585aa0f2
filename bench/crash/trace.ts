import { createReadStream } from "node:fs";
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
  /** What was done to this file before, or to this folder's names, is on the disk. */
  | { readonly op: "sync" | "sync-directory"; readonly path: string }
  /** A word of a traced program itself. */
  | { readonly op: "mark"; readonly text: string };

/** For `strace`: below libc, so that SQLite's own calls are seen as ours are. */
export const STRACE_ARGS = [
  ["-f", "--seccomp-bpf", "-qq", "-xx", "-y", "-s", "33554432", "-e", "signal=none", "-e"],
  [
    "trace=openat,creat,mkdir,mkdirat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate",
    "fallocate,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,rmdir",
  ].join(","),
].flat();

/** A call as `strace` prints it, its arguments still text. */
interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: string;
}

const MARK = /^MARK (.*)$/;

/**
 * What was done to files below `root`, from the output of `strace`. A call counts where it returned: what it did may be
 * on the disk earlier, which is one of the disks that {@link Disk} makes of writes that nobody has synced.
 *
 * @throws Error on a call that changes files in a way that is not understood here
 */
export async function readTrace(path: string, root: string): Promise<DiskOp[]> {
  const ops: DiskOp[] = [];
  const files = new OpenFiles(root);
  const unfinished = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const call = callOf(line, unfinished);
    if (call && !call.result.startsWith("-1")) ops.push(...files.opsOf(call));
  }
  return ops;
}

/** Puts together what another thread's line has cut in two. */
function callOf(line: string, unfinished: Map<string, string>): Call | null {
  const pid = /^\d+/.exec(line)?.[0] ?? "";
  const rest = line.slice(pid.length).trimStart();
  if (rest.endsWith("<unfinished ...>")) {
    unfinished.set(pid, rest.slice(0, -"<unfinished ...>".length).trimEnd());
    return null;
  }
  const resumed = /^<\.\.\. \w+ resumed>/.exec(rest)?.[0];
  const whole = resumed ? (unfinished.get(pid) ?? "") + rest.slice(resumed.length) : rest;
  const [, name, args, result] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(whole) ?? [];
  return name === undefined || args === undefined || result === undefined ? null : { name, args, result };
}

/** Knows where the next `write` of an open file goes. */
class OpenFiles {
  readonly #root: string;
  readonly #sizes = new Map<string, number>();
  readonly #appending = new Set<string>();
  readonly #offsets = new Map<string, number>();

  constructor(root: string) {
    this.#root = root;
  }

  opsOf({ name, args, result }: Call): DiskOp[] {
    switch (name) {
      case "openat":
      case "creat":
        return this.#open(args, result);
      case "write":
      case "writev":
        return this.#write(args, result);
      case "pwrite64":
      case "pwritev":
      case "pwritev2":
        return this.#writeAt(name, args, result);
      case "ftruncate":
        return this.#truncate(fileOf(args), numberAfterFile(args));
      case "fsync":
      case "fdatasync": {
        const path = fileOf(args);
        if (!this.#ours(path)) return [];
        return [this.#sizes.has(path) ? { op: "sync", path } : { op: "sync-directory", path }];
      }
      case "mkdir":
      case "mkdirat":
        return this.#named("mkdir", args);
      case "unlink":
      case "unlinkat": {
        const ops = this.#named("unlink", args);
        for (const { path } of ops) this.#sizes.delete(path);
        return ops;
      }
      case "rename":
      case "renameat":
      case "renameat2":
        return this.#rename(args);
      default: {
        const touched = [fileOf(args), ...stringsOf(args).map(String)].some((path) => this.#ours(path));
        if (touched) throw new Error(`The trace has a call that is not understood: ${name}(${args.slice(0, 200)}).`);
        return [];
      }
    }
  }

  #ours(path: string): boolean {
    return path === this.#root || path.startsWith(`${this.#root}/`);
  }

  #open(args: string, result: string): DiskOp[] {
    const path = pathIn(result);
    if (!this.#ours(path) || args.includes("O_DIRECTORY") || args.includes("O_PATH")) return [];
    const file = fileKey(result);
    this.#offsets.set(file, 0);
    if (args.includes("O_APPEND")) this.#appending.add(file);
    else this.#appending.delete(file);
    const ops: DiskOp[] = [];
    if (!this.#sizes.has(path)) {
      // A folder that is opened to be synced looks like a file that is opened to be read.
      if (!args.includes("O_CREAT")) return [];
      this.#sizes.set(path, 0);
      ops.push({ op: "create", path });
    }
    if (args.includes("O_TRUNC")) ops.push(...this.#truncate(path, 0));
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
    const tail = args.slice(args.lastIndexOf(name === "pwrite64" ? '"' : "]") + 1);
    const numbers = [...tail.matchAll(/(?<=, )\d+/g)].map(([text]) => Number(text));
    const offset = numbers[1] ?? Number.NaN;
    return this.#written(path, offset, bytesOf(args).subarray(0, Number(result)));
  }

  #written(path: string, offset: number, bytes: Uint8Array): DiskOp[] {
    this.#sizes.set(path, Math.max(this.#sizes.get(path) ?? 0, offset + bytes.length));
    return [{ op: "write", path, offset, bytes }];
  }

  #truncate(path: string, length: number): DiskOp[] {
    if (!this.#ours(path)) return [];
    this.#sizes.set(path, length);
    return [{ op: "truncate", path, length }];
  }

  #named(op: "mkdir" | "unlink", args: string): NameOp[] {
    const path = stringsOf(args)[0]?.toString() ?? "";
    return this.#ours(path) ? [{ op, path }] : [];
  }

  #rename(args: string): DiskOp[] {
    const [path = "", to = ""] = stringsOf(args).map(String);
    if (!this.#ours(path)) return [];
    this.#sizes.set(to, this.#sizes.get(path) ?? 0);
    this.#sizes.delete(path);
    return [{ op: "rename", path, to }];
  }
}

/** `12</some/path>` at the front: a descriptor, and what it stands for. */
const fileKey = (text: string): string => /^\d+<[^>]*>/.exec(text)?.[0] ?? "";
const fileOf = (args: string): string => plain(/^\d+<([^>]*)>/.exec(args)?.[1] ?? "");
const pathIn = fileOf;
const numberAfterFile = (args: string): number => Number(/^\d+<[^>]*>, (\d+)/.exec(args)?.[1]);

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
