import { performance } from "node:perf_hooks";
import { Child } from "../process/child.ts";
import type { FromWorker, LaneProblem, ToWorker } from "./messages.ts";

/** Without a word for this long, what its cameras show is no longer vouched for. */
const SILENT_MS = 700;
/** Without a word for this long, it is killed and replaced. */
const HUNG_MS = 10_000;
const RESTART_MS = 500;
/**
 * glibc overwrites what is freed, and gives large blocks (pictures) back to the kernel at once instead of keeping them
 * for later: freed pictures must not stay readable in this process (promise 3).
 */
const FORGETFUL_HEAP = { MALLOC_PERTURB_: "165", MALLOC_MMAP_THRESHOLD_: "131072" };

export interface WorkerEvents {
  onFrame(lane: number, head: FromWorker, body: Uint8Array): void;
  onSilent(problem: LaneProblem): void;
  onBack(): void;
  onRestarted(): void;
}

/** One anonymiser process, replaced when it dies or hangs. */
export class PooledWorker {
  readonly name: string;
  readonly #cacheDir: string;
  readonly #events: WorkerEvents;
  #child: Child | null = null;
  #restarts = 0;
  #detectorProblem: LaneProblem | null = null;
  #ready = false;
  #silent = false;
  #stopped = false;
  #pings = 0;
  #heard = false;
  #heardMs = performance.now();
  #retry: NodeJS.Timeout | null = null;

  constructor(name: string, cacheDir: string, events: WorkerEvents) {
    this.name = name;
    this.#cacheDir = cacheDir;
    this.#events = events;
    this.#start();
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** The detector is loaded. */
  get ready(): boolean {
    return this.#ready;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get message(): string | null {
    return this.#detectorProblem?.message ?? null;
  }

  send(head: ToWorker, body: readonly Uint8Array[] = []): void {
    this.#child?.peer.send(head, body);
  }

  /** To be called a few times a second: asks for a sign of life and judges how old the last one is. */
  check(): void {
    if (!this.#child) return;
    this.send({ kind: "ping", n: ++this.#pings });
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs > HUNG_MS) this.#child.kill();
    // While it starts it has shown nothing yet that would have to be taken back.
    if (silentMs > SILENT_MS && this.#heard && !this.#silent) {
      this.#silent = true;
      this.#events.onSilent(problem("ANONYMISER_LATE", `The process ${this.name} has not answered for a second.`));
    }
  }

  stop(): void {
    this.#stopped = true;
    if (this.#retry) clearTimeout(this.#retry);
    this.#child?.peer.end();
    this.#child = null;
  }

  #start(): void {
    this.#retry = null;
    this.#heard = false;
    this.#heardMs = performance.now();
    const child = new Child({
      name: this.name,
      entry: new URL("./worker.ts", import.meta.url),
      args: [this.#cacheDir],
      env: FORGETFUL_HEAP,
      onExit: ({ code, signal }) => this.#ended(child, signal ?? `code ${code}`),
    });
    this.#child = child;
    child.peer.onFrame(({ head, body }) => {
      if (this.#child === child) this.#receive(head as FromWorker, body);
    });
  }

  #receive(head: FromWorker, body: Uint8Array): void {
    this.#heard = true;
    this.#heardMs = performance.now();
    if (this.#silent) {
      this.#silent = false;
      this.#events.onBack();
    }
    if (head.kind === "pong") return;
    if (head.kind === "detector") {
      this.#detectorProblem = head.problem;
      this.#ready = head.problem === null;
      return;
    }
    this.#events.onFrame(head.lane, head, body);
  }

  #ended(child: Child, how: string): void {
    if (this.#stopped || this.#child !== child) return;
    this.#child = null;
    this.#ready = false;
    this.#silent = false;
    this.#restarts++;
    this.#events.onSilent(problem("ANONYMISER_DIED", `The process ${this.name} ended by itself (${how}).`));
    this.#retry = setTimeout(() => {
      this.#start();
      this.#events.onRestarted();
    }, RESTART_MS);
  }
}

const problem = (code: string, message: string): LaneProblem => ({
  code,
  message,
  hint: "It is started again by itself; until then its cameras are blank.",
});
