import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, type Instant, instant, OvertError } from "@overt/core";
import {
  newIdentity,
  newKey,
  newSigningKeys,
  openEnvelope,
  parseRecord,
  type RawRecord,
  recipientOf,
  type SealRoster,
  segmentKey,
} from "@overt/seal";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PeriodKeys } from "../keystore/keys.ts";
import { cameraHash } from "../keystore/slot.ts";
import { type Batch, type EpochWant, SEGMENTS_PER_EPOCH } from "./batch.ts";
import type { Prepare } from "./key-child.ts";
import { Keyring, type KeyringOptions, type NoGrant } from "./keyring.ts";
import { prepareBatch } from "./prepare.ts";
import type { SegmentGrant } from "./seat-keys.ts";

const camera = cameraId("market-square-1");
const HOUR_MS = 3_600_000;
const morning = instant(Date.UTC(2026, 10, 25, 8, 10));
const seat = { camera, track: "original" as const, retentionMs: 72 * HOUR_MS, periodMs: HOUR_MS };

const recipient = await recipientOf(await newIdentity());
const custodians = ["a", "b", "c"].map((id) => ({ id, recipient }));
const roster: SealRoster = {
  version: 1,
  groups: { operations: { k: 2, custodians }, oversight: { k: 2, custodians } },
};
const { seed: signingSeed } = await newSigningKeys();

/** The child's work without its process. */
const inProcess: Prepare = (wants, periodKeys, roster) =>
  prepareBatch({ wants, periodKeys, roster, signingSeed, transportKey: newKey() } satisfies Batch);

let now: Instant;
let rings: Keyring[];
let periodKeys: Map<string, Uint8Array>;

beforeEach(() => {
  now = morning;
  rings = [];
  periodKeys = new Map();
});
afterEach(() => {
  for (const ring of rings) ring.close();
});

function keyring(options: Partial<KeyringOptions> = {}): Keyring {
  const ring = new Keyring({
    prepare: inProcess,
    periodKeys: {
      ensure: async (of, start, expiry) => {
        const name = `${of} ${start} ${expiry}`;
        if (!periodKeys.has(name)) periodKeys.set(name, newKey());
        return periodKeys.get(name)!.slice();
      },
    },
    roster,
    now: () => now,
    gatherMs: 0,
    retryMs: 1,
    ...options,
  });
  rings.push(ring);
  return ring;
}

function granted(answer: SegmentGrant | NoGrant): SegmentGrant {
  if ("refused" in answer) throw new Error(`refused: ${answer.refused} ${answer.error}`);
  return answer;
}

/** Until the keyring has also made the epoch after the running one. */
async function settled(ring: Keyring, count: () => number, wanted: number): Promise<void> {
  await vi.waitUntil(() => count() >= wanted);
  await ring.ready(seat.camera, seat.track);
}

function counted(): { prepare: Prepare; made: () => number; wants: EpochWant[] } {
  let made = 0;
  const wants: EpochWant[] = [];
  return {
    made: () => made,
    wants,
    prepare: async (...batch) => {
      const epochs = await inProcess(...batch);
      wants.push(...batch[0]);
      made += epochs.length;
      return epochs;
    },
  };
}

test("an epoch brings its envelope once and a new key for each segment", async () => {
  const ring = keyring();
  ring.add(seat);
  expect(ring.nextSegment(camera, "original")).toEqual({ refused: "preparing", error: null });
  await ring.ready(camera, "original");
  const grants = Array.from({ length: SEGMENTS_PER_EPOCH }, () => granted(ring.nextSegment(camera, "original")));
  expect(grants.map(({ envelopeRecord }) => envelopeRecord !== null)).toEqual([true, ...Array(7).fill(false)]);
  expect(new Set(grants.map(({ key }) => Buffer.from(key).toString("hex"))).size).toBe(SEGMENTS_PER_EPOCH);
  expect(new Set(grants.map(({ epoch }) => epoch)).size).toBe(1);
  expect(grants[0]!.epochEnds).toBeLessThanOrEqual(now + 120_000);
});

