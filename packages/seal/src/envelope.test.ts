import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, equalBytes, instant, utf8 } from "@overt/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, expect, test } from "vitest";
import { newSigningKeys, publicKeyOf, type SigningKeys, signer, verifier } from "./ed25519.ts";
import { labelOf, joinShares, openEnvelope, sealAnonymised, sealOriginal, verifyEnvelope } from "./envelope.ts";
import { joinHalves, newEpochId, newHalves, newKey, newSegmentId, segmentKey } from "./epoch.ts";
import { parseRecord, type RawRecord } from "./record.ts";
import { CUSTODIAN_GROUPS, type CustodianGroup, type SealRoster } from "./roster.ts";
import { commitmentTo, encodeShare, encryptShare, openShare, parseShare, type Share } from "./share.ts";

const camera = cameraId("market-square-1");
const periodKey = newKey();
const halves = newHalves();
const head = {
  camera,
  epoch: newEpochId(),
  start: instant(1_795_600_000_000),
  periodStart: instant(1_795_599_900_000),
};

let identities: Record<CustodianGroup, string[]>;
let roster: SealRoster;
let recorder: SigningKeys;
let record: RawRecord;

const whole = (bytes: Uint8Array): RawRecord => {
  const parsed = parseRecord(bytes);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
};

beforeAll(async () => {
  const some = (n: number) => Promise.all(Array.from({ length: n }, generateX25519Identity));
  identities = { operations: await some(3), oversight: await some(5) };
  const custodians = (group: CustodianGroup) =>
    Promise.all(
      identities[group].map(async (identity, i) => ({
        id: `${group}-${i}`,
        recipient: await identityToRecipient(identity),
      })),
    );
  roster = {
    version: 7,
    groups: {
      operations: { k: 2, custodians: await custodians("operations") },
      oversight: { k: 3, custodians: await custodians("oversight") },
    },
  };
  recorder = await newSigningKeys();
  record = whole(await sealOriginal(head, halves, roster, periodKey, await signer(recorder.seed)));
});

async function openedOriginal(of = record) {
  const opened = await openEnvelope(of, periodKey);
  if ("problem" in opened || opened.track !== "original") throw new Error("not an original's envelope");
  return opened;
}

async function sharesOf(who: Partial<Record<CustodianGroup, number[]>>): Promise<Share[]> {
  const opened = await openedOriginal();
  const asked = CUSTODIAN_GROUPS.flatMap((group) => (who[group] ?? []).map((index) => ({ group, index })));
  return Promise.all(
    asked.map(async ({ group, index }) => {
      const label = labelOf(opened.head, opened.table, group, index)!;
      const share = await openShare(opened.table.groups[group].shares[index]!.age, identities[group][index]!, label);
      if ("problem" in share) throw new Error(share.problem);
      return share;
    }),
  );
}

test("two of three and three of five open an epoch, whoever they are", async () => {
  const { table } = await openedOriginal();
  for (const who of [
    { operations: [0, 1], oversight: [0, 1, 2] },
    { operations: [2, 1], oversight: [4, 0, 3] },
    { operations: [0, 1, 2], oversight: [0, 1, 2, 3, 4] },
  ]) {
    const joined = await joinShares(table, await sharesOf(who));
    expect(joined).toEqual({ epochKey: joinHalves(halves) });
  }
});

test("one group alone opens nothing, and neither do too few of one", async () => {
  const { table } = await openedOriginal();
  expect(await joinShares(table, await sharesOf({ operations: [0, 1, 2] }))).toEqual({
    problem: "too_few",
    group: "oversight",
    have: 0,
    need: 3,
  });
  expect(await joinShares(table, await sharesOf({ oversight: [0, 1, 2, 3, 4] }))).toMatchObject({
    group: "operations",
  });
  expect(await joinShares(table, await sharesOf({ operations: [0, 1], oversight: [0, 1] }))).toMatchObject({ have: 2 });
  expect(await joinShares(table, await sharesOf({ operations: [0], oversight: [0, 1, 2] }))).toMatchObject({ have: 1 });
});

test("a custodian who comes twice counts once", async () => {
  const { table } = await openedOriginal();
  const [share] = await sharesOf({ operations: [0] });
  const oversight = await sharesOf({ oversight: [0, 1, 2] });
  expect(await joinShares(table, [share!, share!, ...oversight])).toMatchObject({
    problem: "too_few",
    have: 1,
    need: 2,
  });
});

test("fewer than k shares fit every half equally: one share says nothing", async () => {
  const [share] = await sharesOf({ operations: [0] });
  const x = share!.share[32]!;
  // A line through this share and any wanted half exists: for every guess there is a second share that gives it.
  for (const guess of [new Uint8Array(32), newKey(), halves.operations]) {
    const { combine } = await import("shamir-secret-sharing");
    const otherX = x === 1 ? 2 : 1;
    const second = new Uint8Array(33);
    second[32] = otherX;
    for (let i = 0; i < 32; i++) {
      for (let y = 0; y < 256; y++) {
        second[i] = y;
        const half = await combine([share!.share, second]);
        if (half[i] === guess[i]) break;
      }
    }
    expect(equalBytes(await combine([share!.share, second]), guess)).toBe(true);
  }
});

test("neither half says anything of the key: key XOR half is the other half", () => {
  expect(joinHalves({ operations: joinHalves(halves), oversight: halves.oversight })).toEqual(halves.operations);
});

