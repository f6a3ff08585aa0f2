import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { asOvertError, type OvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { Child } from "@overt/recorder/process/child";

export interface ServiceOptions {
  readonly name: string;
  readonly entry: URL;
  /** What the process gets as its first frame. */
  readonly config: object;
  readonly onStarted?: (answer: Frame) => void;
  readonly onProblem: (error: OvertError) => void;
}

const RESTART_MS = { first: 300, longest: 10_000 };
/** Who lives this long has started well: every second of waiting is footage. */
const STEADY_MS = 3_000;
const END_LIMIT_MS = 15_000;

/** Where our processes keep compiled code. A key child lives for a moment, and would spend most of it compiling. */
export function keepCompiled(directory: string): void {
  // Before Node makes it, readable by everybody.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  process.env.NODE_COMPILE_CACHE ??= directory;
}

/**
 * A process that is started again as often as it ends. The first start must succeed: what is misconfigured is said once
 * and not for ever.
 */
export class Service {
  readonly name: string;
  readonly #options: ServiceOptions;
  #child: Child | null = null;
  #restarts = 0;
  #waitMs = RESTART_MS.first;
  #timer: NodeJS.Timeout | undefined;
  #ending: (() => void) | null = null;
  /** Nothing starts it again but `start`. */
  #cut = false;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** @throws OvertError why it could not start */
  async start(): Promise<void> {
    this.#cut = false;
    await this.#run();
  }

  /** @throws OvertError `PEER_GONE` while it is being started again */
  async ask(head: object): Promise<Frame> {
    if (!this.#child) throw asOvertError(new Error(`${this.name} is being started.`), "PEER_GONE");
    return this.#child.peer.ask(head);
  }

  /**
   * What a power cut does to it: it and all its processes are gone at once, and it stays away until `start`. To be used
   * in a simulation only.
   */
  async cut(): Promise<void> {
    this.#cut = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => {
      this.#ending = resolve;
    });
    for (const pid of [child.pid, ...childrenOf(child.pid)]) killNow(pid);
    await gone;
    this.#ending = null;
  }

  /** Lets it end in order, and kills it when it does not. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => child.kill(), END_LIMIT_MS);
      this.#ending = () => {
        clearTimeout(limit);
        resolve();
      };
      child.peer.end();
    });
  }

  async #run(): Promise<void> {
    const { name, entry, config, onStarted } = this.#options;
    const began = performance.now();
    let started = false;
    const child = new Child({
      name,
      entry,
      onExit: ({ code, signal }) => {
        if (this.#child === child) this.#child = null;
        if (this.#ending) this.#ending();
        else if (started) this.#again(performance.now() - began, `${name} ended (${signal ?? `code ${code}`}).`);
      },
    });
    this.#child = child;
    try {
      const answer = await child.peer.ask({ config });
      started = true;
      onStarted?.(answer);
    } catch (thrown) {
      child.kill();
      throw thrown;
    }
  }

  #again(livedMs: number, why: string): void {
    this.#options.onProblem(asOvertError(new Error(`${why} It is started again.`), "PROCESS_ENDED"));
    this.#restarts++;
    this.#waitMs = livedMs > STEADY_MS ? RESTART_MS.first : Math.min(this.#waitMs * 2, RESTART_MS.longest);
    if (this.#cut) return;
    this.#timer = setTimeout(() => {
      this.#run().catch((thrown: unknown) => {
        this.#options.onProblem(asOvertError(thrown));
        this.#again(0, `${this.name} could not start.`);
      });
    }, this.#waitMs);
  }
}

/** From the kernel: a process that is killed cannot tell its children. */
export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]) === parent;
      } catch {
        // It ended while we looked.
        return false;
      }
    })
    .map(Number);
}

/** `kill -9`. One that has ended by itself meanwhile is as well. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