test("segment keys are those that the epoch key gives, and the period key opens the envelope", async () => {
  const ring = keyring();
  ring.add({ ...seat, track: "anonymised" });
  await ring.ready(camera, "anonymised");
  const { envelopeRecord, segment, key } = granted(ring.nextSegment(camera, "anonymised"));
  const [periodName, periodKey] = [...periodKeys][0]!;
  const periodStart = Date.UTC(2026, 10, 25, 8);
  expect(periodName).toBe(`${camera} ${periodStart} ${periodStart + 73 * HOUR_MS}`);
  const opened = await openEnvelope(parseRecord(envelopeRecord!) as RawRecord, periodKey);
  if ("problem" in opened || opened.track !== "anonymised") throw new Error("not opened");
  expect(segmentKey(opened.epochKey, { camera, track: "anonymised", segment })).toEqual(Uint8Array.from(key));
});

test("when an epoch is over its unused keys are zeros and the next one is ready", async () => {
  const { prepare, made } = counted();
  const keys: Uint8Array[] = [];
  const ring = keyring({
    prepare: async (...batch) => {
      const epochs = await prepare(...batch);
      keys.push(...epochs.flatMap((epoch) => ("refused" in epoch ? [] : epoch.segments.map((one) => one.key))));
      return epochs;
    },
  });
  ring.add(seat);
  await ring.ready(camera, "original");
  const first = granted(ring.nextSegment(camera, "original"));
  await settled(ring, made, 2);
  now = first.epochEnds;
  const second = granted(ring.nextSegment(camera, "original"));
  expect(second.epoch).not.toBe(first.epoch);
  expect(second.envelopeRecord).not.toBe(null);
  expect(keys.slice(1, 8).every((key) => key.every((byte) => byte === 0))).toBe(true);
  expect(first.key.every((byte) => byte === 0)).toBe(false);
});

test("an epoch renewed on demand ends at once", async () => {
  const { prepare, made } = counted();
  const ring = keyring({ prepare });
  ring.add(seat);
  await ring.ready(camera, "original");
  const before = granted(ring.nextSegment(camera, "original"));
  await settled(ring, made, 2);
  ring.renew(camera, "original");
  expect(granted(ring.nextSegment(camera, "original")).epoch).not.toBe(before.epoch);
});

test("a camera that uses up its segments goes on with the next epoch", async () => {
  const { prepare, made } = counted();
  const ring = keyring({ prepare });
  ring.add(seat);
  await ring.ready(camera, "original");
  const first = granted(ring.nextSegment(camera, "original"));
  await settled(ring, made, 2);
  for (let i = 1; i < SEGMENTS_PER_EPOCH; i++) granted(ring.nextSegment(camera, "original"));
  expect(granted(ring.nextSegment(camera, "original")).epoch).not.toBe(first.epoch);
});

test("no epoch reaches into the next period, and none made for one period is used in another", async () => {
  const { prepare, made, wants } = counted();
  const ring = keyring({ prepare });
  now = instant(Date.UTC(2026, 10, 25, 8, 59, 59));
  ring.add(seat);
  await ring.ready(camera, "original");
  const last = granted(ring.nextSegment(camera, "original"));
  expect(last.epochEnds).toBe(Date.UTC(2026, 10, 25, 9));
  await settled(ring, made, 2);
  expect(wants.at(-1)).toMatchObject({ start: last.epochEnds, periodStart: Date.UTC(2026, 10, 25, 9) });
  now = instant(Date.UTC(2026, 10, 25, 10, 30));
  expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "preparing" });
  await ring.ready(camera, "original");
  const envelope = parseRecord(granted(ring.nextSegment(camera, "original")).envelopeRecord!) as RawRecord;
  const own = periodKeys.get(`${camera} ${Date.UTC(2026, 10, 25, 10)} ${Date.UTC(2026, 10, 25, 11) + 72 * HOUR_MS}`)!;
  const opened = await openEnvelope(envelope, own);
  expect(opened).toMatchObject({ track: "original", head: { start: now, periodStart: Date.UTC(2026, 10, 25, 10) } });
});

