import { createCipheriv } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cameraId, concatBytes, type Instant, instant, minutes, seconds, utf8 } from "@overt/core";
import { fragment } from "@overt/media/fmp4";
import {
  type GcmSeal,
  joinHalves,
  newEpochId,
  newHalves,
  newIdentity,
  newKey,
  newSegmentId,
  newSigningKeys,
  type RawRecord,
  readRecords,
  recipientOf,
  type SealRoster,
  SegmentSealer,
  sealOriginal,
  segmentKey,
  signer,
  verifier,
} from "@overt/seal";
import { beforeAll, expect, test } from "vitest";
import { type OpenedWindow, openWindow, type Window } from "./open-window.ts";

const camera = cameraId("market-square-1");
const noon = instant(Date.UTC(2026, 10, 25, 12));
const periodKey = newKey();
const gcmSeal: GcmSeal = (key, nonce, aad, plaintext) => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return [...plaintext.map((part) => cipher.update(part)), cipher.final(), cipher.getAuthTag()];
};

const identities = { operations: await some(3), oversight: await some(5) };
const recorder = await newSigningKeys();
const roster: SealRoster = {
  version: 1,
  groups: {
    operations: { k: 2, custodians: await custodians(identities.operations) },
    oversight: { k: 3, custodians: await custodians(identities.oversight) },
  },
};

/** What the camera sent: `[second, NAL units]`, one picture a second, a key picture every four minutes. */
const sent: { time: Instant; key: boolean; nals: Uint8Array[] }[] = [];
let records: RawRecord[];

beforeAll(async () => {
  const bytes: Uint8Array[] = [];
  for (let epoch = 0; epoch < 4; epoch++) bytes.push(...(await recordEpoch(epoch)));
  records = readRecords(concatBytes(bytes)).records;
});

/** Two minutes, as two segments, only every other of which can start on a key picture. */
async function recordEpoch(number: number): Promise<Uint8Array[]> {
  const start = instant(noon + number * minutes(2));
  const head = { camera, epoch: newEpochId(), start, periodStart: noon };
  const halves = newHalves();
  const epochKey = joinHalves(halves);
  const out: Uint8Array[] = [await sealOriginal(head, halves, roster, periodKey, await signer(recorder.seed))];
  for (let half = 0; half < 2; half++)
    out.push(...recordSegment(head.epoch, epochKey, instant(start + half * minutes(1))));
  return out;
}

function recordSegment(epoch: ReturnType<typeof newEpochId>, epochKey: Uint8Array, start: Instant): Uint8Array[] {
  const segment = newSegmentId();
  const startsOnKey = (start - noon) % minutes(4) === 0;
  const sealer = new SegmentSealer(
    {
      camera,
      track: "original",
      epoch,
      segment,
      start,
      codec: "avc1",
      startsOnKey,
      init: utf8("init"),
      cameraOffsetMs: 0,
    },
    segmentKey(epochKey, { camera, track: "original", segment }),
    gcmSeal,
  );
  const media = Array.from({ length: 60 }, (_, i) => {
    const time = instant(start + seconds(i));
    const key = startsOnKey && i === 0;
    const nals = [Uint8Array.of(9, 16), utf8(`picture of ${time}`)];
    sent.push({ time, key, nals });
    const content = {
      sequence: i,
      baseDecodeTime: time * 90,
      samples: [{ nals, durationTicks: 90_000, compositionOffsetTicks: 0, key }],
    };
    return sealer.seal(key ? "key" : "media", { time, cameraOffsetMs: 0, durationMs: 1_000 }, [fragment(content)]);
  });
  return [...sealer.records, ...media, sealer.end(instant(start + minutes(1)))];
}

const quorum = [identities.operations[0]!, identities.operations[2]!, ...identities.oversight.slice(1, 4)];

async function open(more: Partial<Window> = {}): Promise<OpenedWindow> {
  return openWindow({
    camera,
    from: instant(noon + minutes(5)),
    to: instant(noon + minutes(7)),
    records,
    periodKeyOf: async () => periodKey,
    identities: quorum,
    recorder: await verifier(recorder.publicKey),
    ...more,
  });
}

test("a window holds the very NAL units that the camera sent, from the key picture before it on, four minutes back", async () => {
  const opened = await open({ from: instant(noon + minutes(7.5)), to: instant(noon + minutes(7.75)) });
  const expected = sent.filter(({ time }) => time >= noon + minutes(4) && time < noon + minutes(7.75));
  expect(opened.pictures).toEqual(expected);
  expect(opened.pictures[0]?.key).toBe(true);
  expect(opened).toMatchObject({ faults: [], closed: [] });
  expect(opened.inits[0]).toEqual(utf8("init"));
});

test("too few custodians open nothing, and it says who is missing", async () => {
  const { pictures, closed } = await open({ identities: quorum.slice(0, 4) });
  expect(pictures).toEqual([]);
  expect(closed.map(({ why }) => why)).toEqual(Array(4).fill("2 of 3 custodians of oversight act"));
});

test("one group alone, all of it, opens nothing", async () => {
  expect((await open({ identities: identities.oversight })).pictures).toEqual([]);
  expect((await open({ identities: identities.operations })).pictures).toEqual([]);
});

test("everybody together opens nothing once the period key is dead", async () => {
  const everybody = [...identities.operations, ...identities.oversight];
  const { pictures, closed } = await open({ identities: everybody, periodKeyOf: async () => null });
  expect(pictures).toEqual([]);
  expect(closed[0]?.why).toBe("the period key is dead");
});

test("custodians of another roster open nothing", async () => {
  expect((await open({ identities: await some(8) })).pictures).toEqual([]);
});

test("an envelope of another recorder is not believed", async () => {
  const { closed } = await open({ recorder: await verifier((await newSigningKeys()).publicKey) });
  expect(closed[0]?.why).toBe("the recorder did not sign this envelope");
});

test("a fragment that is gone is named, and the rest opens", async () => {
  const gone = records.findIndex(({ prefix }, i) => prefix.type === "fragment" && i > 300);
  const { pictures, faults } = await open({
    from: noon,
    to: instant(noon + minutes(8)),
    records: records.toSpliced(gone, 1),
  });
  expect(pictures.length).toBe(sent.length - 1);
  expect(faults.map(({ faults }) => faults.map(({ fault }) => fault))).toEqual([["missing"]]);
});

test("nothing that runs in an installation knows this tool", () => {
  const workspaces = ["cli", "control", "recorder", "web"].map((name) =>
    join(import.meta.dirname, "../../..", name, "src"),
  );
  const files = workspaces.flatMap((dir) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => join(dir, name)),
  );
  const knowing = files.filter(
    (file) => /\.tsx?$/.test(file) && /sim\/opener|\bopenWindow\b/.test(readFileSync(file, "utf8")),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(knowing).toEqual([]);
});

test("fragments hold no picture in clear", () => {
  const all = Buffer.concat(records.map(({ bytes }) => bytes));
  expect(all.includes("picture of")).toBe(false);
});

function some(n: number): Promise<string[]> {
  return Promise.all(Array.from({ length: n }, newIdentity));
}

function custodians(of: readonly string[]): Promise<{ id: string; recipient: string }[]> {
  return Promise.all(of.map(async (identity, i) => ({ id: `custodian-${i}`, recipient: await recipientOf(identity) })));
}
