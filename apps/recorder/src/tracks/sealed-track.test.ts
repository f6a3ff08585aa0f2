import {
  cameraId,
  type EpochId,
  type GapCause,
  type Instant,
  instant,
  type OvertError,
  type SegmentId,
} from "@overt/core";
import { readFragment } from "@overt/media";
import { videoFormat } from "@overt/media/codec";
import { newKey, openSegment, parseRecord, type RawRecord } from "@overt/seal";
import { expect, test } from "vitest";
import type { NoGrant } from "../keys/keyring.ts";
import type { SegmentGrant } from "../keys/seat-keys.ts";
import type { Appended } from "../store/client.ts";
import { nativeCrc32c } from "../store/entry.ts";
import { SampleTrack } from "../store/sample.ts";
import { GapKeeper } from "./gap-keeper.ts";
import { RecordPool } from "./record-pool.ts";
import { SealedTrack } from "./sealed-track.ts";

const SPS = Uint8Array.from(Buffer.from("6742c01eda0280bfe5c04400000303000400000300c83c58ba80", "hex"));
const PPS = Uint8Array.from(Buffer.from("68ce3c80", "hex"));
const format = videoFormat("h264", { vps: [], sps: [SPS], pps: [PPS] });
const PREPARING: NoGrant = { refused: "preparing", error: null };

interface Bench {
  readonly track: SealedTrack;
  readonly records: RawRecord[];
  readonly keys: Map<string, Uint8Array>;
  readonly gaps: { from: number; to: number | null; cause: GapCause }[];
  now: number;
  grants: boolean;
  answer: Appended | "broken";
  refusing: GapCause | null;
  renewed: number;
  readonly errors: OvertError[];
  /** What is handed over meanwhile is stored when it resolves. */
  onItsWay: Promise<void> | null;
  envelope: Uint8Array | null;
  /** Types of the records of each hand-over. */
  readonly handed: string[][];
}

function bench(epochMs = 20_000): Bench {
  let count = 0;
  const made: Bench = {
    records: [],
    keys: new Map(),
    gaps: [],
    now: 1_000,
    grants: true,
    answer: { stored: true },
    refusing: null,
    renewed: 0,
    errors: [],
    onItsWay: null,
    envelope: null,
    handed: [],
    track: null as unknown as SealedTrack,
  };
  const gaps = new GapKeeper(
    {
      open: (from, cause) => made.gaps.push({ from, to: null, cause }),
      close: (to) => {
        const last = made.gaps.at(-1);
        if (last) last.to = to;
      },
    },
    instant(1_000),
  );
  const grant = (): SegmentGrant | NoGrant => {
    if (!made.grants) return PREPARING;
    const key = newKey();
    const segment = (count++).toString(16).padStart(64, "0") as SegmentId;
    made.keys.set(segment, key.slice());
    const epoch = Math.floor(made.now / epochMs);
    const ends = instant((epoch + 1) * epochMs);
    return {
      epoch: epoch.toString(16).padStart(32, "0") as EpochId,
      segment,
      key,
      epochEnds: ends,
      envelopeRecord: made.envelope,
    };
  };
  const track = new SealedTrack({
    camera: cameraId("gate"),
    track: "original",
    nextSegment: grant,
    renewEpoch: () => {
      made.renewed++;
    },
    refusing: () => made.refusing,
    append: async (records) => {
      const parsed = records.map((bytes) => parseRecord(bytes.slice()) as RawRecord);
      made.handed.push(parsed.map(({ prefix }) => prefix.type));
      const { answer, onItsWay } = made;
      if (onItsWay) await onItsWay;
      if (answer === "broken") throw new Error("no such table");
      if (answer.stored) made.records.push(...parsed);
      return answer;
    },
    gaps,
    now: () => instant(made.now),
    pool: new RecordPool(),
    release: (nals) => {
      for (const nal of nals) nal.fill(0);
    },
    sign: async () => new Uint8Array(64),
    crc32c: nativeCrc32c,
    onError: (error) => {
      made.errors.push(error);
    },
  });
  if (!format) throw new Error("The test's own SPS is unreadable.");
  track.setFormat(format);
  return Object.assign(made, { track });
}

