import { generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Json } from "./canonical.ts";
import { pinDecision, type Roster, type RosterText, readRoster } from "./roster.ts";
import { signStatement, toBase64Url, type VerifyBytes } from "./signed.ts";

const overseer = generateKeyPairSync("ed25519");
const sign = async (bytes: Uint8Array) => nodeSign(null, bytes, overseer.privateKey);
const byOverseer: VerifyBytes = async (bytes, signature) => nodeVerify(null, bytes, overseer.publicKey, signature);

const custodian = (group: string, i: number) => ({
  id: `${group}-${i}`,
  name: `${group} ${i}`,
  recipient: `age1${(group[1]! + i).padEnd(58, "q")}`,
  publicKey: toBase64Url(new Uint8Array(32).fill(group.length * 10 + i)),
});
const group = (name: string, k: number, n: number) => ({
  k,
  custodians: Array.from({ length: n }, (_, i) => custodian(name, i + 2)),
});
const text: RosterText = {
  v: 1,
  version: 1,
  from: "2026-11-01T00:00:00Z",
  groups: { operations: group("operations", 2, 3), oversight: group("oversight", 3, 5) },
};
const read = async (payload: object) => readRoster(await signStatement("roster", payload as Json, sign), byOverseer);
const { operations, oversight } = text.groups;

test("a roster that the overseer signed names its custodians", async () => {
  const roster = await read(text);
  expect(roster).toMatchObject({ version: 1, groups: { operations: { k: 2 }, oversight: { k: 3 } } });
});

test("a custodian exchanged after signing is noticed", async () => {
  const signed = await signStatement("roster", text as Json, sign);
  const payload = structuredClone(text);
  payload.groups.oversight.custodians[0]!.recipient = `age1${"x".repeat(58)}`;
  expect(await readRoster({ ...signed, payload }, byOverseer)).toMatchObject({ code: "roster_signature" });
});

describe("a roster is refused", () => {
  test.each([
    ["when one custodian would be a quorum", { operations: { ...operations, k: 1 }, oversight }],
    ["when more must act than there are", { operations: { ...operations, k: 4 }, oversight }],
    [
      "when a person stands in both groups",
      { operations, oversight: { ...oversight, custodians: [operations.custodians[0]!, ...oversight.custodians] } },
    ],
    [
      "when two custodians share a recipient",
      {
        operations: {
          ...operations,
          custodians: operations.custodians.map((one) => ({ ...one, recipient: operations.custodians[0]!.recipient })),
        },
        oversight,
      },
    ],
    [
      "when a recipient is no age recipient",
      {
        operations: {
          ...operations,
          custodians: operations.custodians.map((one) => ({ ...one, recipient: "ssh-ed25519 AAAA" })),
        },
        oversight,
      },
    ],
    ["when a group is missing", { operations }],
  ])("%s", async (_, groups) => {
    expect(await read({ ...text, groups })).toMatchObject({ decision: "deny", code: "roster_unreadable" });
  });
});

test("the first roster is pinned, the same one kept, an older or a newer one refused", async () => {
  const roster = (await read(text)) as Roster;
  expect(pinDecision(null, roster)).toEqual({ decision: "pin" });
  expect(pinDecision(1, roster)).toEqual({ decision: "keep" });
  expect(pinDecision(2, roster)).toMatchObject({ code: "roster_older" });
  expect(pinDecision(1, { ...roster, version: 2 })).toMatchObject({ code: "roster_needs_quorum" });
});
