import type { CameraId, Instant } from "@overt/core";
import {
  CUSTODIAN_GROUPS,
  type EnvelopeHead,
  joinShares,
  labelOf,
  openEnvelope,
  openShare,
  parseEnvelopeRecord,
  type RawRecord,
  type Share,
  type ShareTable,
  type Verify,
  verifyEnvelope,
} from "@overt/seal";

/** The key store's side; `null` when the key is dead or never was. */
export type PeriodKeyOf = (camera: CameraId, periodStart: Instant) => Promise<Uint8Array | null>;

export interface Openers {
  readonly periodKeyOf: PeriodKeyOf;
  /** Custodians' age identities, of whoever would act. */
  readonly identities: readonly string[];
  /** The recorder's public key; `null` leaves its signature out. */
  readonly recorder: Verify | null;
}

/** @returns the epoch key, or in words why there is none */
export async function epochKeyOf(
  envelope: RawRecord,
  openers: Openers,
): Promise<{ key: Uint8Array } | { why: string }> {
  const parsed = parseEnvelopeRecord(envelope);
  if ("problem" in parsed) return { why: `the envelope is no envelope (${parsed.problem})` };
  const { camera, periodStart } = parsed.head;
  const periodKey = await openers.periodKeyOf(camera, periodStart);
  if (!periodKey) return { why: "the period key is dead" };
  const opened = await openEnvelope(envelope, periodKey);
  if ("problem" in opened) return { why: `the envelope does not open (${opened.problem})` };
  if (opened.track === "anonymised") return { key: opened.epochKey };
  if (openers.recorder && !(await verifyEnvelope(opened.signed, openers.recorder)))
    return { why: "the recorder did not sign this envelope" };
  const joined = await joinShares(opened.table, await sharesFor(opened.head, opened.table, openers.identities));
  if ("epochKey" in joined) return { key: joined.epochKey };
  if (joined.problem === "share_foreign") return { why: `the share of ${joined.custodian} is not the recorder's` };
  return { why: `${joined.have} of ${joined.need} custodians of ${joined.group} act` };
}

/** Each identity opens the shares that are its own; which ones these are only trying shows. */
async function sharesFor(head: EnvelopeHead, table: ShareTable, identities: readonly string[]): Promise<Share[]> {
  const opened: Share[] = [];
  for (const group of CUSTODIAN_GROUPS) {
    for (const [index, { age }] of table.groups[group].shares.entries()) {
      const label = labelOf(head, table, group, index);
      if (!label) continue;
      for (const identity of identities) {
        const share = await openShare(age, identity, label);
        if (!("problem" in share)) opened.push(share);
      }
    }
  }
  return opened;
}
