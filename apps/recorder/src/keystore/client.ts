import { type CameraId, type Instant, OvertError } from "@overt/core";
import type { Frame } from "@overt/link";
import { Child } from "../process/child.ts";
import type { DestroyedPeriod, Keys } from "./keys.ts";
import type { DestroyedMessage, KeeperQuestion, PlacesAnswer } from "./messages.ts";
import { cameraHash, KEY_BYTES } from "./slot.ts";

export interface KeeperClientOptions {
  /** Two directories on two media, neither of them on a footage volume. One is enough to go on. */
  readonly places: readonly string[];
  /** Keys that have expired are gone: what they open can be removed. Told at least once, but not after a restart. */
  readonly onDestroyed: (periods: readonly DestroyedPeriod[]) => void;
  readonly onState?: (state: KeeperState) => void;
}

export type KeeperState =
  | { readonly state: "starting" }
  | ({
      /** Degraded: a place is away. From `AWAY_LIMIT_MS` after `awaySince` on no keys are made for new periods. */
      readonly state: "ok" | "degraded";
    } & PlacesAnswer)
  | { readonly state: "failed"; readonly error: OvertError };

export type PeriodKey =
  /** See `KeyState`. */
  | { readonly state: "live"; readonly keys: Keys; readonly expiry: Instant }
  | { readonly state: "destroyed" | "absent" };

const RESTART_MS = 500;
/** A question waits this long for a keeper that is being started. */
const PATIENCE_MS = 10_000;

/** A recorder's end of its key store. It starts the keeper, and starts it again as often as it ends. */
export class KeeperClient {
  readonly #options: KeeperClientOptions;
  #child: Child | null = null;
  #state: KeeperState = { state: "starting" };
  #restarts = 0;
  #timer: NodeJS.Timeout | null = null;
  #closing = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: KeeperClientOptions) {
    this.#options = options;
    this.#start();
  }

  get state(): KeeperState {
    return this.#state;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** @throws OvertError why no place could be opened; it is tried again all the same */
  async ready(): Promise<void> {
    while (this.#state.state === "starting") await this.#change();
    if (this.#state.state === "failed") throw this.#state.error;
  }

  /**
   * The key of one period of one camera, durable in every place that is there. The caller wipes it after use.
   *
   * @param expiry the period's end and the camera's retention; it does not change for a key that exists
   * @throws OvertError `KEY_DESTROYED`, `KEY_OTHER_EXPIRY`, `KEY_PLACE_AWAY_TOO_LONG`, `KEYS_ABSENT`
   */
  async ensure(camera: CameraId, periodStart: Instant, expiry: Instant): Promise<Uint8Array> {
    // A copy: the body is a view into what the socket read.
    return new Uint8Array((await this.#ask({ op: "ensure", camera: cameraHash(camera), periodStart, expiry })).body);
  }

  /** The caller wipes the keys after use. @throws OvertError `KEYS_ABSENT` */
  async get(camera: CameraId, periodStart: Instant): Promise<PeriodKey> {
    const { head, body } = await this.#ask({ op: "get", camera: cameraHash(camera), periodStart });
    const found = head as { state: "live"; expiry: Instant } | { state: "destroyed" | "absent" };
    if (found.state !== "live") return { state: found.state };
    // Copies: the body is a view into what the socket read.
    const at = (i: number): Uint8Array => new Uint8Array(body.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES));
    const others = Array.from({ length: body.length / KEY_BYTES - 1 }, (_, i) => at(i + 1));
    return { state: "live", keys: [at(0), ...others], expiry: found.expiry };
  }

  /** Before its time: a mask that failed, footage that made room. @param expiry for a key this store has not. */
  async destroy(camera: CameraId, periodStart: Instant, expiry: Instant): Promise<void> {
    await this.#ask({ op: "destroy", camera: cameraHash(camera), periodStart, expiry });
  }

  /**
   * Tells the keeper the trusted time, which it carries on by its own monotonic clock; `null` while it is in doubt.
   * Keys that have expired by it are destroyed when this returns.
   */
  async time(trustedNow: Instant | null): Promise<void> {
    const { head } = await this.#ask({ op: "time", trustedNow });
    this.#became(head as PlacesAnswer);
  }

  close(): void {
    this.#closing = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#child?.peer.destroy();
  }

  async #ask(question: KeeperQuestion): Promise<Frame> {
    const until = performance.now() + PATIENCE_MS;
    while (this.#state.state === "starting" && performance.now() < until) await this.#change(PATIENCE_MS);
    if (this.#state.state === "failed") throw this.#state.error;
    if (!this.#child) throw new OvertError("KEYS_ABSENT", "The key keeper is being started again.");
    return this.#child.peer.ask(question);
  }

  #start(): void {
    const child = new Child({
      name: "keeper",
      entry: new URL("./keeper.ts", import.meta.url),
      onExit: () => this.#restart(child),
    });
    this.#child = child;
    child.peer.onFrame(({ head }) => this.#options.onDestroyed((head as DestroyedMessage).destroyed));
    child.peer.ask({ op: "open", places: this.#options.places }).then(
      ({ head }) => this.#became(head as PlacesAnswer),
      (error: OvertError) => {
        if (!this.#closing) this.#become({ state: "failed", error });
        child.kill();
      },
    );
  }

  #restart(child: Child): void {
    if (this.#child !== child || this.#closing) return;
    this.#child = null;
    this.#restarts++;
    if (this.#state.state !== "failed") this.#become({ state: "starting" });
    this.#timer = setTimeout(() => this.#start(), RESTART_MS);
  }

  #became({ places, awaySince }: PlacesAnswer): void {
    this.#become({ state: places.some(({ problem }) => problem) ? "degraded" : "ok", places, awaySince });
  }

  #become(state: KeeperState): void {
    this.#state = state;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    this.#options.onState?.(state);
  }

  #change(patienceMs = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      if (Number.isFinite(patienceMs)) setTimeout(resolve, patienceMs).unref();
    });
  }
}
