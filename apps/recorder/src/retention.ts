import { asOvertError, type DurationMs, days, hours, type Instant, type OvertError } from "@overt/core";
import type { KeeperClient } from "./keystore/client.ts";
import type { DestroyedPeriod } from "./keystore/keys.ts";
import { cameraHash } from "./keystore/slot.ts";
import type { StoreClient } from "./store/client.ts";
import type { CameraPeriod } from "./store/removal.ts";
import type { Volumes } from "./store/volumes.ts";

/** `periodMs` gives no longer one. */
const LONGEST_PERIOD_MS = hours(1);

/** Up to a long weekend, up to a month, longer. */
const CLASSES_MS = [days(4), days(31)];

/** Which packs footage of this retention goes to, 0 to 2: those of one class are dead at about one time. */
export const retentionClass = (retentionMs: DurationMs): number =>
  CLASSES_MS.filter((longestMs) => retentionMs > longestMs).length;

/**
 * Retention is the death of keys; index rows and bytes follow. The keeper tells of each death once and only while it
 * runs, so at each start, each hour, and when packs were listed anew, the volumes' periods are held against the keys that
 * live.
 */
export class Retention {
  readonly #volumes: Volumes;
  readonly #onError: (error: OvertError) => void;

  constructor(volumes: Volumes, onError: (error: OvertError) => void) {
    this.#volumes = volumes;
    this.#onError = onError;
  }

  /** What these keys opened can be opened by nobody any more. */
  destroyed(periods: readonly DestroyedPeriod[]): void {
    this.#volumes.expire(periods).catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** A volume made room by letting these periods go: whoever kept a copy of their packs shall not open it either. */
  evicted(keeper: KeeperClient, periods: readonly CameraPeriod[], now: Instant): void {
    // A period that may still run is needed: its key dies of age.
    for (const { camera, periodStart } of periods.filter((period) => now >= period.periodStart + LONGEST_PERIOD_MS))
      keeper.destroy(camera, periodStart, now).catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** Removes what lost its key while nobody was told, on each volume that answers. */
  settle(keeper: KeeperClient): void {
    for (const store of this.#volumes.all) this.settleOne(store, keeper);
  }

  /** As `settle`, on one volume. */
  settleOne(store: StoreClient, keeper: KeeperClient): void {
    this.#settle(store, keeper).catch((thrown) => this.#onError(asOvertError(thrown)));
  }

  /** A key that was never known may still turn up: what it opens stays. */
  async #settle(store: StoreClient, keeper: KeeperClient): Promise<void> {
    for (const { camera, periodStart } of await this.#volumes.periods(store)) {
      const found = await keeper.get(camera, periodStart);
      if (found.state === "live") for (const key of found.keys) key.fill(0);
      if (found.state === "destroyed") await store.expire([{ camera: cameraHash(camera), periodStart }]);
    }
  }
}
