import { concatBytes, utf8 } from "@overt/core";
import { box, fullBox, u16, u32, zeros } from "./boxes.ts";
import type { Fmp4Format } from "./format.ts";
import { invalid } from "./invalid.ts";
import { sampleEntry } from "./sample-entry.ts";

const TRACK_ID = 1;
/** ISO 639-2 "und", five bits a letter. */
const UNDETERMINED = 0x55c4;
/** 16.16 unity, zero and 2.30 unity (ISO/IEC 14496-12 §8.2.2). */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/**
 * The header (`ftyp` and `moov`) that a file, or a browser's source buffer, needs before fragments of a format.
 *
 * @param timescale Ticks per second of all times in the fragments; 90,000 is RTP's own clock.
 * @throws OvertError `FMP4_INVALID` for a size or parameter sets that a sample entry cannot carry.
 */
export function initSegment(format: Fmp4Format, timescale = 90_000): Uint8Array<ArrayBuffer> {
  for (const side of [format.width, format.height])
    if (!Number.isInteger(side) || side < 1 || side > 0xffff)
      throw invalid(`A picture of ${format.width}×${format.height} does not fit a sample entry.`);
  if (!Number.isInteger(timescale) || timescale < 1 || timescale > 0xffffffff)
    throw invalid(`A timescale of ${timescale} ticks per second does not fit a header.`);
  return concatBytes([
    // `iso6` stands for what the fragments use: default-base-is-moof and signed composition offsets.
    box("ftyp", utf8("iso6"), u32(0), utf8("iso6mp41")),
    box("moov", movieHeader(timescale), track(format, timescale), box("mvex", trackExtends())),
  ]);
}

function movieHeader(timescale: number) {
  const rateAndVolume = [u32(0x10000), u16(0x100), zeros(10)];
  return fullBox("mvhd", 0, 0, u32(0, 0, timescale, 0), ...rateAndVolume, MATRIX, zeros(24), u32(TRACK_ID + 1));
}

function track(format: Fmp4Format, timescale: number) {
  const enabledAndInMovie = 3;
  const size = u32(format.width * 0x10000, format.height * 0x10000);
  return box(
    "trak",
    fullBox("tkhd", 0, enabledAndInMovie, u32(0, 0, TRACK_ID, 0, 0), zeros(16), MATRIX, size),
    box(
      "mdia",
      fullBox("mdhd", 0, 0, u32(0, 0, timescale, 0), u16(UNDETERMINED, 0)),
      fullBox("hdlr", 0, 0, u32(0), utf8("vide"), zeros(12), utf8("video\0")),
      box(
        "minf",
        fullBox("vmhd", 0, 1, zeros(8)),
        box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1))),
        sampleTable(format),
      ),
    ),
  );
}

/** Empty but for the sample entry: the samples stand in fragments. */
function sampleTable(format: Fmp4Format) {
  return box(
    "stbl",
    fullBox("stsd", 0, 0, u32(1), sampleEntry(format)),
    fullBox("stts", 0, 0, u32(0)),
    fullBox("stsc", 0, 0, u32(0)),
    fullBox("stsz", 0, 0, u32(0, 0)),
    fullBox("stco", 0, 0, u32(0)),
  );
}

function trackExtends() {
  const firstDescription = 1;
  return fullBox("trex", 0, 0, u32(TRACK_ID, firstDescription, 0, 0, 0));
}
