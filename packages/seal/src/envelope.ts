import { concatBytes, OvertError, utf8 } from "@overt/core";
import { combine, split } from "shamir-secret-sharing";
import type { Crc32c } from "./crc32c.ts";
import type { Sign, Verify } from "./ed25519.ts";
import {
  type EnvelopeHead,
  encodeEnvelopeHead,
  encodeEnvelopeRecord,
  envelopeAad,
  parseEnvelopeRecord,
} from "./envelope-record.ts";
import { type EpochHalves, joinHalves, webRandom } from "./epoch.ts";
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES, webGcmOpen, webGcmSeal } from "./gcm.ts";
import { type RawRecord, type RecordProblem, trackByte } from "./record.ts";
import { CUSTODIAN_GROUPS, type CustodianGroup, type SealGroup, type SealRoster } from "./roster.ts";
import { decodeTable, encodeTable, type ShareTable, type WrappedShare } from "./table.ts";
import { commitmentTo, encodeShare, encryptShare, type Share, type ShareLabel } from "./share.ts";

export type OpenedEnvelope =
  | { readonly head: EnvelopeHead; readonly track: "original"; readonly table: ShareTable; readonly signed: Signed }
  | { readonly head: EnvelopeHead; readonly track: "anonymised"; readonly epochKey: Uint8Array<ArrayBuffer> };