test.each([
  ["shortened", 30 * 24 * HOUR_MS, 6 * HOUR_MS],
  ["lengthened", 6 * HOUR_MS, 30 * 24 * HOUR_MS],
])(
  "a retention that is %s just before a period ends stops nothing, and each has keys of its own",
  async (_, before, after) => {
    const places = mkdtempSync(join(tmpdir(), "overt-keys-"));
    const store = await PeriodKeys.open([join(places, "a"), join(places, "b")]);
    const asked: { periodStart: Instant; expiry: Instant; key: Uint8Array }[] = [];
    const { prepare, made } = counted();
    const ring = keyring({
      prepare,
      periodKeys: {
        ensure: async (of, periodStart, expiry) => {
          const key = await store.ensure(cameraHash(of), periodStart, expiry);
          asked.push({ periodStart, expiry, key: key.slice() });
          return key;
        },
      },
    });
    const seatOf = (retentionMs: number) => ({ ...seat, retentionMs, periodMs: Math.min(HOUR_MS, retentionMs / 24) });
    const nine = Date.UTC(2026, 10, 25, 9);
    now = instant(nine - 5_000);
    ring.add(seatOf(before));
    await ring.ready(camera, "original");
    granted(ring.nextSegment(camera, "original"));
    // The epoch of the next period is ready, under the old retention.
    await settled(ring, made, 2);
    ring.add(seatOf(after));
    await ring.ready(camera, "original");
    granted(ring.nextSegment(camera, "original"));
    now = instant(nine + 1_000);
    await settled(ring, made, 4);
    granted(ring.nextSegment(camera, "original"));
    expect(ring.failing).toEqual([]);
    const expiryIn = (retentionMs: number) => nine + Math.min(HOUR_MS, retentionMs / 24) + retentionMs;
    const inPeriod = asked.filter(({ periodStart }) => periodStart >= nine - 1);
    expect(new Set(inPeriod.map(({ expiry }) => expiry))).toEqual(new Set([expiryIn(before), expiryIn(after)]));
    expect(new Set(inPeriod.map(({ key }) => Buffer.from(key).toString("hex"))).size).toBe(2);
    await store.close();
    rmSync(places, { recursive: true });
  },
);

test("without custodians there are no originals, and the anonymised track goes on", async () => {
  const ring = keyring({ roster: null });
  ring.add(seat);
  ring.add({ ...seat, track: "anonymised" });
  await ring.ready(camera, "anonymised");
  granted(ring.nextSegment(camera, "anonymised"));
  expect(ring.nextSegment(camera, "original")).toEqual({ refused: "no_roster", error: null });
});

test("a new roster makes what was split to the old one useless at once", async () => {
  const { prepare, made } = counted();
  const ring = keyring({ prepare });
  ring.add(seat);
  await ring.ready(camera, "original");
  granted(ring.nextSegment(camera, "original"));
  await settled(ring, made, 2);
  ring.setRoster({ ...roster, version: 2 });
  expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "preparing" });
  await ring.ready(camera, "original");
  const envelope = parseRecord(granted(ring.nextSegment(camera, "original")).envelopeRecord!) as RawRecord;
  const opened = await openEnvelope(envelope, [...periodKeys.values()][0]!);
  expect(opened).toMatchObject({ table: { roster: 2 } });
});

test("when key children die the keyring asks again, and until then nothing is granted", async () => {
  let deaths = 3;
  const meanwhile: unknown[] = [];
  const ring = keyring({
    prepare: async (...batch) => {
      meanwhile.push(ring.nextSegment(camera, "original"));
      if (deaths-- > 0) throw new OvertError("KEY_CHILD_DIED", "It died.");
      return inProcess(...batch);
    },
  });
  ring.add(seat);
  await ring.ready(camera, "original");
  granted(ring.nextSegment(camera, "original"));
  expect(meanwhile.map((answer) => (answer as NoGrant).refused)).toEqual([
    "preparing",
    "failing",
    "failing",
    "failing",
  ]);
  expect(deaths).toBeLessThan(0);
  expect(ring.failing).toEqual([]);
});

