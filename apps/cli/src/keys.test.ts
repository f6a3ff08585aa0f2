import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, minutes } from "@overt/core";
import { fromBase64Url, readPermit, readRoster, readTime } from "@overt/rules";
import { verifier } from "@overt/seal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeDemoKeys } from "./demo-keys.ts";
import { makeIdentity, makeSigningKey, readIdentity, readJson, readSigningKey } from "./key-files.ts";
import { signPermitFile, signTime } from "./permit.ts";
import { makeCustodian, makeRosterFile } from "./roster.ts";

const now = instant(Date.UTC(2026, 10, 25, 8));
const cameras = [
  { camera: "market-square-1", number: 1, name: "Market square" },
  { camera: "harbour-2", number: 2, name: "Harbour", anonymisedMode: "slow" as const },
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "overt-keys-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const overseerOf = async (publicKey: string) => verifier(fromBase64Url(publicKey));

test("the demo's keys make permits and a roster that a recorder takes", async () => {
  const keys = await makeDemoKeys(dir, cameras, now);
  const overseer = await overseerOf(keys.overseerPublicKey);
  for (const { camera } of cameras) {
    const permit = await readPermit(await readJson(keys.permitFiles.get(camera)!), overseer);
    expect(permit).toMatchObject({ camera, original: true });
  }
  const roster = await readRoster(await readJson(keys.rosterFile), overseer);
  expect(roster).toMatchObject({ groups: { operations: { k: 2 }, oversight: { k: 3 } } });
  expect(keys.identityFiles.operations.length + keys.identityFiles.oversight.length).toBe(8);
  expect(await readTime(await signTime(now, keys.overseer), overseer)).toBe(now);
});

test("a demo that starts again has the keys it had, and new cameras get a permit", async () => {
  const first = await makeDemoKeys(dir, cameras.slice(0, 1), now);
  const before = readFileSync(first.permitFiles.get("market-square-1")!, "utf8");
  const again = await makeDemoKeys(dir, cameras, instant(now + minutes(90)));
  expect(again.overseerPublicKey).toBe(first.overseerPublicKey);
  expect(again.identityFiles).toEqual(first.identityFiles);
  expect(readFileSync(again.permitFiles.get("market-square-1")!, "utf8")).toBe(before);
  expect(again.permitFiles.size).toBe(2);
});

test("secrets can be read by their owner alone, and are never overwritten", async () => {
  await makeSigningKey(join(dir, "a.signkey"));
  await makeIdentity(join(dir, "a.agekey"));
  expect([modeOf(join(dir, "a.signkey")), modeOf(join(dir, "a.agekey"))]).toEqual(["600", "600"]);
  const before = readFileSync(join(dir, "a.signkey"), "utf8");
  await expect(makeSigningKey(join(dir, "a.signkey"))).rejects.toMatchObject({ code: "FILE_EXISTS" });
  await expect(makeIdentity(join(dir, "a.agekey"))).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(readFileSync(join(dir, "a.signkey"), "utf8")).toBe(before);
});

test("a permit is signed from a file, and one that no recorder would take is not written", async () => {
  const { publicKey } = await makeSigningKey(join(dir, "overseer.signkey"));
  const demo = await makeDemoKeys(join(dir, "demo"), cameras, now);
  const { payload } = (await readJson(demo.permitFiles.get("harbour-2")!)) as { payload: object };
  const files = {
    payload: join(dir, "payload.json"),
    key: join(dir, "overseer.signkey"),
    out: join(dir, "permit.json"),
  };
  writeFileSync(files.payload, JSON.stringify({ ...payload, retentionMs: 1 }));
  await expect(signPermitFile(files)).rejects.toMatchObject({ code: "PERMIT_INVALID" });
  writeFileSync(files.payload, JSON.stringify(payload));
  expect(await signPermitFile(files)).toMatchObject({ camera: "harbour-2", anonymisedMode: "slow" });
  const permit = await readPermit(await readJson(files.out), await overseerOf(publicKey));
  expect(permit).toMatchObject({ camera: "harbour-2" });
  await expect(signPermitFile(files)).rejects.toMatchObject({ code: "FILE_EXISTS" });
});

test("a roster is made from custodians' cards, which hold nothing secret", async () => {
  await makeSigningKey(join(dir, "overseer.signkey"));
  const cards: string[] = [];
  for (const id of ["ada", "ben", "cem", "dea"]) {
    await makeCustodian(dir, { id, name: id });
    cards.push(join(dir, `${id}.card.json`));
    expect(readFileSync(cards.at(-1)!, "utf8")).not.toMatch(/SECRET|SIGNING/);
  }
  const files = { operations: cards.slice(0, 2), oversight: cards.slice(2), key: join(dir, "overseer.signkey") };
  const of = { version: 1, from: now, operationsK: 2, oversightK: 2 };
  const roster = await makeRosterFile({ ...files, out: join(dir, "roster.json") }, of);
  expect(roster.groups.oversight.custodians.map(({ id }) => id)).toEqual(["cem", "dea"]);
  const one = makeRosterFile({ ...files, out: join(dir, "other.json") }, { ...of, operationsK: 1 });
  await expect(one).rejects.toMatchObject({ code: "ROSTER_INVALID" });
  const twice = makeRosterFile({ ...files, oversight: cards.slice(1), out: join(dir, "other.json") }, of);
  await expect(twice).rejects.toMatchObject({ code: "ROSTER_INVALID" });
});

test("a missing file, a file that is no key and one that is no JSON are named", async () => {
  const file = join(dir, "notes.txt");
  writeFileSync(file, "hello");
  await expect(readSigningKey(join(dir, "nowhere"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  await expect(readSigningKey(file)).rejects.toMatchObject({
    code: "KEY_INVALID",
    message: `${file} holds no signing key.`,
  });
  await expect(readIdentity(file)).rejects.toMatchObject({ code: "IDENTITY_INVALID" });
  await expect(readJson(file)).rejects.toMatchObject({ code: "JSON_INVALID" });
});

function agePresent(): boolean {
  try {
    execFileSync("age", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const noAge = agePresent() ? "" : " [skipped: no age]";

test.skipIf(noAge)(`Debian's age takes a custodian's identity file as it is${noAge}`, async () => {
  const file = join(dir, "ada.agekey");
  const recipient = await makeIdentity(file);
  const sealed = execFileSync("age", ["-r", recipient], { input: "a share" });
  expect(execFileSync("age", ["-d", "-i", file], { input: sealed }).toString()).toBe("a share");
});
