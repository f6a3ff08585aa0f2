import { asOvertError, OvertError } from "@overt/core";
import { newKey, type SealRoster } from "@overt/seal";
import { Child } from "../process/child.ts";
import { decodePrepared, type EpochWant, encodeBatch, type PreparedEpoch, type RefusedEpoch } from "./batch.ts";

/** Makes the epochs of a batch: one answer for each want, in order. */
export type Prepare = (
  wants: readonly EpochWant[],
  periodKeys: readonly Uint8Array[],
  roster: SealRoster | null,
) => Promise<(PreparedEpoch | RefusedEpoch)[]>;

/** Longer than the largest batch takes on a busy machine. */
const CHILD_LIMIT_MS = 30_000;

/**
 * Each call is one process, which has exited when the promise settles: from then on nothing on this machine holds the
 * epochs' keys.
 *
 * @throws OvertError `KEY_CHILD_DIED`, `KEYS_INVALID`, `KEY_INVALID`; a roster that cannot be used is refused per epoch
 */
export function keyChild(signingSeed: Uint8Array): Prepare {
  return async (wants, periodKeys, roster) => {
    let exited = () => {};
    const gone = new Promise<void>((resolve) => {
      exited = resolve;
    });
    const transportKey = newKey();
    const { head, body } = encodeBatch({ wants, roster, periodKeys, signingSeed, transportKey });
    const child = new Child({ name: "keys", entry: new URL("./child.ts", import.meta.url), onExit: exited });
    const limit = setTimeout(() => child.kill(), CHILD_LIMIT_MS);
    try {
      const answer = await child.peer.ask(head, body).catch((thrown: unknown) => {
        throw asDeath(thrown, wants.length);
      });
      return decodePrepared(answer.head, answer.body, transportKey);
    } finally {
      clearTimeout(limit);
      transportKey.fill(0);
      child.kill();
      await gone;
    }
  };
}

function asDeath(thrown: unknown, count: number): OvertError {
  const error = asOvertError(thrown, "KEY_CHILD_DIED");
  if (error.code !== "PEER_GONE") return error;
  return new OvertError("KEY_CHILD_DIED", `The key child of ${count} epochs ended without an answer.`, {
    cause: thrown,
  });
}