test("asking for segments while children die does not start more of them", async () => {
  let starts = 0;
  const ring = keyring({
    retryMs: 60_000,
    prepare: async () => {
      starts++;
      throw new OvertError("KEY_CHILD_DIED", "It died.");
    },
  });
  ring.add(seat);
  await vi.waitUntil(() => ring.failing.length > 0);
  for (let i = 0; i < 50; i++) {
    expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "failing" });
    await new Promise(setImmediate);
  }
  expect(starts).toBe(1);
});

test("a roster that cannot be used stops originals, not anonymised tracks", async () => {
  const bad = { ...roster.groups.operations, k: 1 };
  const ring = keyring({ roster: { ...roster, groups: { ...roster.groups, operations: bad } } });
  ring.add(seat);
  ring.add({ ...seat, track: "anonymised" });
  await ring.ready(camera, "anonymised");
  granted(ring.nextSegment(camera, "anonymised"));
  expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "failing", error: { code: "ROSTER_INVALID" } });
});

test("a keeper that gives no key for one camera does not stop another", async () => {
  const other = cameraId("harbour-2");
  const ring = keyring({
    periodKeys: {
      ensure: async (of) => {
        if (of === camera) throw new OvertError("KEEPER_FULL", "No slot is free.");
        return newKey();
      },
    },
  });
  ring.add(seat);
  ring.add({ ...seat, camera: other });
  await ring.ready(other, "original");
  granted(ring.nextSegment(other, "original"));
  expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "failing", error: { code: "KEEPER_FULL" } });
});

test("while one camera's keys fail, another's epoch is renewed without a pause", async () => {
  const other = cameraId("harbour-2");
  const ring = keyring({
    retryMs: 60_000,
    periodKeys: {
      ensure: async (of) => {
        if (of === camera) throw new OvertError("KEEPER_FULL", "No slot is free.");
        return newKey();
      },
    },
  });
  ring.add(seat);
  ring.add({ ...seat, camera: other });
  const epochs = new Set<string>();
  for (let i = 0; i < 4; i++) {
    await ring.ready(other, "original");
    epochs.add(granted(ring.nextSegment(other, "original")).epoch);
    ring.renew(other, "original");
  }
  expect(epochs.size).toBe(4);
  expect(ring.failing.map((one) => one.seat.camera)).toEqual([camera]);
});

test("a camera that is removed while its keys fail is not asked for again", async () => {
  let asked = 0;
  const ring = keyring({
    periodKeys: {
      ensure: async () => {
        asked++;
        ring.remove(camera, "original");
        throw new OvertError("KEEPER_FULL", "No slot is free.");
      },
    },
  });
  ring.add(seat);
  await vi.waitUntil(() => asked > 0);
  const other = cameraId("harbour-2");
  ring.add({ ...seat, camera: other });
  await vi.waitUntil(() => asked > 3);
  expect(ring.failing.map((one) => one.seat.camera)).toEqual([other]);
});

test("a track that is removed while its epoch is made leaves no key behind", async () => {
  const keys: Uint8Array[] = [];
  let finished = false;
  const ring = keyring({
    prepare: async (...batch) => {
      const epochs = await inProcess(...batch);
      keys.push(...epochs.flatMap((epoch) => ("refused" in epoch ? [] : epoch.segments.map((one) => one.key))));
      ring.remove(camera, "original");
      setImmediate(() => {
        finished = true;
      });
      return epochs;
    },
  });
  ring.add(seat);
  await vi.waitUntil(() => finished);
  expect(keys.length).toBe(SEGMENTS_PER_EPOCH);
  expect(keys.every((key) => key.every((byte) => byte === 0))).toBe(true);
  expect(ring.nextSegment(camera, "original")).toMatchObject({ refused: "unknown_track" });
});

test("a thousand cameras do not begin their epochs in the same second", async () => {
  const { epochEnd } = await import("./epoch-grid.ts");
  const ends = Array.from({ length: 1_000 }, (_, i) =>
    epochEnd({ camera: cameraId(`cam-${i}`), track: "original" }, morning, 120_000, HOUR_MS),
  );
  const perSecond = new Map<number, number>();
  for (const end of ends) perSecond.set(Math.floor(end / 1_000), (perSecond.get(Math.floor(end / 1_000)) ?? 0) + 1);
  expect(Math.max(...perSecond.values())).toBeLessThan(40);
});
