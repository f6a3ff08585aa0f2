import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CameraId, cameraId, type EpochId, instant, recorderId, type SegmentId, toHex } from "@overt/core";
import { claimDirectory } from "@overt/recorder/store/directory";
import type { Entry } from "@overt/recorder/store/entry";
import { FooterBuilder } from "@overt/recorder/store/footer";
import { encodePackHeader, PACK_HEADER_BYTES, packPath } from "@overt/recorder/store/pack";
import { STORE_LIMITS } from "@overt/recorder/store/limits";
import { Store } from "@overt/recorder/store/store";
import { type BenchOptions, type BenchReport, row } from "./row.ts";

const GB = 1_000_000_000;
const TEN_TB = 10_000 * GB;
const RECORDER = recorderId("town-hall");
const FROM = Date.UTC(2026, 10, 25, 8);
const HOUR_MS = 3_600_000;

/** A recorder of 100 cameras of 4 Mbit/s, whose originals it keeps: what a pack of 1 GiB then holds. */
const CAMERAS = 100;
const FRAGMENT_MS = 900;
const FRAGMENT_BYTES = 450_000;
const FRAGMENTS_PER_SEGMENT = 66;
const SEGMENTS_PER_EPOCH = 2;
const SMALL_BYTES = { segment: 140, init: 800, end: 132, envelope: 4_000 };

/**
 * An index that is lost, rebuilt from the packs' footers. The packs are ours to the byte but for the pictures, which a
 * rebuild does not read: there the files have holes, so that 50 GB are made in moments.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const bytes = quick ? GB / 2 : Number(process.env.OVERT_BENCH_GB ?? 8) * GB;
  const directory = mkdtempSync(join(tmpdir(), "overt-rebuild-"));
  try {
    claimDirectory(directory, RECORDER, null);
    const made = await makePacks(directory, bytes);
    const began = performance.now();
    const store = await Store.open(
      {
        directory,
        recorder: RECORDER,
        run: "rebuild",
        now: instant(made.to),
        rememberAt: null,
        limits: { ...STORE_LIMITS, reserveBytes: 0 },
      },
      { failed: fail, evicted: () => {}, found: ({ detail }) => fail(new Error(detail)), listed: () => {} },
    );
    const readyMs = performance.now() - began;
    await store.settled();
    const listedS = (performance.now() - began) / 1_000;
    const listed = store.timeline(cameraId("camera-0"), "original", instant(FROM), instant(made.to)).segments;
    await store.close(true);
    const whole = listed.length === 1 && (listed[0]?.to ?? 0) >= made.to - 2 * FRAGMENT_MS;
    const indexBytes = statSync(join(directory, "index.sqlite")).size;
    return {
      rows: [
        row("footage whose index was lost", "GB", rounded(made.bytes / GB)),
        row("packs", "", made.packs),
        row("ready to record", "ms", Math.round(readyMs), { goal: { of: "ours", atMost: 10_000 } }),
        row("all of it on the timeline again", "s", rounded(listedS)),
        row("camera's footage found whole", "", whole ? 1 : 0, { goal: { of: "ours", atLeast: 1 } }),
        row("footer of a pack", "kB", rounded(made.footerBytes / made.packs / 1_000)),
        row("index of 1 GB", "kB", rounded(indexBytes / (made.bytes / GB) / 1_000)),
        row("10 TB, by reckoning", "min", rounded(((listedS - readyMs / 1_000) * TEN_TB) / made.bytes / 60)),
      ],
      notes: [
        `Packs of ${CAMERAS} cameras of 4 Mbit/s; pictures are holes in their files, since a rebuild reads footers alone.`,
        "10 TB is reckoned from the time that each GB took here after the start: recording goes on meanwhile.",
        ...(quick ? [] : [`OVERT_BENCH_GB says how much; this was ${bytes / GB}.`]),
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Made {
  readonly packs: number;
  readonly bytes: number;
  readonly footerBytes: number;
  /** Where the footage ends, UTC ms. */
  readonly to: number;
}

