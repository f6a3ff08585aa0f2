import { type BoxSpan, boxesIn, childOf, Cursor } from "./box-reader.ts";
import type { ReadInit, ReadSample, SampleDefaults } from "./format.ts";
import { invalid } from "./invalid.ts";

export interface ReadFragment {
  readonly sequence: number;
  /** Decode time of the first picture, in ticks. */
  readonly baseDecodeTime: number;
  readonly samples: readonly ReadSample[];
}

/** What the header said; needed only for fragments that another program wrote. */
export type ReadOptions = Partial<Pick<ReadInit, "nalLengthBytes" | "defaults" | "trackId">>;

const BASE_DATA_OFFSET = 0x1;
const DESCRIPTION_INDEX = 0x2;
const DEFAULT_DURATION = 0x8;
const DEFAULT_SIZE = 0x10;
const DEFAULT_FLAGS = 0x20;
const RUN_DATA_OFFSET = 0x1;
const RUN_FIRST_FLAGS = 0x4;
const RUN_DURATION = 0x100;
const RUN_SIZE = 0x200;
const RUN_FLAGS = 0x400;
const RUN_OFFSET = 0x800;
const NON_SYNC = 0x10000;

const NO_DEFAULTS: SampleDefaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };

/**
 * One fragment read back: the samples of its video track, without a copy.
 *
 * Each byte of `mdat` belongs to at most one sample, so that what comes out is never larger than what went in.
 *
 * @throws OvertError `FMP4_INVALID` for anything that does not fit; nothing is guessed.
 */
export function readFragment(bytes: Uint8Array, options: ReadOptions = {}): ReadFragment {
  const { moof, mdat } = partsOf(bytes);
  const mfhd = childOf(bytes, moof, "mfhd");
  const number = new Cursor(bytes, mfhd.start, mfhd.end);
  number.full();
  const traf = trackFragment(bytes, moof, options.trackId);
  const base = readDefaults(bytes, traf, options.defaults ?? NO_DEFAULTS);
  return {
    sequence: number.u32(),
    baseDecodeTime: readDecodeTime(bytes, traf),
    samples: readRuns(bytes, { moof, mdat, traf }, base, options.nalLengthBytes ?? 4),
  };
}

interface Parts {
  readonly moof: BoxSpan;
  readonly mdat: BoxSpan;
}

function partsOf(bytes: Uint8Array): Parts {
  let moof: BoxSpan | undefined;
  let mdat: BoxSpan | undefined;
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (box.type === "moof") {
      if (moof) throw invalid("Two fragments where one is due.", "Cut the file with splitFragments first.");
      moof = box;
    } else if (box.type === "mdat") {
      if (mdat || !moof) throw invalid("An mdat box stands where none is due.");
      mdat = box;
    }
  }
  if (!moof || !mdat) throw invalid("A fragment needs a moof and an mdat box.");
  return { moof, mdat };
}

function trackFragment(bytes: Uint8Array, moof: BoxSpan, trackId: number | undefined): BoxSpan {
  for (const box of boxesIn(bytes, moof.start, moof.end)) {
    if (box.type !== "traf") continue;
    const tfhd = childOf(bytes, box, "tfhd");
    const found = new Cursor(bytes, tfhd.start + 4, tfhd.end).u32();
    if (trackId === undefined || found === trackId) return box;
  }
  throw invalid("The fragment has nothing of the track.");
}

function readDefaults(bytes: Uint8Array, traf: BoxSpan, fallback: SampleDefaults): SampleDefaults {
  const box = childOf(bytes, traf, "tfhd");
  const tfhd = new Cursor(bytes, box.start, box.end);
  const { flags } = tfhd.full();
  tfhd.skip(4);
  if (flags & BASE_DATA_OFFSET) throw invalid("The fragment counts its offsets from the start of some file.");
  if (flags & DESCRIPTION_INDEX) tfhd.skip(4);
  return {
    durationTicks: flags & DEFAULT_DURATION ? tfhd.u32() : fallback.durationTicks,
    sizeBytes: flags & DEFAULT_SIZE ? tfhd.u32() : fallback.sizeBytes,
    flags: flags & DEFAULT_FLAGS ? tfhd.u32() : fallback.flags,
  };
}

function readDecodeTime(bytes: Uint8Array, traf: BoxSpan): number {
  const box = childOf(bytes, traf, "tfdt");
  const tfdt = new Cursor(bytes, box.start, box.end);
  return tfdt.full().version === 1 ? tfdt.u64() : tfdt.u32();
}

function readRuns(
  bytes: Uint8Array,
  { moof, mdat, traf }: Parts & { readonly traf: BoxSpan },
  defaults: SampleDefaults,
  nalLengthBytes: 1 | 2 | 4,
): ReadSample[] {
  const samples: ReadSample[] = [];
  let at = mdat.start;
  for (const box of boxesIn(bytes, traf.start, traf.end)) {
    if (box.type !== "trun") continue;
    const run = new Cursor(bytes, box.start, box.end);
    const { version, flags } = run.full();
    const count = run.u32();
    const from = flags & RUN_DATA_OFFSET ? moof.from + run.i32() : at;
    if (from < at) throw invalid("A run of samples begins within the one before it, or outside of mdat.");
    const firstFlags = flags & RUN_FIRST_FLAGS ? run.u32() : undefined;
    const data = new Cursor(bytes, from, mdat.end);
    for (let i = 0; i < count; i++) {
      const durationTicks = flags & RUN_DURATION ? run.u32() : defaults.durationTicks;
      const size = flags & RUN_SIZE ? run.u32() : defaults.sizeBytes;
      const own = flags & RUN_FLAGS ? run.u32() : defaults.flags;
      const sampleFlags = i === 0 && firstFlags !== undefined ? firstFlags : own;
      const compositionOffsetTicks = flags & RUN_OFFSET ? (version === 0 ? run.u32() : run.i32()) : 0;
      if (size === 0) throw invalid("A sample of no bytes holds no picture.");
      const sample = data.take(size);
      const nals = nalsOf(sample, nalLengthBytes);
      samples.push({ data: sample, nals, durationTicks, compositionOffsetTicks, key: (sampleFlags & NON_SYNC) === 0 });
    }
    at = data.at;
  }
  if (samples.length === 0) throw invalid("The fragment holds no sample.");
  return samples;
}

function nalsOf(sample: Uint8Array, nalLengthBytes: 1 | 2 | 4): Uint8Array[] {
  const nals: Uint8Array[] = [];
  const cursor = new Cursor(sample, 0, sample.length);
  while (cursor.at < cursor.end) {
    const length = nalLengthBytes === 4 ? cursor.u32() : nalLengthBytes === 2 ? cursor.u16() : cursor.u8();
    if (length === 0) throw invalid("A NAL unit of no bytes is none.");
    nals.push(cursor.take(length));
  }
  return nals;
}
