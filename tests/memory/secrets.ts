import { toHex, utf8 } from "@overt/core";
import {
  CUSTODIAN_GROUPS,
  type CustodianGroup,
  joinShares,
  labelOf,
  openEnvelope,
  openShare,
  parseSegmentHeader,
  type RawRecord,
  type Share,
  segmentKey,
} from "@overt/seal";
import { combine } from "shamir-secret-sharing";
import type { Needle } from "./search-process.ts";

/** What all custodians together can find out of an epoch: everything that must be gone. */
export async function secretsOf(
  envelope: RawRecord,
  periodKey: Uint8Array,
  identities: Readonly<Record<CustodianGroup, readonly string[]>>,
): Promise<{ epochKey: Uint8Array; needles: Needle[] }> {
  const opened = await openEnvelope(envelope, periodKey);
  if ("problem" in opened || opened.track !== "original") throw new Error("the envelope does not open");
  const { head, table } = opened;
  const shares: Share[] = [];
  for (const group of CUSTODIAN_GROUPS)
    for (const [index, { age }] of table.groups[group].shares.entries()) {
      const share = await openShare(age, identities[group][index]!, labelOf(head, table, group, index)!);
      if ("problem" in share) throw new Error(share.problem);
      shares.push(share);
    }
  const joined = await joinShares(table, shares);
  if ("problem" in joined) throw new Error(joined.problem);
  const halves = await Promise.all(
    CUSTODIAN_GROUPS.map(async (group) => ({
      name: `half of ${group}`,
      bytes: await combine(shares.filter((share) => share.group === group).map(({ share }) => share)),
    })),
  );
  const needles = [
    { name: "epoch key", bytes: joined.epochKey },
    { name: "epoch key in hexadecimal", bytes: utf8(toHex(joined.epochKey)) },
    ...halves,
    ...shares.map(({ custodian, share }) => ({ name: `share of ${custodian}`, bytes: share })),
  ];
  return { epochKey: joined.epochKey, needles: needles.map((needle) => named(needle, head.epoch)) };
}

export function segmentSecret(epochKey: Uint8Array, record: RawRecord): Needle {
  const header = parseSegmentHeader(record);
  if ("problem" in header) throw new Error(header.problem);
  const bytes = segmentKey(epochKey, { camera: header.camera, track: header.track, segment: header.segment });
  return named({ name: "segment key", bytes }, header.epoch);
}

/** Half of a key is as bad as the whole: each needle is the first 16 bytes. */
const named = ({ name, bytes }: Needle, epoch: string): Needle => ({
  name: `${name} of epoch ${epoch.slice(0, 8)}`,
  bytes: bytes.slice(0, 16),
});
