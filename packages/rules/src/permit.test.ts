import { generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from "node:crypto";
import { cameraId, days, type Instant, instant, parseIso } from "@overt/core";
import { describe, expect, test } from "vitest";
import type { Json } from "./canonical.ts";
import {
  type Permit,
  type PermitFacts,
  type PermitText,
  permitDecision,
  privateSpacesFit,
  readPermit,
} from "./permit.ts";
import { signStatement, type VerifyBytes } from "./signed.ts";

const overseer = generateKeyPairSync("ed25519");
const without = (field: keyof PermitText): PermitText =>
  Object.fromEntries(Object.entries(text).filter(([name]) => name !== field)) as PermitText;
const sign = async (bytes: Uint8Array) => nodeSign(null, bytes, overseer.privateKey);
const byOverseer: VerifyBytes = async (bytes, signature) => nodeVerify(null, bytes, overseer.publicKey, signature);

const text: PermitText = {
  v: 1,
  camera: "market-square-1",
  number: 17,
  name: "Market square, north",
  place: { lat: 48.9, lon: 9.19, text: "Lamp 12" },
  purpose: "Violence at night",
  legalBasis: "PolG § 44",
  fieldOfView: { bearingDeg: 180, angleDeg: 90, rangeM: 60 },
  retentionMs: days(3),
  from: "2026-11-01T00:00:00Z",
  until: "2027-11-01T00:00:00+01:00",
  anonymisedMode: "slow",
  look: "blocks",
  privateSpaces: [
    [
      [0, 0],
      [0.2, 0],
      [0.2, 0.3],
    ],
  ],
  drawnOn: { width: 640, height: 360 },
  original: true,
  maxWidth: 1920,
  maxHeight: 1080,
};

const signed = (payload: object = text) => signStatement("permit", payload as Json, sign);
const read = async (payload: object = text): Promise<Permit> => {
  const permit = await readPermit(JSON.parse(JSON.stringify(await signed(payload))), byOverseer);
  if ("decision" in permit) throw new Error(permit.reason);
  return permit;
};

const at = parseIso("2026-11-25T08:30:00Z");
const facts: PermitFacts = {
  camera: cameraId("market-square-1"),
  picture: { width: 1920, height: 1080 },
  mode: "slow",
  lastCheckpoint: null,
};

test("a permit that the overseer signed allows its camera from its first moment to its last", async () => {
  const permit = await read();
  for (const now of [at, permit.from, instant(permit.until - 1)])
    expect(permitDecision(permit, facts, now)).toEqual({ decision: "allow" });
  expect(permit.until).toBe(Date.UTC(2027, 9, 31, 23));
});

test("what happens on a full disk stands in the permit; one that says nothing lets the oldest go", async () => {
  expect((await read()).whenFull).toBe("oldest");
  expect((await read({ ...text, whenFull: "stop" })).whenFull).toBe("stop");
  expect(await readPermit(await signed({ ...text, whenFull: "newest" }), byOverseer)).toMatchObject({
    code: "permit_unreadable",
  });
});

test("a permit survives being printed in another order and with white space", async () => {
  const { signature, payload, proof } = await signed();
  const turned = Object.fromEntries(Object.entries(payload as object).reverse());
  const again = JSON.parse(JSON.stringify({ proof, payload: turned, signature }, null, 4));
  expect(await readPermit(again, byOverseer)).toMatchObject({ camera: "market-square-1" });
});

test("a permit with any member changed is not the overseer's", async () => {
  const permit = await signed();
  for (const [name, value] of Object.entries({
    ...text,
    camera: "elsewhere",
    retentionMs: days(30),
    until: "2036-01-01T00:00:00Z",
    anonymisedMode: "full",
    original: false,
    number: 18,
  })) {
    if (JSON.stringify(text[name as keyof PermitText]) === JSON.stringify(value)) continue;
    const changed = { ...permit, payload: { ...text, [name]: value } };
    expect(await readPermit(changed, byOverseer)).toMatchObject({ code: "permit_signature" });
  }
});

test("a permit signed by somebody else is not the overseer's", async () => {
  const other = generateKeyPairSync("ed25519").privateKey;
  const forged = await signStatement("permit", text as Json, async (bytes) => nodeSign(null, bytes, other));
  expect(await readPermit(forged, byOverseer)).toMatchObject({ code: "permit_signature" });
});

test("a roster's or a time's signature is none for a permit", async () => {
  expect(await readPermit(await signStatement("roster", text as Json, sign), byOverseer)).toMatchObject({
    code: "permit_signature",
  });
});

describe("what the overseer signed but is no permit is refused, and says why", () => {
  test.each([
    ["from", { ...text, from: "2027-12-01T00:00:00Z" }],
    ["retentionMs", { ...text, retentionMs: 0 }],
    ["camera", { ...text, camera: "Market Square" }],
    ["purpose", { ...text, purpose: "" }],
    ["until", { ...text, until: "2027-11-01T00:00:00" }],
    ["drawnOn", without("drawnOn")],
    [
      "privateSpaces",
      {
        ...text,
        privateSpaces: [
          [
            [0, 0],
            [2, 0],
            [0, 1],
          ],
        ],
      },
    ],
    ["debug", { ...text, debug: true }],
    ["v", { ...text, v: 2 }],
  ])("%s", async (name, payload) => {
    const permit = await readPermit(await signed(payload), byOverseer);
    expect(permit).toMatchObject({ code: "permit_unreadable" });
    expect((permit as { reason: string }).reason).toContain(name === "from" ? "until" : name);
  });
});

test("what is no signed statement at all is refused without an exception", async () => {
  for (const bytes of [null, 7, "permit", [], {}, { payload: text }, { payload: text, signature: "x", proof: null }])
    expect(await readPermit(bytes, byOverseer)).toMatchObject({ code: "permit_unreadable" });
});

describe("a camera is not recorded", () => {
  const cases: [string, Partial<PermitFacts>, Instant, string][] = [
    ["under another camera's permit", { camera: cameraId("harbour-2") }, at, "permit_wrong_camera"],
    ["before its permit begins", {}, parseIso("2026-10-31T23:59:59.999Z"), "permit_not_yet"],
    ["once its permit has ended", {}, parseIso("2027-10-31T23:00:00Z"), "permit_ended"],
    ["wider than registered", { picture: { width: 2560, height: 1080 } }, at, "permit_too_wide"],
    ["higher than registered", { picture: { width: 1920, height: 1088 } }, at, "permit_too_wide"],
    ["more openly than registered", { mode: "full" }, at, "permit_mode"],
    [
      "when no checkpoint was heard for more than 7 days",
      { lastCheckpoint: instant(at - days(7) - 1) },
      at,
      "checkpoint_too_old",
    ],
  ];
  test.each(cases)("%s", async (_, more, now, code) => {
    const decision = permitDecision(await read(), { ...facts, ...more }, now);
    expect(decision).toMatchObject({ decision: "deny", code });
  });
});

test("less than is registered is allowed: a smaller picture, a lower mode, a checkpoint of exactly 7 days", async () => {
  const permit = await read();
  for (const more of [
    { picture: null },
    { picture: { width: 640, height: 480 } },
    { mode: "none" as const },
    { lastCheckpoint: instant(at - days(7)) },
  ])
    expect(permitDecision(permit, { ...facts, ...more }, at)).toEqual({ decision: "allow" });
});

test("private spaces fit a picture of the shape that they were drawn on, whatever its size, and no other", () => {
  const drawnOn = { width: 640, height: 360 };
  const permit = { privateSpaces: [[[0, 0] as [number, number]]], drawnOn };
  expect(privateSpacesFit(permit, { width: 1920, height: 1080 })).toBe(true);
  expect(privateSpacesFit(permit, { width: 1920, height: 1088 })).toBe(true);
  for (const [width, height] of [
    [640, 480],
    [704, 576],
    [360, 640],
  ] as const) {
    expect(privateSpacesFit(permit, { width, height })).toBe(false);
    expect(privateSpacesFit({ privateSpaces: [], drawnOn }, { width, height })).toBe(true);
  }
});
