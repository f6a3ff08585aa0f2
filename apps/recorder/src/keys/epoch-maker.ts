import { asOvertError, type Instant, type OvertError } from "@overt/core";
import { periodStart } from "@overt/rules";
import type { SealRoster } from "@overt/seal";
import type { EpochWant } from "./batch.ts";
import type { Prepare } from "./key-child.ts";
import { type PeriodKeys, periodKeyAt } from "./period-key.ts";
import type { ReadyEpoch, Seat } from "./seat-keys.ts";

/** Somebody who needs an epoch; asked when the batch leaves. */
export interface EpochOrder {
  readonly seat: Seat;
  startsAt(): Instant;
  deliver(ready: ReadyEpoch): void;
  fail(error: OvertError): void;
}

export interface EpochMakerOptions {
  readonly prepare: Prepare;
  readonly periodKeys: PeriodKeys;
  /** First pause after a failure; doubled with each further one up to 30 s. */
  readonly retryMs: number;
}

interface Keyed {
  readonly order: EpochOrder;
  readonly start: Instant;
  readonly periodStart: Instant;
  readonly periodKey: Uint8Array;
}

const RETRY_LIMIT_MS = 30_000;
/** A child's answer stays small, and a failing one takes few epochs with it. */
const BATCH_LIMIT = 128;

/** Gathers orders for epochs into batches, one key child at a time, and goes on asking until each has its epoch. */
export class EpochMaker {
  roster: SealRoster | null;
  readonly #options: EpochMakerOptions;
  /** When each order must leave, by `performance.now()`. */
  readonly #dueMs = new Map<EpochOrder, number>();
  readonly #making = new Set<EpochOrder>();
  /** One camera's trouble must not slow another's. */
  readonly #setbacks = new WeakMap<EpochOrder, { readonly failures: number; readonly untilMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #busy = false;
  #closed = false;

  constructor(options: EpochMakerOptions, roster: SealRoster | null) {
    this.#options = options;
    this.roster = roster;
  }

  /** Asks for one epoch, with the first batch that leaves within `withinMs`. Asking again at most hastens it. */
  order(order: EpochOrder, withinMs: number): void {
    if (this.#closed || this.#making.has(order)) return;
    const leavesMs = Math.max(performance.now() + withinMs, this.#pausedUntilMs(order));
    this.#dueMs.set(order, Math.min(leavesMs, this.#dueMs.get(order) ?? leavesMs));
    this.#schedule();
  }

  cancel(order: EpochOrder): void {
    this.#dueMs.delete(order);
    this.#making.delete(order);
  }

  close(): void {
    this.#closed = true;
    this.#dueMs.clear();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#busy || this.#closed || this.#dueMs.size === 0) return;
    const waitMs = Math.min(...this.#dueMs.values()) - performance.now();
    this.#timer = setTimeout(() => void this.#leave(), Math.max(0, Math.ceil(waitMs)));
  }

  /** Whoever is not in a pause goes along, the most urgent first. */
  async #leave(): Promise<void> {
    this.#busy = true;
    const nowMs = performance.now();
    const batch = [...this.#dueMs]
      .filter(([order]) => this.#pausedUntilMs(order) <= nowMs)
      .sort(([, a], [, b]) => a - b)
      .slice(0, BATCH_LIMIT)
      .map(([order]) => order);
    for (const order of batch) {
      this.#dueMs.delete(order);
      this.#making.add(order);
    }
    const failed = new Set(await this.#make(batch));
    const again = batch.filter((order) => failed.has(order) && this.#making.has(order));
    this.#making.clear();
    for (const order of batch) this.#paceAfter(order, failed.has(order));
    this.#busy = false;
    for (const order of again) this.order(order, 0);
    this.#schedule();
  }

  #pausedUntilMs(order: EpochOrder): number {
    return this.#setbacks.get(order)?.untilMs ?? 0;
  }

  #paceAfter(order: EpochOrder, failed: boolean): void {
    if (!failed) {
      this.#setbacks.delete(order);
      return;
    }
    const failures = (this.#setbacks.get(order)?.failures ?? 0) + 1;
    const pauseMs = Math.min(this.#options.retryMs * 2 ** (failures - 1), RETRY_LIMIT_MS);
    this.#setbacks.set(order, { failures, untilMs: performance.now() + pauseMs });
  }

  /** @returns the orders that failed */
  async #make(batch: readonly EpochOrder[]): Promise<EpochOrder[]> {
    const keyed = await Promise.all(batch.map((order) => this.#withPeriodKey(order)));
    const { roster } = this;
    const ready = keyed
      .filter((one) => one !== null)
      .filter(({ order }) => roster || order.seat.track === "anonymised");
    const failed = batch.filter((_, i) => keyed[i] === null);
    try {
      if (ready.length === 0) return failed;
      const answers = await this.#options.prepare(
        ready.map((one) => this.#want(one)),
        ready.map((one) => one.periodKey),
        roster,
      );
      for (const [i, { order, start }] of ready.entries()) {
        const prepared = answers[i]!;
        const period = periodStart(start, order.seat.periodMs);
        if (!("refused" in prepared)) this.#deliver(order, { prepared, periodStart: period }, roster);
        else failed.push(this.#fail(order, prepared.refused));
      }
    } catch (thrown) {
      for (const { order } of ready) failed.push(this.#fail(order, asOvertError(thrown, "KEY_CHILD_FAILED")));
    } finally {
      for (const one of keyed) one?.periodKey.fill(0);
    }
    return failed;
  }

  #want({ order: { seat }, start, periodStart }: Keyed): EpochWant {
    return { camera: seat.camera, track: seat.track, start, periodStart };
  }

  #fail(order: EpochOrder, error: OvertError): EpochOrder {
    order.fail(error);
    return order;
  }

  /** Shares of custodians who are no longer the custodians are as good as none. */
  #deliver(order: EpochOrder, ready: ReadyEpoch, roster: SealRoster | null): void {
    if (!this.#closed && (order.seat.track === "anonymised" || roster === this.roster)) {
      order.deliver(ready);
      return;
    }
    for (const { key } of ready.prepared.segments) key.fill(0);
    this.#making.delete(order);
    if (!this.#closed && this.roster) this.order(order, 0);
  }

  async #withPeriodKey(order: EpochOrder): Promise<Keyed | null> {
    const { camera, retentionMs } = order.seat;
    const start = order.startsAt();
    try {
      const { periodStart: name, key } = await periodKeyAt(this.#options.periodKeys, camera, start, retentionMs);
      return { order, start, periodStart: name, periodKey: key };
    } catch (thrown) {
      order.fail(asOvertError(thrown, "PERIOD_KEY_FAILED"));
      return null;
    }
  }
}