/** What the recorder signed, and its signature: `verifyEnvelope` holds them together. */
export interface Signed {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** `period_key`: the period key is not the one it lies under, or the envelope was changed. */
export type EnvelopeProblem = RecordProblem | { readonly problem: "period_key" | "contents" };

const CONTEXT = utf8("overt/1 envelope\n");
const SIGNATURE_BYTES = 64;
/** Camera, epoch, start: what stays the same when a hold moves an envelope under another key. */
const SIGNED_HEAD_BYTES = 56;

/**
 * Splits both halves to their groups, encrypts each share to its custodian, signs the table and seals it.
 *
 * @throws OvertError `ROSTER_INVALID` for fewer than 2 of n, or more than 255
 */
export async function sealOriginal(
  head: Omit<EnvelopeHead, "nonce" | "track">,
  halves: EpochHalves,
  roster: SealRoster,
  periodKey: Uint8Array,
  sign: Sign,
  crc32c?: Crc32c,
): Promise<Uint8Array<ArrayBuffer>> {
  const wrap = (group: CustodianGroup) =>
    wrapGroup({ ...head, roster: roster.version, group }, halves[group], roster.groups[group]);
  const json = encodeTable({
    roster: roster.version,
    groups: { operations: await wrap("operations"), oversight: await wrap("oversight") },
  });
  const full = { ...head, track: "original" as const, nonce: newNonce() };
  const signature = await sign(signedBytes(full, json));
  return sealEnvelope(full, concatBytes([signature, json]), periodKey, crc32c);
}

/** An anonymised track's epoch key lies under the period key alone: the server plays it until retention ends. */
export function sealAnonymised(
  head: Omit<EnvelopeHead, "nonce" | "track">,
  epochKey: Uint8Array,
  periodKey: Uint8Array,
  crc32c?: Crc32c,
): Promise<Uint8Array<ArrayBuffer>> {
  return sealEnvelope({ ...head, track: "anonymised", nonce: newNonce() }, epochKey, periodKey, crc32c);
}

/** What the period key opens: the key of an anonymised track, of an original only what its custodians can open. */
export async function openEnvelope(
  record: RawRecord,
  periodKey: Uint8Array,
): Promise<OpenedEnvelope | EnvelopeProblem> {
  const parsed = parseEnvelopeRecord(record);
  if ("problem" in parsed) return parsed;
  const { head, sealed } = parsed;
  const open = await webGcmOpen(periodKey);
  const plaintext = await open(head.nonce, envelopeAad(head, sealed.length), sealed);
  if (!plaintext) return { problem: "period_key" };
  if (head.track === "anonymised")
    return plaintext.length === KEY_BYTES ? { head, track: head.track, epochKey: plaintext } : { problem: "contents" };
  const json = plaintext.subarray(SIGNATURE_BYTES);
  const table = decodeTable(json);
  if (!table) return { problem: "contents" };
  const signed = { bytes: signedBytes(head, json), signature: plaintext.subarray(0, SIGNATURE_BYTES) };
  return { head, track: head.track, table, signed };
}

/** Whether the recorder of this key made the table, for this camera and epoch. */
export const verifyEnvelope = ({ bytes, signature }: Signed, verify: Verify): Promise<boolean> =>
  verify(bytes, signature);

/** What the share at `index` of `group` has to say of itself. @returns `null` where the table has none */
export function labelOf(
  head: EnvelopeHead,
  table: ShareTable,
  group: CustodianGroup,
  index: number,
): ShareLabel | null {
  const { k, shares } = table.groups[group];
  const wrapped = shares[index];
  if (!wrapped) return null;
  const { camera, epoch } = head;
  return { camera, epoch, roster: table.roster, group, index, custodian: wrapped.custodian, k, n: shares.length };
}

export type QuorumProblem =
  | { readonly problem: "too_few"; readonly group: CustodianGroup; readonly have: number; readonly need: number }
  /** Not the share that the recorder made for this custodian and epoch. */
  | { readonly problem: "share_foreign"; readonly custodian: string };

/**
 * The epoch key from what custodians have opened; more than needed, or one twice, does no harm.
 *
 * @param table from an envelope whose signature was verified, or a false share could go unnoticed
 */
export async function joinShares(
  table: ShareTable,
  shares: readonly Share[],
): Promise<{ epochKey: Uint8Array<ArrayBuffer> } | QuorumProblem> {
  const foreign = shares.find(
    (share) => table.groups[share.group].shares[share.index]?.commitment !== commitmentTo(encodeShare(share)),
  );
  if (foreign) return { problem: "share_foreign", custodian: foreign.custodian };
  const halves: Partial<Record<CustodianGroup, Uint8Array<ArrayBuffer>>> = {};
  for (const group of CUSTODIAN_GROUPS) {
    const byIndex = new Map(shares.filter((share) => share.group === group).map((share) => [share.index, share.share]));
    const need = table.groups[group].k;
    if (byIndex.size < need) return { problem: "too_few", group, have: byIndex.size, need };
    halves[group] = (await combine([...byIndex.values()].slice(0, need))) as Uint8Array<ArrayBuffer>;
  }
  return { epochKey: joinHalves(halves as EpochHalves) };
}

async function wrapGroup(
  of: Pick<ShareLabel, "camera" | "epoch" | "roster" | "group">,
  half: Uint8Array,
  { k, custodians }: SealGroup,
): Promise<ShareTable["groups"][CustodianGroup]> {
  const n = custodians.length;
  if (!Number.isInteger(k) || k < 2 || k > n || n > 255)
    throw new OvertError("ROSTER_INVALID", `Roster ${of.roster} asks for ${k} of ${n} custodians in ${of.group}.`, {
      hint: "A group needs at least 2 custodians who must act, and no more of them than it has.",
    });
  const parts = await split(Uint8Array.from(half), n, k);
  const shares = await Promise.all(
    custodians.map(async ({ id, recipient }, index): Promise<WrappedShare> => {
      const { camera, epoch, roster, group } = of;
      const share = parts[index] as Uint8Array<ArrayBuffer>;
      const plaintext = encodeShare({ camera, epoch, roster, group, index, custodian: id, k, n, share });
      const age = (await encryptShare(plaintext, recipient)) as Uint8Array<ArrayBuffer>;
      return { custodian: id, commitment: commitmentTo(plaintext), age };
    }),
  );
  return { k, shares };
}

async function sealEnvelope(
  head: EnvelopeHead,
  plaintext: Uint8Array,
  periodKey: Uint8Array,
  crc32c: Crc32c | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const aad = envelopeAad(head, plaintext.length + TAG_BYTES);
  return encodeEnvelopeRecord(head, await webGcmSeal(periodKey, head.nonce, aad, plaintext), crc32c);
}

const newNonce = (): Uint8Array => webRandom(new Uint8Array(NONCE_BYTES));

function signedBytes(head: EnvelopeHead, json: Uint8Array): Uint8Array {
  const clear = encodeEnvelopeHead(head).subarray(0, SIGNED_HEAD_BYTES);
  return concatBytes([CONTEXT, Uint8Array.of(trackByte(head.track)), clear, json]);
}