test("a share of another epoch, camera or custodian is noticed by its custodian", async () => {
  const { head: opened, table } = await openedOriginal();
  const label = labelOf(opened, table, "operations", 0)!;
  const { age } = table.groups.operations.shares[0]!;
  const identity = identities.operations[0]!;
  for (const said of [
    { camera: cameraId("elsewhere") },
    { epoch: newEpochId() },
    { index: 1 },
    { roster: 8 },
    { k: 3 },
  ]) {
    const share = await openShare(age, identity, { ...label, ...said });
    expect(share).toMatchObject({ problem: "share_relabelled", says: label });
  }
});

test("shares that changed places do not open, and joined by force they are foreign", async () => {
  const { head: opened, table } = await openedOriginal();
  const label = labelOf(opened, table, "oversight", 0)!;
  const swapped = table.groups.oversight.shares[1]!.age;
  expect(await openShare(swapped, identities.oversight[0]!, label)).toEqual({ problem: "share_not_opened" });
  const shares = await sharesOf({ operations: [0, 1], oversight: [0, 1, 2] });
  const bent = shares.map((share, i) => (i === 3 ? { ...share, index: 4 } : share));
  expect(await joinShares(table, bent)).toEqual({ problem: "share_foreign", custodian: "oversight-1" });
});

test("a share whose text says more, or less, than the format is none", async () => {
  const [share] = await sharesOf({ operations: [0] });
  const text = new TextDecoder().decode(encodeShare(share!));
  expect(parseShare(utf8(text))).toEqual(share);
  for (const bent of [`${text} `, text.replace('"v":1', '"v":2'), text.replace('"k":2', '"k":"2"'), "{}", "null", ""])
    expect(parseShare(utf8(bent))).toBe(null);
});

test("only the recorder's own key verifies the table", async () => {
  const { signed } = await openedOriginal();
  expect(await verifyEnvelope(signed, await verifier(recorder.publicKey))).toBe(true);
  expect(await verifyEnvelope(signed, await verifier((await newSigningKeys()).publicKey))).toBe(false);
  expect(await publicKeyOf(recorder.seed)).toEqual(recorder.publicKey);
});

test("without the period key an envelope is dead, whoever the custodians are", async () => {
  expect(await openEnvelope(record, newKey())).toEqual({ problem: "period_key" });
});

test("an envelope moved to another camera, epoch, start or period does not open", async () => {
  for (const at of [0, 32, 55, 63, 64]) {
    const body = record.body.slice();
    body[at] = body[at]! ^ 1;
    expect(await openEnvelope({ ...record, body }, periodKey)).toHaveProperty("problem");
  }
});

test("an anonymised track's key opens with its period key alone", async () => {
  const epochKey = newKey();
  const sealed = whole(await sealAnonymised(head, epochKey, periodKey));
  expect(await openEnvelope(sealed, periodKey)).toMatchObject({ track: "anonymised", epochKey });
  expect(await openEnvelope(sealed, newKey())).toEqual({ problem: "period_key" });
});

test("a segment key depends on camera, track and segment", () => {
  const of = { camera, track: "original" as const, segment: newSegmentId() };
  const keys = [
    segmentKey(halves.operations, of),
    segmentKey(halves.oversight, of),
    segmentKey(halves.operations, { ...of, camera: cameraId("other") }),
    segmentKey(halves.operations, { ...of, track: "anonymised" }),
    segmentKey(halves.operations, { ...of, segment: newSegmentId() }),
  ];
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(5);
});

test("one custodian, or a threshold of one, is no quorum", async () => {
  const sign = await signer(recorder.seed);
  for (const k of [1, 4, 1.5]) {
    const groups = { ...roster.groups, operations: { ...roster.groups.operations, k } };
    const sealing = sealOriginal(head, halves, { ...roster, groups }, periodKey, sign);
    await expect(sealing).rejects.toMatchObject({ code: "ROSTER_INVALID" });
  }
});

function debianAge(): string | null {
  try {
    return execFileSync("age", ["--version"], { encoding: "utf8" });
  } catch {
    return null;
  }
}

const noAge = debianAge() === null ? " [skipped: no age]" : "";

test.skipIf(noAge)(`Debian's age opens a share, and a person can read what it is${noAge}`, async () => {
  const { table } = await openedOriginal();
  const wrapped = table.groups.oversight.shares[2]!;
  const dir = mkdtempSync(join(tmpdir(), "overt-share-"));
  try {
    writeFileSync(join(dir, "identity"), `${identities.oversight[2]}\n`, { mode: 0o600 });
    writeFileSync(join(dir, "share.age"), wrapped.age);
    const text = execFileSync("age", ["-d", "-i", join(dir, "identity"), join(dir, "share.age")]);
    expect(JSON.parse(text.toString())).toMatchObject({
      camera,
      epoch: head.epoch,
      custodian: "oversight-2",
      index: 2,
    });
    expect(commitmentTo(text)).toBe(wrapped.commitment);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a share encrypted again to a viewer stays the same share", async () => {
  const [share] = await sharesOf({ operations: [1] });
  const viewer = await generateX25519Identity();
  const again = await encryptShare(encodeShare(share!), await identityToRecipient(viewer));
  const { share: _, ...label } = share!;
  expect(await openShare(again, viewer, label)).toEqual(share);
});
