import {
  type CameraId,
  concatBytes,
  epochId,
  type EpochId,
  type Instant,
  OvertError,
  segmentId,
  type SegmentId,
  type Track,
} from "@overt/core";
import { KEY_BYTES, NONCE_BYTES, type SealRoster, secretBytes, TAG_BYTES } from "@overt/seal";
import { nodeGcmOpen, nodeGcmSeal } from "./gcm.ts";

/** One epoch that a key child is asked for. */
export interface EpochWant {
  readonly camera: CameraId;
  readonly track: Track;
  /** Trusted UTC ms: when it is meant to begin. */
  readonly start: Instant;
  readonly periodStart: Instant;
}

/** What a key child leaves behind of an epoch: the keys of its segments and the envelope, never the epoch key. */
export interface PreparedEpoch {
  readonly epoch: EpochId;
  readonly segments: readonly PreparedSegment[];
  readonly envelopeRecord: Uint8Array;
}

/** One epoch that could not be made; the others of its batch could. */
export interface RefusedEpoch {
  readonly refused: OvertError;
}

export interface PreparedSegment {
  readonly segment: SegmentId;
  readonly key: Uint8Array;
}

/** Two minutes hold four segments of half a minute; the rest is for cameras that change their picture size. */
export const SEGMENTS_PER_EPOCH = 8;

/** A child's whole task. Secrets travel as bytes, never as text: a string cannot be overwritten. */
export interface Batch {
  readonly wants: readonly EpochWant[];
  readonly roster: SealRoster | null;
  /** One for each want. */
  readonly periodKeys: readonly Uint8Array[];
  readonly signingSeed: Uint8Array;
  /** Made for this batch: what comes back lies under it, since a socket's buffers cannot be overwritten. */
  readonly transportKey: Uint8Array;
}

interface BatchHead {
  readonly wants: readonly EpochWant[];
  readonly roster: SealRoster | null;
}

interface EpochHead {
  readonly epoch: string;
  readonly segments: readonly string[];
  readonly envelopeBytes: number;
  readonly refused?: { readonly code: string; readonly message: string; readonly hint?: string };
}

interface PreparedHead {
  readonly epochs: readonly EpochHead[];
}

/** @throws OvertError `KEY_INVALID`: keys are cut from the body by their length alone */
export function encodeBatch({ wants, roster, periodKeys, signingSeed, transportKey }: Batch): {
  head: BatchHead;
  body: Uint8Array[];
} {
  const body = [transportKey, signingSeed, ...periodKeys];
  if (body.length !== wants.length + 2 || body.some((key) => key.length !== KEY_BYTES))
    throw new OvertError(
      "KEY_INVALID",
      `A batch of ${wants.length} epochs has not a key of ${KEY_BYTES} bytes for each.`,
    );
  return { head: { wants, roster }, body };
}

export function decodeBatch(head: unknown, body: Uint8Array): Batch {
  const { wants, roster } = head as BatchHead;
  const keys = Array.from({ length: wants.length + 2 }, (_, i) => body.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES));
  const [transportKey, signingSeed, ...periodKeys] = keys as [Uint8Array, Uint8Array, ...Uint8Array[]];
  return { wants, roster, periodKeys, signingSeed, transportKey };
}

export function encodePrepared(
  epochs: readonly (PreparedEpoch | RefusedEpoch)[],
  transportKey: Uint8Array,
): { head: PreparedHead; body: Uint8Array[] } {
  const prepared = epochs.filter((epoch): epoch is PreparedEpoch => !("refused" in epoch));
  const keys = concatBytes(prepared.flatMap(({ segments }) => segments.map(({ key }) => key)));
  const sealed = nodeGcmSeal(transportKey, new Uint8Array(NONCE_BYTES), new Uint8Array(0), [keys]);
  keys.fill(0);
  return { head: { epochs: epochs.map(headOf) }, body: [...sealed, ...prepared.map((epoch) => epoch.envelopeRecord)] };
}

function headOf(epoch: PreparedEpoch | RefusedEpoch): EpochHead {
  if (!("refused" in epoch)) {
    const segments = epoch.segments.map(({ segment }) => segment);
    return { epoch: epoch.epoch, segments, envelopeBytes: epoch.envelopeRecord.length };
  }
  const { code, message, hint } = epoch.refused;
  const refused = hint === undefined ? { code, message } : { code, message, hint };
  return { epoch: "", segments: [], envelopeBytes: 0, refused };
}

/** @throws OvertError `KEYS_INVALID` when a child answers something else than was asked */
export function decodePrepared(
  head: unknown,
  body: Uint8Array,
  transportKey: Uint8Array,
): (PreparedEpoch | RefusedEpoch)[] {
  const { epochs } = head as PreparedHead;
  const count = epochs.reduce((sum, { segments }) => sum + segments.length, 0);
  const sealedBytes = count * KEY_BYTES + TAG_BYTES;
  const envelopeBytes = epochs.reduce((sum, epoch) => sum + epoch.envelopeBytes, 0);
  if (body.length !== sealedBytes + envelopeBytes)
    throw new OvertError("KEYS_INVALID", `A key child sent ${body.length} bytes for ${count} segments.`);
  const keys = nodeGcmOpen(transportKey, new Uint8Array(NONCE_BYTES), body.subarray(0, sealedBytes));
  let keyAt = 0;
  let envelopeAt = sealedBytes;
  const prepared = epochs.map(({ epoch, segments, envelopeBytes, refused }): PreparedEpoch | RefusedEpoch => {
    if (refused) {
      const { code, message, hint } = refused;
      return { refused: new OvertError(code, message, hint === undefined ? {} : { hint }) };
    }
    const keyed = segments.map((id): PreparedSegment => {
      keyAt += KEY_BYTES;
      const key = secretBytes(KEY_BYTES);
      key.set(keys.subarray(keyAt - KEY_BYTES, keyAt));
      return { segment: segmentId(id), key };
    });
    envelopeAt += envelopeBytes;
    const envelopeRecord = Uint8Array.from(body.subarray(envelopeAt - envelopeBytes, envelopeAt));
    return { epoch: epochId(epoch), segments: keyed, envelopeRecord };
  });
  keys.fill(0);
  return prepared;
}
