import { asOvertError, type CameraId, type Instant, instant } from "@overt/core";
import { periodExpiry, periodMs, periodStart } from "@overt/rules";

/** The keeper of period keys. */
export interface PeriodKeys {
  /** A copy of the key, which who asked overwrites after use. `expiry`: trusted UTC ms at which the keeper destroys it. */
  ensure(camera: CameraId, periodStart: Instant, expiry: Instant): Promise<Uint8Array>;
}

export interface PeriodKey {
  /** Its name in the key store. */
  readonly periodStart: Instant;
  readonly key: Uint8Array;
}

/** Retentions that a camera may have had within one period. */
const RETENTIONS_LIMIT = 16;

/**
 * The key of the period that `at` lies in, for what dies after `retentionMs`. A period of two retentions has two keys: the
 * second is named a millisecond before it.
 *
 * @throws OvertError as the keeper's `ensure`
 */
export async function periodKeyAt(
  keys: PeriodKeys,
  camera: CameraId,
  at: Instant,
  retentionMs: number,
): Promise<PeriodKey> {
  const start = periodStart(at, periodMs(retentionMs));
  const expiry = periodExpiry(start, retentionMs);
  for (let other = 0; ; other++) {
    const name = instant(start - other);
    try {
      return { periodStart: name, key: await keys.ensure(camera, name, expiry) };
    } catch (thrown) {
      if (asOvertError(thrown).code !== "KEY_OTHER_EXPIRY" || other === RETENTIONS_LIMIT) throw thrown;
    }
  }
}
