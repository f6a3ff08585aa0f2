import { invalid } from "./invalid.ts";

/** One picture to be written, in decode order. */
export interface FragmentSample {
  /** NAL units without start codes or lengths, none empty. */
  readonly nals: readonly Uint8Array[];
  /** Until the next picture's decode time. */
  readonly durationTicks: number;
  /** Presentation minus decode time; negative ones are legal. */
  readonly compositionOffsetTicks: number;
  /** Decoding can start here. */
  readonly key: boolean;
}

export interface Fragment {
  /** Counts the fragments of a file or of a viewer's stream, from 1. */
  readonly sequence: number;
  /** Decode time of the first picture in ticks, a whole number from 0 to 2⁵³ − 1. */
  readonly baseDecodeTime: number;
  readonly samples: readonly FragmentSample[];
}

const TRACK_ID = 1;
const DEFAULT_BASE_IS_MOOF = 0x020000;
/** Data offset, then of each sample: duration, size, flags, composition offset. */
const RUN_FIELDS = 0x000f01;
/** ISO/IEC 14496-12 §8.8.3.1: depends on no other picture · depends on others and is no sync sample. */
const KEY_FLAGS = 0x02000000;
const DELTA_FLAGS = 0x01010000;

const HEADER = 8;
const MFHD = 16;
const TFHD = 16;
const TFDT = 20;
const TRUN = 20;
const RUN_ENTRY = 16;
const LENGTH = 4;

/**
 * One fragment (`moof` and `mdat`, ISO/IEC 14496-12 §8.8) in one buffer, each NAL unit copied once.
 *
 * @throws OvertError `FMP4_INVALID` for an empty fragment, sample or NAL unit, or a number that its field cannot hold.
 */
export function fragment(content: Fragment): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(fragmentSize(content));
  writeFragment(content, out, 0);
  return out;
}

/** Bytes that `writeFragment` will write. */
export function fragmentSize(content: Fragment): number {
  let size = moofSize(content) + HEADER;
  for (const sample of content.samples) size += sampleSize(sample);
  return size;
}

/**
 * Writes the fragment at `offset` of `out`, for callers that keep room around it or reuse a buffer.
 *
 * @returns The offset behind it.
 * @throws OvertError `FMP4_INVALID` as `fragment`, or when `out` has no room for it.
 */
export function writeFragment(content: Fragment, out: Uint8Array, offset: number): number {
  check(content);
  const end = offset + fragmentSize(content);
  if (end > out.length) throw invalid(`A fragment of ${end - offset} bytes does not fit behind byte ${offset}.`);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const data = writeMoof(view, offset, content);
  writeHeader(view, data, end - data, MDAT);
  writeSamples(out, view, data + HEADER, content.samples);
  return end;
}

const MOOF = 0x6d6f6f66;
const MDAT = 0x6d646174;

function writeMoof(view: DataView, offset: number, content: Fragment): number {
  const { samples, baseDecodeTime } = content;
  const size = moofSize(content);
  const end = offset + size;
  writeHeader(view, offset, size, MOOF);
  let at = writeFull(view, offset + HEADER, MFHD, 0x6d666864, 0, 0);
  view.setUint32(at, content.sequence);
  at = writeHeader(view, at + 4, size - HEADER - MFHD, 0x74726166);
  at = writeFull(view, at, TFHD, 0x74666864, 0, DEFAULT_BASE_IS_MOOF);
  view.setUint32(at, TRACK_ID);
  // Version 1 always: 32 bits overflow after 13 hours at 90 kHz (mse-03).
  at = writeFull(view, at + 4, TFDT, 0x74666474, 1, 0);
  view.setUint32(at, Math.floor(baseDecodeTime / 2 ** 32));
  view.setUint32(at + 4, baseDecodeTime % 2 ** 32);
  const signedOffsets = samples.some((sample) => sample.compositionOffsetTicks < 0) ? 1 : 0;
  at = writeFull(view, at + 8, TRUN + RUN_ENTRY * samples.length, 0x7472756e, signedOffsets, RUN_FIELDS);
  view.setUint32(at, samples.length);
  view.setInt32(at + 4, size + HEADER);
  at += 8;
  for (const sample of samples) {
    view.setUint32(at, sample.durationTicks);
    view.setUint32(at + 4, sampleSize(sample));
    view.setUint32(at + 8, sample.key ? KEY_FLAGS : DELTA_FLAGS);
    view.setInt32(at + 12, sample.compositionOffsetTicks);
    at += RUN_ENTRY;
  }
  return end;
}

function writeSamples(out: Uint8Array, view: DataView, offset: number, samples: readonly FragmentSample[]): void {
  let at = offset;
  for (const sample of samples)
    for (const nal of sample.nals) {
      view.setUint32(at, nal.length);
      out.set(nal, at + LENGTH);
      at += LENGTH + nal.length;
    }
}

function writeHeader(view: DataView, at: number, size: number, type: number): number {
  view.setUint32(at, size);
  view.setUint32(at + 4, type);
  return at + HEADER;
}

function writeFull(view: DataView, at: number, size: number, type: number, version: number, flags: number): number {
  writeHeader(view, at, size, type);
  view.setUint32(at + HEADER, version * 0x1000000 + flags);
  return at + HEADER + 4;
}

const moofSize = (content: Fragment): number =>
  HEADER + MFHD + HEADER + TFHD + TFDT + TRUN + RUN_ENTRY * content.samples.length;

function sampleSize(sample: FragmentSample): number {
  let size = 0;
  for (const nal of sample.nals) size += LENGTH + nal.length;
  return size;
}

function check(content: Fragment): void {
  const { sequence, baseDecodeTime, samples } = content;
  if (samples.length === 0) throw invalid("A fragment needs at least one picture.");
  if (!inRange(sequence, 0, 0xffffffff)) throw invalid(`Fragment number ${sequence} does not fit 32 bits.`);
  if (!inRange(baseDecodeTime, 0, Number.MAX_SAFE_INTEGER))
    throw invalid(`A decode time of ${baseDecodeTime} ticks is not a whole number from 0 to 2⁵³ − 1.`);
  for (const sample of samples) {
    if (!inRange(sample.durationTicks, 0, 0xffffffff))
      throw invalid(`A picture's duration of ${sample.durationTicks} ticks does not fit 32 bits.`);
    if (!inRange(sample.compositionOffsetTicks, -0x80000000, 0x7fffffff))
      throw invalid(`A composition offset of ${sample.compositionOffsetTicks} ticks does not fit 32 bits.`);
    if (sample.nals.length === 0 || sample.nals.some((nal) => nal.length === 0))
      throw invalid("A picture needs at least one NAL unit, and none may be empty.");
  }
  if (fragmentSize(content) > 0xffffffff) throw invalid("A fragment of 4 GiB or more is none.");
}

const inRange = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;
