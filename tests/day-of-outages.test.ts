import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, type GapCause, type Instant, instant, recorderId, type SegmentId } from "@overt/core";
import { videoFormat } from "@overt/media/codec";
import { newKey } from "@overt/seal";
import { randomStream } from "@overt/sim/scene/random";
import { afterAll, expect, test } from "vitest";
import type { NoGrant } from "@overt/recorder/keys/keyring";
import type { SegmentGrant } from "@overt/recorder/keys/seat-keys";
import { nativeCrc32c } from "@overt/recorder/store/entry";
import { SampleTrack } from "@overt/recorder/store/sample";
import { STORE_LIMITS } from "@overt/recorder/store/limits";
import { Store } from "@overt/recorder/store/store";
import { GapKeeper } from "@overt/recorder/tracks/gap-keeper";
import { RecordPool } from "@overt/recorder/tracks/record-pool";
import { SealedTrack } from "@overt/recorder/tracks/sealed-track";

const SPS = Uint8Array.from(Buffer.from("6742c01eda0280bfe5c04400000303000400000300c83c58ba80", "hex"));
const PPS = Uint8Array.from(Buffer.from("68ce3c80", "hex"));
const camera = cameraId("gate");
const MIDNIGHT = instant(Date.UTC(2026, 10, 25));
const DAY_MS = 86_400_000;
const EPOCH_MS = 120_000;
const directory = mkdtempSync(join(tmpdir(), "overt-day-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** One track of a recorder on a clock of its own, on a real store. */
class Day {
  now: Instant = MIDNIGHT;
  /** When it should have recorded. */
  readonly asked: { from: Instant; to: Instant }[] = [];
  refused: GapCause | null = null;
  keyless = false;
  #askedSince: Instant = MIDNIGHT;
  readonly #sample = new SampleTrack(camera);
  #epoch = 0;
  #segments = 0;
  #runs = 0;
  #store!: Store;
  #track!: SealedTrack;
  #rows: Promise<void>[] = [];
  #pictures = 0;

  async start(): Promise<void> {
    this.#store = await Store.open(
      {
        directory,
        recorder: recorderId("town-hall"),
        run: `run-${++this.#runs}`,
        now: this.now,
        rememberAt: null,
        limits: { ...STORE_LIMITS, commitMs: 0, reserveBytes: 0 },
      },
      { failed: thrown, evicted: () => {}, found: () => {}, listed: () => {} },
    );
    const gaps = new GapKeeper(
      {
        open: (at, cause) => this.#rows.push(this.#store.openGap(camera, "original", at, cause)),
        close: (at) => this.#rows.push(this.#store.closeGap(camera, "original", at)),
      },
      this.now,
    );
    this.#track = new SealedTrack({
      camera,
      track: "original",
      nextSegment: () => this.#grant(),
      renewEpoch: () => {
        this.#epoch = 0;
      },
      refusing: () => null,
      append: async (records) => {
        if (this.refused) return { stored: false, cause: this.refused };
        await this.#store.append(Buffer.concat(records), 0);
        return { stored: true };
      },
      pool: new RecordPool(),
      release: () => {},
      gaps,
      now: () => this.now,
      sign: async () => new Uint8Array(64),
      crc32c: nativeCrc32c,
      onError: thrown,
    });
    const format = videoFormat("h264", { vps: [], sps: [SPS], pps: [PPS] });
    if (format) this.#track.setFormat(format);
    gaps.missing("recorder_down", this.now);
  }

  /** Pictures of about one a second, with the clock's every quarter of a second. */
  async record(forMs: number, everyMs: () => number): Promise<void> {
    const end = this.now + forMs;
    for (let next: number = this.now; next < end; next += everyMs()) {
      for (; this.now < next; this.now = instant(Math.min(next, this.now + 250))) this.#track.tick(this.now);
      const key = this.#pictures % 10 === 0;
      const nals = [Uint8Array.of(key ? 0x65 : 0x41, 0x88, this.#pictures & 0xff, 1)];
      this.#track.push({ nals, key, decodeTicks: next * 90, compositionOffsetTicks: 0, at: this.now }, null);
      if (++this.#pictures % 200 === 0) await this.#settled();
    }
  }

  silent(forMs: number): void {
    const end = this.now + forMs;
    for (; this.now < end; this.now = instant(Math.min(end, this.now + 250))) this.#track.tick(this.now);
  }

  interrupt(cause: GapCause): void {
    this.#track.interrupt(cause);
  }

  async unask(forMs: number): Promise<void> {
    await this.#track.stop();
    this.asked.push({ from: this.#askedSince, to: this.now });
    this.silent(forMs);
    this.#track.ask();
    this.#askedSince = this.now;
  }

  /** A recorder that ends, in order or not, and starts again. */
  async restart(orderly: boolean, forMs: number): Promise<void> {
    if (orderly) await this.#track.close();
    await this.#settled();
    this.#store.beat(this.now);
    await this.#store.close(orderly);
    this.now = instant(this.now + forMs);
    await this.start();
  }

  async end(): Promise<ReturnType<Store["timeline"]>> {
    await this.#track.close();
    await this.#settled();
    this.asked.push({ from: this.#askedSince, to: this.now });
    const timeline = this.#store.timeline(camera, "original", MIDNIGHT, this.now);
    await this.#store.close(true);
    return timeline;
  }

  async #settled(): Promise<void> {
    await this.#track.settled();
    await Promise.all(this.#rows.splice(0));
  }

  #grant(): SegmentGrant | NoGrant {
    if (this.keyless) return { refused: "preparing", error: null };
    const epoch = Math.floor(this.now / EPOCH_MS);
    const isNew = epoch !== this.#epoch;
    this.#epoch = epoch;
    this.#sample.at = this.now;
    return {
      ...{ envelopeRecord: isNew ? this.#sample.envelope() : null, epoch: this.#sample.epoch },
      segment: (++this.#segments).toString(16).padStart(64, "0") as SegmentId,
      key: newKey(),
      epochEnds: instant((epoch + 1) * EPOCH_MS),
    };
  }
}

test("a day of outages: each moment that was asked for is recorded or in exactly one gap, to the millisecond", async () => {
  const random = randomStream(20_261_125);
  const upTo = (ms: number): number => Math.ceil(random() * ms);
  const trembling = (): number => 990 + upTo(20);
  const day = new Day();
  const outages: (() => void | Promise<void>)[] = [
    () => {
      day.interrupt("camera_unreachable");
      day.silent(upTo(600_000));
    },
    () => day.silent(upTo(600_000)),
    () => day.silent(upTo(4_000)),
    async () => {
      day.refused = random() < 0.5 ? "disk_full" : "disk_slow";
      await day.record(upTo(300_000), trembling);
      day.refused = null;
    },
    async () => {
      day.keyless = true;
      await day.record(upTo(30_000), trembling);
      day.keyless = false;
    },
    () => day.restart(true, upTo(300_000)),
    () => day.restart(false, upTo(300_000)),
    async () => {
      day.interrupt("camera_unreachable");
      await day.restart(false, upTo(300_000));
    },
    () => day.unask(upTo(900_000)),
  ];
  await day.start();
  while (day.now < MIDNIGHT + DAY_MS) {
    await day.record(upTo(900_000), trembling);
    await outages[Math.floor(random() * outages.length)]?.();
  }
  await day.record(10_000, trembling);
  const { segments, gaps } = await day.end();

  const spans = (of: typeof gaps) => of.map(({ from, to }) => ({ from, to: to ?? day.now }));
  const told = [...segments, ...spans(gaps)].sort((a, b) => a.from - b.from);
  for (const [i, { to }] of told.entries()) expect(told[i + 1]?.from ?? to, `after ${to}`).toBeGreaterThanOrEqual(to);
  for (const { from, to } of day.asked)
    expect(coveredMs(told, from, to), `${from} to ${to} was asked for`).toBe(to - from);
  for (const [i, { to }] of day.asked.slice(0, -1).entries())
    expect(coveredMs(spans(gaps), to, day.asked[i + 1]?.from ?? to), `${to} was not asked for`).toBe(0);
  const causes = new Set(gaps.map(({ cause }) => cause));
  expect([...causes].sort()).toEqual(
    ["camera_silent", "camera_unreachable", "disk_full", "disk_slow", "process_down", "recorder_down"].sort(),
  );
}, 120_000);

const coveredMs = (told: readonly { from: number; to: number }[], from: number, to: number): number =>
  told.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);

function thrown(error: unknown): never {
  throw error;
}