/** Ten pictures a second, a key picture every two seconds. */
function send(on: Bench, forMs: number): void {
  for (const end = on.now + forMs; on.now < end; on.now += 100) {
    const key = on.now % 2_000 === 0;
    const nals = [Uint8Array.of(key ? 0x65 : 0x41, 0x88, on.now & 0xff, on.now >> 8, 1)];
    on.track.push({ nals, key, decodeTicks: on.now * 90, compositionOffsetTicks: 0, at: instant(on.now) }, null);
    on.track.tick(instant(on.now));
  }
}

/** What is handed over from now on is on its way until the call of what is returned. */
function holdUp(on: Bench): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  on.onItsWay = promise;
  return resolve;
}

async function opened(on: Bench): Promise<{ times: number[]; faults: string[]; segments: number }> {
  const piles = new Map<string, RawRecord[]>();
  for (const record of on.records) {
    if (record.prefix.type !== "segment" && record.prefix.type !== "fragment") continue;
    const segment = Buffer.from(record.body.subarray(48, 80)).toString("hex");
    piles.set(segment, [...(piles.get(segment) ?? []), record]);
  }
  const times: number[] = [];
  const faults: string[] = [];
  for (const [segment, records] of piles) {
    const result = await openSegment(records, on.keys.get(segment) as Uint8Array);
    if ("problem" in result) throw new Error("no header");
    faults.push(...result.faults.map(({ fault }) => fault));
    for (const { head, media } of result.fragments) {
      let at: number = head.time;
      for (const { durationTicks } of readFragment(media).samples) {
        times.push(at);
        at += durationTicks / 90;
      }
    }
  }
  return { times, faults, segments: piles.size };
}

test("every picture is in exactly one whole segment, over the ends of segments and epochs", async () => {
  const on = bench();
  send(on, 130_000);
  await on.track.close();
  const { times, faults, segments } = await opened(on);
  expect(on.errors).toEqual([]);
  expect(times).toEqual(Array.from({ length: 1_300 }, (_, i) => 1_000 + i * 100));
  expect(faults).toEqual([]);
  expect(segments).toBeGreaterThanOrEqual(6);
  expect(on.gaps).toEqual([]);
});

test("nothing is lost while a key child is late, and nothing is stored in its place", async () => {
  const on = bench();
  on.grants = false;
  send(on, 5_000);
  expect(on.records).toEqual([]);
  on.grants = true;
  send(on, 2_000);
  await on.track.close();
  expect((await opened(on)).times.length).toBe(70);
  expect(on.gaps).toEqual([]);
});

test("when no key comes for long, what waited becomes a gap instead of filling the memory", async () => {
  const on = bench();
  on.grants = false;
  send(on, 60_000);
  on.grants = true;
  send(on, 10_000);
  await on.track.close();
  expect(on.gaps.map(({ cause }) => cause)).toEqual(["process_down"]);
  const { times, faults } = await opened(on);
  expect(faults).toEqual([]);
  const [gap] = on.gaps;
  expect(gap?.from).toBe(1_000);
  expect(times[0]).toBe(gap?.to);
  expect(times.at(-1)).toBe(70_900);
});

test("what the store refuses is a gap of its cause, and the next stretch begins in a segment of its own", async () => {
  const on = bench();
  send(on, 10_000);
  await on.track.settled();
  on.answer = { stored: false, cause: "disk_full" };
  send(on, 5_000);
  await on.track.settled();
  on.answer = { stored: true };
  send(on, 5_000);
  await on.track.close();
  expect(on.gaps.map(({ cause }) => cause)).toEqual(["disk_full"]);
  const { times } = await opened(on);
  expect(times.length).toBeGreaterThan(130);
});

test("a store that fails in a way of its own is a gap too, and the segment does not go on with a hole", async () => {
  const on = bench();
  send(on, 10_000);
  await on.track.settled();
  on.answer = "broken";
  send(on, 3_000);
  await on.track.settled();
  on.answer = { stored: true };
  send(on, 5_000);
  await on.track.close();
  expect(on.gaps.map(({ cause }) => cause)).toEqual(["unknown"]);
  expect(on.errors.map(({ code }) => code)).toContain("APPEND_FAILED");
  expect((await opened(on)).times.length).toBeGreaterThan(140);
});

