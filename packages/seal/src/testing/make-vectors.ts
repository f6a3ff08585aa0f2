import { cameraId, concatBytes, type EpochId, fromHex, instant, type SegmentId, toHex, utf8 } from "@overt/core";
import { sha256 } from "@noble/hashes/sha2.js";
import { crc32c } from "../crc32c.ts";
import { publicKeyOf, signer } from "../ed25519.ts";
import { sealAnonymised, sealOriginal } from "../envelope.ts";
import { joinHalves, segmentKey } from "../epoch.ts";
import { newIdentity, recipientOf } from "../identity.ts";
import type { SealRoster } from "../roster.ts";
import { encodeStatement } from "../statement.ts";
import { type SegmentInput, sealSegment } from "./seal-segment.ts";

// Prints vectors.json: `node packages/seal/src/testing/make-vectors.ts > packages/seal/vectors.json`. All of it is the
// same each time but for the envelopes, whose shares are random.

/** 32 or more bytes that look like nothing else in the vectors. */
const bytesOf = (name: string): string => toHex(sha256(utf8(name)));

const camera = cameraId("market-square-1");
const epoch = bytesOf("epoch").slice(0, 32) as EpochId;
const start = Date.UTC(2026, 10, 25, 8, 30);
const halves = { operations: fromHex(bytesOf("operations half")), oversight: fromHex(bytesOf("oversight half")) };
const epochKey = joinHalves(halves);
const periodKey = fromHex(bytesOf("period key"));
const seed = fromHex(bytesOf("recorder seed"));
const head = { camera, epoch, start: instant(start), periodStart: instant(Date.UTC(2026, 10, 25, 8)) };

const segments = [
  segmentOf("first", "original", "avc1", true, 3),
  segmentOf("second", "original", "hvc1", false, 1),
  segmentOf("empty", "anonymised", "avc1", true, 0),
];
const sealed = await Promise.all(segments.map(sealSegment));
const { roster, identities } = await custodians();

const vectors = {
  crc32c: ["", "123456789", "\0".repeat(32)].map((text) => ({ bytes: toHex(utf8(text)), crc: crc32c(utf8(text)) })),
  segmentKeys: segments.map(({ segment, track, key }) => ({ epochKey: toHex(epochKey), camera, track, segment, key })),
  segments: segments.map((input, i) => ({ input, records: sealed[i]!.map(toHex) })),
  faults: faults(sealed[0]!, sealed[1]!).map(({ name, records, faults }) => ({
    name,
    key: segments[0]!.key,
    records: records.map(toHex),
    faults,
  })),
  statement: {
    seed: toHex(seed),
    publicKey: toHex(await publicKeyOf(seed)),
    statement: statement(),
    record: toHex(await encodeStatement(parsedStatement(), await signer(seed))),
  },
  anonymised: {
    periodKey: toHex(periodKey),
    epochKey: toHex(epochKey),
    record: toHex(await sealAnonymised(head, epochKey, periodKey)),
  },
  original: {
    periodKey: toHex(periodKey),
    epochKey: toHex(epochKey),
    publicKey: toHex(await publicKeyOf(seed)),
    identities,
    roster: roster.version,
    record: toHex(await sealOriginal(head, halves, roster, periodKey, await signer(seed))),
  },
};
console.log(JSON.stringify(vectors, null, 1));

function segmentOf(
  name: string,
  track: "original" | "anonymised",
  codec: "avc1" | "hvc1",
  startsOnKey: boolean,
  count: number,
): SegmentInput {
  const segment = bytesOf(`segment ${name}`);
  return {
    camera,
    track,
    epoch,
    segment,
    start,
    codec,
    startsOnKey,
    key: toHex(segmentKey(epochKey, { camera, track, segment: segment as SegmentId })),
    init: toHex(utf8(`init segment ${name}`)),
    cameraOffsetMs: null,
    media: Array.from({ length: count }, (_, i) => ({
      kind: i === 0 && startsOnKey ? "key" : "media",
      time: start + i * 900,
      cameraOffsetMs: i === 0 ? null : -40 * i,
      durationMs: 900,
      plaintext: toHex(utf8(`${name}, fragment ${i + 1}`.repeat(i + 1))),
    })),
    end: start + count * 900,
  };
}

function faults(first: readonly Uint8Array[], second: readonly Uint8Array[]) {
  const [header, init, a, b, c, end] = first as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const at = (fault: string, counter: number, count = 1) => ({ fault, counter, count });
  return [
    { name: "whole", records: [header, init, a, b, c, end], faults: [] },
    { name: "the end message is cut off", records: [header, init, a, b, c], faults: [at("no_end", 4)] },
    { name: "two fragments are taken out", records: [header, init, a, end], faults: [at("missing", 2, 2)] },
    { name: "two fragments changed places", records: [header, init, b, a, c, end], faults: [at("disordered", 1)] },
    { name: "a fragment stands twice", records: [header, init, a, b, b, c, end], faults: [at("repeated", 2)] },
    {
      name: "a fragment of another segment",
      records: [header, init, a, second[2]!, b, c, end],
      faults: [at("foreign", 1)],
    },
    {
      name: "a fragment of another segment with this one's id",
      records: [header, init, relabelled(second[2]!, a), b, c, end],
      faults: [at("not_authentic", 1), at("missing", 1)],
    },
    {
      name: "a later time in the clear part",
      records: [header, init, a, b, later(c), end],
      faults: [at("not_authentic", 3), at("missing", 3)],
    },
  ];
}

/** `fragment` with the ids of `as`, and a CRC that fits. */
function relabelled(fragment: Uint8Array, as: Uint8Array): Uint8Array {
  const bytes = fragment.slice();
  bytes.set(as.subarray(16, 96), 16);
  return withCrc(bytes);
}

function later(fragment: Uint8Array): Uint8Array {
  const bytes = fragment.slice();
  bytes[107] = bytes[107]! ^ 1;
  return withCrc(bytes);
}

function withCrc(bytes: Uint8Array): Uint8Array {
  const crc = crc32c(concatBytes([bytes.subarray(0, 12), bytes.subarray(16)]));
  new DataView(bytes.buffer).setUint32(12, crc);
  return bytes;
}

function statement() {
  return {
    camera,
    track: "original" as const,
    epoch,
    start,
    end: start + 120_000,
    segments: [0, 1].map((i) => ({
      segment: segments[i]!.segment,
      headerSha256: toHex(sha256(sealed[i]![0]!)),
      messages: sealed[i]!.length - 2,
    })),
  };
}

function parsedStatement() {
  const { segments, ...rest } = statement();
  return {
    ...rest,
    start: instant(rest.start),
    end: instant(rest.end),
    segments: segments.map(({ segment, headerSha256, messages }) => ({
      segment: segment as SegmentId,
      headerSha256: fromHex(headerSha256),
      messages,
    })),
  };
}

async function custodians(): Promise<{ roster: SealRoster; identities: Record<"operations" | "oversight", string[]> }> {
  const some = (n: number) => Promise.all(Array.from({ length: n }, newIdentity));
  const identities = { operations: await some(3), oversight: await some(5) };
  const listed = (group: "operations" | "oversight") =>
    Promise.all(
      identities[group].map(async (identity, i) => ({
        id: `${group}-${i + 1}`,
        recipient: await recipientOf(identity),
      })),
    );
  const groups = {
    operations: { k: 2, custodians: await listed("operations") },
    oversight: { k: 3, custodians: await listed("oversight") },
  };
  return { roster: { version: 7, groups }, identities };
}
