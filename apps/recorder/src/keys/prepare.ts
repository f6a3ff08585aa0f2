import { asOvertError, OvertError } from "@overt/core";
import {
  joinHalves,
  newEpochId,
  newHalves,
  newSegmentId,
  sealAnonymised,
  sealOriginal,
  segmentKey,
  type Sign,
  signer,
} from "@overt/seal";
import { type Batch, type EpochWant, type PreparedEpoch, type RefusedEpoch, SEGMENTS_PER_EPOCH } from "./batch.ts";

/**
 * Makes, splits and wraps the keys of a batch of epochs. Overwrites what it can; only the exit of the process that
 * runs it is sure, since the libraries it calls leave copies behind.
 */
export async function prepareBatch(batch: Batch): Promise<(PreparedEpoch | RefusedEpoch)[]> {
  const sign = await signer(batch.signingSeed);
  const prepared: (PreparedEpoch | RefusedEpoch)[] = [];
  for (const [i, want] of batch.wants.entries()) {
    const epoch = await prepareEpoch(want, batch, sign, batch.periodKeys[i]!).catch((thrown: unknown) => ({
      refused: asOvertError(thrown, "EPOCH_NOT_MADE"),
    }));
    prepared.push(epoch);
  }
  return prepared;
}

async function prepareEpoch(
  want: EpochWant,
  { roster }: Batch,
  sign: Sign,
  periodKey: Uint8Array,
): Promise<PreparedEpoch> {
  const { camera, track, start, periodStart } = want;
  const head = { camera, epoch: newEpochId(), start, periodStart };
  const halves = newHalves();
  const epochKey = joinHalves(halves);
  const segments = Array.from({ length: SEGMENTS_PER_EPOCH }, () => {
    const segment = newSegmentId();
    return { segment, key: segmentKey(epochKey, { camera, track, segment }) };
  });
  const envelopeRecord = await envelope();
  for (const secret of [epochKey, halves.operations, halves.oversight]) secret.fill(0);
  return { epoch: head.epoch, segments, envelopeRecord };

  function envelope(): Promise<Uint8Array> {
    if (track === "anonymised") return sealAnonymised(head, epochKey, periodKey);
    if (!roster) throw new OvertError("NO_ROSTER", `No custodians are known for originals of ${camera}.`);
    return sealOriginal(head, halves, roster, periodKey, sign);
  }
}