test("an epoch whose header was refused is not gone on with, though what came before it is still on its way", async () => {
  const on = bench();
  const arrive = holdUp(on);
  send(on, 3_000);
  on.onItsWay = null;
  on.answer = { stored: false, cause: "disk_slow" };
  send(on, 3_000);
  await new Promise((resolve) => setImmediate(resolve));
  send(on, 3_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(on.renewed).toBeGreaterThan(0);
  expect(on.gaps).toEqual([]);
  arrive();
  await on.track.settled();
  expect(on.gaps.map(({ cause }) => cause)).toEqual(["disk_slow"]);
});

test("while a disk hangs nothing is begun and nothing is kept, the cause is known, and the gap begins where the footage ends", async () => {
  const on = bench();
  const arrive = holdUp(on);
  send(on, 3_000);
  on.track.flush();
  on.refusing = "disk_slow";
  const [handed, segments] = [on.handed.length, on.keys.size];
  send(on, 60_000);
  on.track.interrupt("disk_slow");
  expect(on.keys.size - segments, "no segment is begun that could not be stored").toBe(0);
  expect(on.handed.length - handed, "the rest of the open segment was handed over").toBeLessThan(60);
  expect(on.track.missing).toBe("disk_slow");
  expect(on.gaps, "nobody knows yet what is stored").toEqual([]);
  on.refusing = null;
  arrive();
  await on.track.settled();
  expect(on.gaps.map(({ cause }) => cause)).toEqual(["disk_slow"]);
  send(on, 3_000);
  await on.track.stop();
  expect(on.track.missing).toBeNull();
  expect(on.gaps.map(({ cause, to }) => ({ cause, ended: to !== null }))).toEqual([
    { cause: "disk_slow", ended: true },
  ]);
});

test("while a disk hangs for days, a camera that comes and goes takes no memory without end, and no moment is lost", async () => {
  const on = bench();
  const arrive = holdUp(on);
  send(on, 3_000);
  on.track.flush();
  on.refusing = "disk_slow";
  for (let i = 0; i < 10_000; i++, on.now += 1_000) on.track.interrupt(i % 2 ? "disk_slow" : "camera_silent");
  arrive();
  await on.track.settled();
  expect(on.gaps.length).toBeLessThan(500);
  for (const [i, { to }] of on.gaps.slice(0, -1).entries()) expect(to).toBe(on.gaps[i + 1]?.from);
  expect(on.gaps.at(-1)?.to).toBeNull();
});

test("an envelope and what first needs it are handed over at once", async () => {
  const on = bench();
  on.envelope = new SampleTrack("gate").envelope();
  send(on, 3_000);
  await on.track.close();
  expect(on.handed[0]).toEqual(["envelope", "segment", "fragment"]);
});

test("timestamps that tremble, from a camera that is late, do not end a segment each second", async () => {
  const on = bench(120_000);
  const trembling = [0, 3, -3, 2, -1];
  for (let i = 0; i < 450; i++) {
    const takenMs = 2_000 + i * 240 + (trembling[i % trembling.length] as number);
    // What is held is let go before the next picture can say how long it lasted.
    for (; on.now < takenMs + 100; on.now += 10) on.track.tick(instant(on.now));
    const key = i % 50 === 0;
    const nals = [Uint8Array.of(key ? 0x65 : 0x41, 0x88, i & 0xff, i >> 8, 1)];
    on.track.push({ nals, key, decodeTicks: takenMs * 90, compositionOffsetTicks: 0, at: instant(takenMs) }, null);
  }
  await on.track.close();
  const { times, faults, segments } = await opened(on);
  expect(times.length).toBe(450);
  expect(faults).toEqual([]);
  expect(segments).toBeLessThanOrEqual(5);
});

test("an interruption stores what came before it, so that the gap begins at the last picture's end", async () => {
  const on = bench();
  send(on, 3_000);
  on.track.interrupt("camera_unreachable");
  on.now += 10_000;
  send(on, 2_000);
  await on.track.close();
  expect((await opened(on)).times.length).toBe(50);
  expect(on.gaps).toEqual([{ from: 4_000 as Instant, to: 14_000 as Instant, cause: "camera_unreachable" }]);
});

test("what still comes after a track was closed is neither stored nor a gap: the recorder's own absence is", async () => {
  const on = bench();
  send(on, 3_000);
  const closed = on.track.close();
  send(on, 2_000);
  on.track.interrupt("camera_silent");
  await closed;
  expect((await opened(on)).times.length).toBe(30);
  expect(on.gaps).toEqual([]);
});
