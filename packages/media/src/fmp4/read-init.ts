import { H265_NAL } from "../codec/index.ts";
import { type BoxSpan, boxesIn, childOf, Cursor } from "./box-reader.ts";
import type { ReadInit, SampleDefaults } from "./format.ts";
import { invalid } from "./invalid.ts";

/** Bytes of a visual sample entry before the boxes within it (ISO/IEC 14496-12 §12.1.3). */
const ENTRY_FIELDS = 78;

type Entry = Pick<ReadInit, "sampleEntry" | "codec" | "width" | "height" | "nalLengthBytes" | "parameterSets">;

/**
 * The first H.264 or H.265 track of a header.
 *
 * @throws OvertError `FMP4_INVALID` when the bytes are no header, or hold no such track.
 */
export function readInit(bytes: Uint8Array): ReadInit {
  const moov = childOf(bytes, { start: 0, end: bytes.length }, "moov");
  for (const trak of boxesIn(bytes, moov.start, moov.end)) {
    if (trak.type !== "trak") continue;
    const mdia = childOf(bytes, trak, "mdia");
    if (mediaKind(bytes, mdia) !== "vide") continue;
    const entry = sampleEntryOf(bytes, mdia);
    if (!entry) continue;
    const trackId = trackIdOf(bytes, trak);
    return { ...entry, trackId, timescale: timescaleOf(bytes, mdia), defaults: defaultsOf(bytes, moov, trackId) };
  }
  throw invalid("The header has no H.264 or H.265 track.");
}

function content(bytes: Uint8Array, box: BoxSpan): Cursor {
  return new Cursor(bytes, box.start, box.end);
}

function mediaKind(bytes: Uint8Array, mdia: BoxSpan): string {
  const hdlr = content(bytes, childOf(bytes, mdia, "hdlr"));
  hdlr.skip(8);
  return String.fromCharCode(...hdlr.take(4));
}

function trackIdOf(bytes: Uint8Array, trak: BoxSpan): number {
  const tkhd = content(bytes, childOf(bytes, trak, "tkhd"));
  tkhd.skip(tkhd.full().version === 1 ? 16 : 8);
  return tkhd.u32();
}

function timescaleOf(bytes: Uint8Array, mdia: BoxSpan): number {
  const mdhd = content(bytes, childOf(bytes, mdia, "mdhd"));
  mdhd.skip(mdhd.full().version === 1 ? 16 : 8);
  const timescale = mdhd.u32();
  if (timescale === 0) throw invalid("The track's timescale is zero.");
  return timescale;
}

function defaultsOf(bytes: Uint8Array, moov: BoxSpan, trackId: number): SampleDefaults {
  const mvex = childOf(bytes, moov, "mvex");
  for (const box of boxesIn(bytes, mvex.start, mvex.end)) {
    if (box.type !== "trex") continue;
    const trex = content(bytes, box);
    trex.full();
    if (trex.u32() !== trackId) continue;
    trex.skip(4);
    return { durationTicks: trex.u32(), sizeBytes: trex.u32(), flags: trex.u32() };
  }
  throw invalid(`The header says nothing of fragments of track ${trackId}.`);
}

function sampleEntryOf(bytes: Uint8Array, mdia: BoxSpan): Entry | undefined {
  const stsd = childOf(bytes, childOf(bytes, childOf(bytes, mdia, "minf"), "stbl"), "stsd");
  for (const box of boxesIn(bytes, stsd.start + 8, stsd.end)) {
    const kind = entryKind(box.type);
    if (!kind) continue;
    const fields = content(bytes, box);
    fields.skip(24);
    const width = fields.u16();
    const height = fields.u16();
    const boxes = { start: box.start + ENTRY_FIELDS, end: box.end };
    const record = content(bytes, childOf(bytes, boxes, kind.codec === "h264" ? "avcC" : "hvcC"));
    return { ...kind, width, height, ...(kind.codec === "h264" ? readAvcC(record) : readHvcC(record)) };
  }
  return undefined;
}

function entryKind(type: string): Pick<ReadInit, "codec" | "sampleEntry"> | undefined {
  if (type === "avc1" || type === "avc3") return { codec: "h264", sampleEntry: type };
  if (type === "hvc1" || type === "hev1") return { codec: "h265", sampleEntry: type };
  return undefined;
}

type Configuration = Pick<ReadInit, "nalLengthBytes" | "parameterSets">;

function readAvcC(record: Cursor): Configuration {
  record.skip(4);
  const nalLengthBytes = lengthBytes(record.u8());
  const sps = readNals(record, record.u8() & 0x1f);
  const pps = readNals(record, record.u8());
  return { nalLengthBytes, parameterSets: { vps: [], sps, pps } };
}

function readHvcC(record: Cursor): Configuration {
  record.skip(21);
  const nalLengthBytes = lengthBytes(record.u8());
  const sets = new Map<number, Uint8Array[]>([H265_NAL.vps, H265_NAL.sps, H265_NAL.pps].map((type) => [type, []]));
  for (let arrays = record.u8(); arrays > 0; arrays--) {
    const list = sets.get(record.u8() & 0x3f);
    for (const nal of readNals(record, record.u16())) list?.push(nal);
  }
  const [vps = [], sps = [], pps = []] = sets.values();
  return { nalLengthBytes, parameterSets: { vps, sps, pps } };
}

function lengthBytes(field: number): 1 | 2 | 4 {
  const bytes = (field & 3) + 1;
  if (bytes === 3) throw invalid("NAL lengths of 3 bytes are reserved (ISO/IEC 14496-15 §5.3.3).");
  return bytes as 1 | 2 | 4;
}

function readNals(record: Cursor, count: number): Uint8Array[] {
  const nals: Uint8Array[] = [];
  for (let left = count; left > 0; left--) {
    const length = record.u16();
    if (length === 0) throw invalid("A parameter set of no bytes is none.");
    nals.push(record.take(length));
  }
  return nals;
}
