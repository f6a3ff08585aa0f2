import type { CameraId, Instant } from "@overt/core";
import type { KeeperClient } from "../keystore/client.ts";
import { cameraHash } from "../keystore/slot.ts";
import type { StoreClient } from "./client.ts";
import type { CameraPeriod } from "./removal.ts";

export interface Swept {
  /** Their keys are dead, and now their rows are gone. */
  readonly expired: readonly CameraPeriod[];
  /** No key opens them and they are not due: a key store was lost. They are kept, and this is an alarm. */
  readonly keyless: readonly CameraPeriod[];
}

/**
 * Removes footage whose key died while nobody listened (a crash between the two, footage from an old copy). Lawful
 * expiry is told from a lost key store by the retention that the register says.
 *
 * @param expiryOf when a period's key was to die; null where nobody knows: then it is kept
 * @param trustedNow null while trusted time is in doubt: then nothing is removed but what is known to be destroyed
 */
export async function sweep(
  store: StoreClient,
  keeper: KeeperClient,
  expiryOf: (camera: CameraId, periodStart: Instant) => Instant | null,
  trustedNow: Instant | null,
): Promise<Swept> {
  const expired: CameraPeriod[] = [];
  const keyless: CameraPeriod[] = [];
  for (const period of await store.periods()) {
    const { state } = await keeper.get(period.camera, period.periodStart);
    if (state === "live") continue;
    if (state === "destroyed" || isDue(expiryOf(period.camera, period.periodStart), trustedNow)) expired.push(period);
    else keyless.push(period);
  }
  await store.expire(expired.map(({ camera, periodStart }) => ({ camera: cameraHash(camera), periodStart })));
  return { expired, keyless };
}

const isDue = (expiry: Instant | null, trustedNow: Instant | null): boolean =>
  trustedNow !== null && expiry !== null && expiry <= trustedNow;
