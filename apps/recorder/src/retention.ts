import { asOvertError, hours, type Instant, type OvertError } from "@overt/core";
import type { KeeperClient } from "./keystore/client.ts";
import type { DestroyedPeriod } from "./keystore/keys.ts";
import { cameraHash } from "./keystore/slot.ts";
import type { StoreClient } from "./store/client.ts";
import type { CameraPeriod } from "./store/removal.ts";

/** `periodMs` gives no longer one. */
const LONGEST_PERIOD_MS = hours(1);

/**
 * Retention is the death of keys; index rows and bytes follow. The keeper tells of each death once and only while it
 * runs, so at each start the store's periods are held against the keys that live.
 */
export class Retention {
  readonly #store: StoreClient;
  readonly #onError: (error: OvertError) => void;

  constructor(store: StoreClient, onError: (error: OvertError) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** What these keys opened can be opened by nobody any more. */
  destroyed(periods: readonly DestroyedPeriod[]): void {
    this.#store.expire(periods).catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** The store made room by letting these periods go: whoever kept a copy of their packs shall not open it either. */
  evicted(keeper: KeeperClient, periods: readonly CameraPeriod[], now: Instant): void {
    // A period that may still run is needed: its key dies of age.
    for (const { camera, periodStart } of periods.filter((period) => now >= period.periodStart + LONGEST_PERIOD_MS))
      keeper.destroy(camera, periodStart, now).catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** Removes what lost its key while nobody was told. A key that was never known may still turn up: it stays. */
  async settle(keeper: KeeperClient): Promise<void> {
    for (const { camera, periodStart } of await this.#store.periods()) {
      const found = await keeper.get(camera, periodStart);
      if (found.state === "live") found.key.fill(0);
      if (found.state === "destroyed") await this.#store.expire([{ camera: cameraHash(camera), periodStart }]);
    }
  }
}
