import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Peer } from "./peer.ts";

export interface ChildOptions {
  /** Shown in the process list and on the health page. */
  readonly name: string;
  /** The module that the child runs: `new URL("./writer.ts", import.meta.url)`. */
  readonly entry: URL;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onExit: (how: { code: number | null; signal: NodeJS.Signals | null }) => void;
}

/**
 * The young generation of each heap, in MB. Our processes make few objects and much memory outside the heap, which is
 * freed by a collection of the objects that stand for it: with V8's own 16 MB that comes so late that V8 takes it for
 * pressure, and collects everything, several times a second at a hundred cameras.
 */
const SEMI_SPACE_MB = 4;
/**
 * What a heap may grow before all of it is looked at. With V8's own measure the same memory outside the heap, soon freed,
 * brings that look on twice a second, at a quarter of a recorder's core time.
 */
const HEAP_GROWS_PERCENT = 150;

/** glibc keeps freed memory in an arena for each few threads; ours are a main thread that allocates and idle ones. */
const MALLOC_ARENA_MAX = "1";

/** A process of ours with a frame connection on its file descriptor 3. It must exit when that connection closes. */
export class Child {
  readonly name: string;
  readonly peer: Peer;
  readonly #process: ChildProcess;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#process = spawn(
      process.execPath,
      [
        `--max-semi-space-size=${SEMI_SPACE_MB}`,
        `--heap-growing-percent=${HEAP_GROWS_PERCENT}`,
        ...(options.nodeArgs ?? []),
        `--title=overt-${options.name}`,
        fileURLToPath(options.entry),
        ...(options.args ?? []),
      ],
      { stdio: ["ignore", "inherit", "inherit", "pipe"], env: { MALLOC_ARENA_MAX, ...process.env, ...options.env } },
    );
    this.#process.once("exit", (code, signal) => options.onExit({ code, signal }));
    this.peer = new Peer(this.#process.stdio[3] as Socket);
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#process.kill(signal);
  }
}

/** The child's end. `onGone` runs when the parent is gone: finish what is acknowledged, then exit. */
export function parentPeer(onGone: () => void = () => process.exit(0)): Peer {
  // Ctrl-C reaches every process of a terminal's group; the parent says in which order they end.
  process.on("SIGINT", () => {});
  return new Peer(new Socket({ fd: 3, readable: true, writable: true }), onGone);
}
