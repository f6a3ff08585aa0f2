import { cameraId, instant } from "@overt/core";
import { expect, test } from "vitest";
import { newSigningKeys, signer, verifier } from "./ed25519.ts";
import { newEpochId, newKey, newSegmentId } from "./epoch.ts";
import { parseRecord, type RawRecord } from "./record.ts";
import { encodeStatement, type EpochStatement, parseStatement, verifyStatement } from "./statement.ts";

const statement: EpochStatement = {
  camera: cameraId("market-square-1"),
  track: "original",
  epoch: newEpochId(),
  start: instant(1_795_600_000_000),
  end: instant(1_795_600_120_000),
  segments: [61, 60].map((messages) => ({ segment: newSegmentId(), headerSha256: newKey(), messages })),
};

const keys = await newSigningKeys();
const record = parseRecord(await encodeStatement(statement, await signer(keys.seed))) as RawRecord;

test("an epoch's statement comes back as its recorder signed it", async () => {
  expect(await verifyStatement(record, await verifier(keys.publicKey))).toEqual(statement);
  expect(record.bytes.length).toBe(16 + 68 + 2 * 68 + 64);
});

test("a count, a segment, a time or the track that was changed is noticed", async () => {
  const verify = await verifier(keys.publicKey);
  for (let at = 0; at < record.body.length; at += 3) {
    const body = record.body.slice();
    body[at] = body[at]! ^ 1;
    expect(await verifyStatement({ ...record, body }, verify)).toHaveProperty("problem");
  }
  const prefix = { ...record.prefix, track: "anonymised" as const };
  expect(await verifyStatement({ ...record, prefix }, verify)).toEqual({ problem: "signature" });
});

test("another recorder's statement is not this one's", async () => {
  const verify = await verifier((await newSigningKeys()).publicKey);
  expect(await verifyStatement(record, verify)).toEqual({ problem: "signature" });
});

test("a statement that announces more segments than it has is refused", () => {
  const body = record.body.slice();
  body[64] = 0xff;
  expect(parseStatement({ ...record, body })).toEqual({ problem: "length" });
});
