import type { OvertError } from "@overt/core";

/** Something that waits to be durable. */
export type Waiting<Item> = Item & { readonly resolve: () => void; readonly reject: (error: OvertError) => void };

export interface CommitQueueOptions<Item> {
  /** What comes waits this long for more, in ms, or until there is this much. */
  readonly commitMs: number;
  readonly commitBytes: number;
  /** Makes a batch durable, and answers each of it. */
  readonly commit: (batch: readonly Waiting<Item>[]) => Promise<void>;
  /** A commit threw: what waits will never be answered. */
  readonly failed: (thrown: unknown) => void;
}

/** Commits one at a time: what comes while a disk syncs is the next one, however large it grows. */
export class CommitQueue<Item> {
  readonly #options: CommitQueueOptions<Item>;
  #waiting: Waiting<Item>[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #isCommitting = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: CommitQueueOptions<Item>) {
    this.#options = options;
  }

  /** Settles as `commit` answers it. */
  add(item: Item, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...item, resolve, reject });
      this.#waitingBytes += bytes;
      this.#schedule();
    });
  }

  /** Runs with no commit under way. */
  inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Commits all that waits. */
  async drain(): Promise<void> {
    while (this.#isCommitting || this.#waiting.length > 0) {
      this.#start();
      await this.#turn;
    }
  }

  #schedule(): void {
    if (this.#isCommitting || this.#waiting.length === 0) return;
    if (this.#waitingBytes >= this.#options.commitBytes) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), this.#options.commitMs);
  }

  #start(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isCommitting || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#isCommitting = true;
    this.inTurn(() => this.#options.commit(batch)).then(() => {
      this.#isCommitting = false;
      this.#schedule();
    }, this.#options.failed);
  }
}