/** Packs of consecutive footage of all cameras until `bytes` are there. */
async function makePacks(directory: string, bytes: number): Promise<Made> {
  const records = recordsOf(Array.from({ length: CAMERAS }, (_, i) => new PlannedCamera(cameraId(`camera-${i}`))));
  let made: Made = { packs: 0, bytes: 0, footerBytes: 0, to: FROM };
  while (made.bytes < bytes) {
    const name = { number: made.packs + 1, retentionClass: 0 };
    const footer = new FooterBuilder();
    let offset = PACK_HEADER_BYTES;
    let to = made.to;
    while (offset < Math.min(STORE_LIMITS.packBytes, bytes - made.bytes)) {
      const { entry, bytes: length } = records.next().value;
      footer.add({ entry, place: { pack: name.number, offset, bytes: length } });
      offset += length;
      to = entry.time;
    }
    const footerBytes = await writePack(directory, name, offset, footer);
    made = {
      packs: name.number,
      bytes: made.bytes + offset + footerBytes,
      footerBytes: made.footerBytes + footerBytes,
      to,
    };
  }
  return made;
}

async function writePack(
  directory: string,
  name: { number: number; retentionClass: number },
  footerAt: number,
  footer: FooterBuilder,
): Promise<number> {
  const path = packPath(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  const file = await open(path, "wx");
  try {
    const bytes = footer.encode();
    await file.write(
      encodePackHeader({ ...name, created: instant(FROM), recorder: RECORDER }),
      0,
      PACK_HEADER_BYTES,
      0,
    );
    await file.write(bytes, 0, bytes.length, footerAt);
    await file.datasync();
    return bytes.length;
  } finally {
    await file.close();
  }
}

type Planned = { readonly entry: Entry; readonly bytes: number };

/** What cameras that run in step send, a fragment of each in turn, without end. */
function* recordsOf(cameras: readonly PlannedCamera[]): Generator<Planned, never> {
  for (;;) for (const camera of cameras) yield* camera.fragment();
}

class PlannedCamera {
  readonly #camera: CameraId;
  #time = FROM;
  #epoch = "" as EpochId;
  #segment = "" as SegmentId;
  #segments = 0;
  #counter = 0;

  constructor(camera: CameraId) {
    this.#camera = camera;
  }

  *fragment(): Generator<Planned> {
    if (this.#counter === 0) yield* this.#begin();
    yield this.#message(this.#counter === 1 ? "key" : "media", FRAGMENT_BYTES);
    this.#time += FRAGMENT_MS;
    if (this.#counter <= FRAGMENTS_PER_SEGMENT) return;
    yield this.#message("end", SMALL_BYTES.end);
    this.#counter = 0;
  }

  *#begin(): Generator<Planned> {
    if (this.#segments++ % SEGMENTS_PER_EPOCH === 0) {
      this.#epoch = toHex(randomBytes(16)) as EpochId;
      const periodStart = instant(Math.floor(this.#time / HOUR_MS) * HOUR_MS);
      yield { entry: { type: "envelope", ...this.#common(), periodStart }, bytes: SMALL_BYTES.envelope };
    }
    this.#segment = toHex(randomBytes(32)) as SegmentId;
    const { segment } = this.#ids();
    yield { entry: { type: "segment", ...this.#common(), segment, startsOnKey: true }, bytes: SMALL_BYTES.segment };
    yield this.#message("init", SMALL_BYTES.init);
  }

  #message(kind: "init" | "key" | "media" | "end", bytes: number): Planned {
    const durationMs = kind === "key" || kind === "media" ? FRAGMENT_MS : 0;
    const counter = this.#counter++;
    const message = { counter, durationMs, kind, cameraOffsetMs: null };
    return { entry: { type: "fragment", ...this.#common(), ...this.#ids(), ...message }, bytes };
  }

  #common() {
    return { camera: this.#camera, track: "original", epoch: this.#epoch, time: instant(this.#time) } as const;
  }

  #ids() {
    return { segment: this.#segment };
  }
}

function fail(thrown: unknown): never {
  throw thrown;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
