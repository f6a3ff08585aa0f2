import {
  type CameraId,
  concatBytes,
  type EpochId,
  equalBytes,
  fromHex,
  instant,
  type SegmentId,
  type Track,
  toHex,
} from "@overt/core";
import { crc32c } from "../crc32c.ts";
import { publicKeyOf, signer, verifier } from "../ed25519.ts";
import { joinShares, labelOf, openEnvelope, verifyEnvelope } from "../envelope.ts";
import { segmentKey } from "../epoch.ts";
import { openSegment } from "../open.ts";
import { parseRecord, type RawRecord, readRecords } from "../record.ts";
import { CUSTODIAN_GROUPS, type CustodianGroup } from "../roster.ts";
import { openShare, type Share } from "../share.ts";
import { encodeStatement, verifyStatement } from "../statement.ts";
import { type SegmentInput, sealSegment } from "./seal-segment.ts";

export interface Vectors {
  readonly crc32c: readonly { readonly bytes: string; readonly crc: number }[];
  readonly segmentKeys: readonly { epochKey: string; camera: string; track: Track; segment: string; key: string }[];
  readonly segments: readonly { readonly input: SegmentInput; readonly records: readonly string[] }[];
  readonly faults: readonly { name: string; key: string; records: readonly string[]; faults: readonly unknown[] }[];
  readonly statement: { seed: string; publicKey: string; statement: StatementInput; record: string };
  readonly anonymised: { periodKey: string; epochKey: string; record: string };
  readonly original: {
    readonly periodKey: string;
    readonly epochKey: string;
    readonly publicKey: string;
    readonly roster: number;
    readonly identities: Readonly<Record<CustodianGroup, readonly string[]>>;
    readonly record: string;
  };
}

interface StatementInput {
  readonly camera: string;
  readonly track: Track;
  readonly epoch: string;
  readonly start: number;
  readonly end: number;
  readonly segments: readonly { segment: string; headerSha256: string; messages: number }[];
}

/** Holds this implementation, wherever it runs, against the vectors. @returns each check and whether it held */
export async function checkVectors(vectors: Vectors): Promise<{ name: string; held: boolean }[]> {
  const checks: { name: string; held: boolean }[] = [];
  const check = (name: string, held: boolean) => checks.push({ name, held });
  for (const { bytes, crc } of vectors.crc32c)
    check(`CRC-32C of ${bytes.length / 2} bytes`, crc32c(fromHex(bytes)) === crc);
  for (const { epochKey, camera, track, segment, key } of vectors.segmentKeys) {
    const of = { camera: camera as CameraId, track, segment: segment as SegmentId };
    check(`segment key of ${segment.slice(0, 8)}`, toHex(segmentKey(fromHex(epochKey), of)) === key);
  }
  for (const { input, records } of vectors.segments) {
    const name = `segment of ${input.media.length} fragments`;
    check(`${name} is sealed to the same bytes`, equalLists((await sealSegment(input)).map(toHex), records));
    const opened = await openSegment(parsed(records), fromHex(input.key));
    const media = "problem" in opened ? [] : opened.fragments.map((fragment) => toHex(fragment.media));
    check(
      `${name} opens`,
      equalLists(
        media,
        input.media.map(({ plaintext }) => plaintext),
      ),
    );
    check(
      `${name} has its init segment`,
      !("problem" in opened) && toHex(opened.init) === input.init && opened.faults.length === 0,
    );
  }
  for (const { name, key, records, faults } of vectors.faults) {
    const opened = await openSegment(parsed(records), fromHex(key));
    check(`fault: ${name}`, "faults" in opened && JSON.stringify(opened.faults) === JSON.stringify(faults));
  }
  check("statement", await statementHolds(vectors.statement));
  const { anonymised } = vectors;
  const opened = await openEnvelope(one(anonymised.record), fromHex(anonymised.periodKey));
  check("anonymised envelope", "epochKey" in opened && toHex(opened.epochKey) === anonymised.epochKey);
  check("original envelope, two of three and three of five", await originalHolds(vectors.original, 2, 3));
  check("original envelope, one too few", !(await originalHolds(vectors.original, 2, 2)));
  return checks;
}

async function statementHolds({ seed, publicKey, statement, record }: Vectors["statement"]): Promise<boolean> {
  const segments = statement.segments.map(({ segment, headerSha256, messages }) => ({
    segment: segment as SegmentId,
    headerSha256: fromHex(headerSha256),
    messages,
  }));
  const { camera, track, epoch, start, end } = statement;
  const input = {
    camera: camera as CameraId,
    track,
    epoch: epoch as EpochId,
    start: instant(start),
    end: instant(end),
    segments,
  };
  const encoded = await encodeStatement(input, await signer(fromHex(seed)));
  const verified = await verifyStatement(one(record), await verifier(fromHex(publicKey)));
  return (
    toHex(encoded) === record &&
    !("problem" in verified) &&
    equalBytes(await publicKeyOf(fromHex(seed)), fromHex(publicKey))
  );
}

async function originalHolds(of: Vectors["original"], operations: number, oversight: number): Promise<boolean> {
  const opened = await openEnvelope(one(of.record), fromHex(of.periodKey));
  if ("problem" in opened || opened.track !== "original") return false;
  if (!(await verifyEnvelope(opened.signed, await verifier(fromHex(of.publicKey))))) return false;
  const shares: Share[] = [];
  for (const group of CUSTODIAN_GROUPS) {
    const { shares: wrapped } = opened.table.groups[group];
    // From the end, so that these are not simply the first.
    for (let i = 1; i <= (group === "operations" ? operations : oversight); i++) {
      const index = wrapped.length - i;
      const label = labelOf(opened.head, opened.table, group, index)!;
      const share = await openShare(wrapped[index]!.age, of.identities[group][index]!, label);
      if ("problem" in share) return false;
      shares.push(share);
    }
  }
  const joined = await joinShares(opened.table, shares);
  return "epochKey" in joined && toHex(joined.epochKey) === of.epochKey && opened.table.roster === of.roster;
}

const parsed = (records: readonly string[]): RawRecord[] => readRecords(concatBytes(records.map(fromHex))).records;

function one(record: string): RawRecord {
  const parsed = parseRecord(fromHex(record));
  if ("problem" in parsed) throw new TypeError(parsed.problem);
  return parsed;
}

const equalLists = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);
