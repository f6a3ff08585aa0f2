import { utf8 } from "@overt/core";
import { H265_NAL, type ParameterSets, parseH264Sps, parseH265Sps, type Sps } from "../codec/index.ts";
import { box, u16, u32, u8, zeros } from "./boxes.ts";
import type { Fmp4Format } from "./format.ts";
import { invalid } from "./invalid.ts";

/** Samples carry NAL units behind lengths of 4 bytes. */
const LENGTH_SIZE_MINUS_ONE = 3;

/** Baseline, Main, Extended: 4:2:0 in 8 bits (ISO/IEC 14496-15 §5.3.3.1.2). */
const PLAIN_PROFILES = new Set([66, 77, 88]);

/**
 * `avc1` with `avcC`, or `hvc1` with `hvcC` (ISO/IEC 14496-15 §5.4.2, §8.4.1). `hvc1`, not `hev1`: it is the one
 * that every browser with H.265 plays (mse-01).
 *
 * @throws OvertError `FMP4_INVALID` when parameter sets are missing or too many or too long for the record.
 */
export function sampleEntry(format: Fmp4Format): Uint8Array<ArrayBuffer> {
  const [type, configuration] =
    format.codec === "h264" ? ["avc1", avcC(format.parameterSets)] : ["hvc1", hvcC(format.parameterSets)];
  const dataReference = u16(1);
  const dotsPerInch72 = u32(0x480000, 0x480000);
  const framesPerSample = u16(1);
  const noName = utf8("\0".repeat(32));
  const depthAndNoPalette = u16(0x18, 0xffff);
  return box(
    type,
    ...[zeros(6), dataReference, zeros(16), u16(format.width, format.height)],
    ...[dotsPerInch72, u32(0), framesPerSample, noName, depthAndNoPalette, configuration],
  );
}

function avcC({ sps, pps }: ParameterSets) {
  const first = required("SPS", sps, 4);
  required("PPS", pps, 2);
  if (sps.length > 31 || pps.length > 255)
    throw invalid(`${sps.length} SPS and ${pps.length} PPS are more than avcC holds (31 and 255).`);
  const [, profile = 0, compatibility = 0, level = 0] = first;
  return box(
    "avcC",
    u8(1, profile, compatibility, level, 0xfc | LENGTH_SIZE_MINUS_ONE, 0xe0 | sps.length),
    ...sps.flatMap(counted),
    u8(pps.length),
    ...pps.flatMap(counted),
    highProfileTail(first),
  );
}

/**
 * Profiles that may sample or quantise otherwise than 4:2:0 in 8 bits say so. Of an SPS that we cannot read the tail
 * is left out: decoders have the SPS itself.
 */
function highProfileTail(first: Uint8Array) {
  const sps = parseH264Sps(first);
  if (!sps || PLAIN_PROFILES.has(sps.profile)) return zeros(0);
  const noExtensions = 0;
  return u8(...sampling(sps), noExtensions);
}

/** Chroma format and bit depths with their reserved bits, in either record. */
const sampling = (sps: Sps): [number, number, number] => [
  0xfc | (sps.chromaFormat & 3),
  0xf8 | ((sps.bitDepthLuma - 8) & 7),
  0xf8 | ((sps.bitDepthChroma - 8) & 7),
];

function hvcC({ vps, sps, pps }: ParameterSets) {
  required("VPS", vps, 3);
  required("PPS", pps, 3);
  const facts = parseH265Sps(required("SPS", sps, 3));
  if (!facts) throw invalid("The SPS cannot be read, so nothing says which decoder the stream needs.");
  const noSpatialSegmentation = u16(0xf000);
  const parallelismUnknown = 0xfc;
  const frameRateUnknown = u16(0);
  return box(
    "hvcC",
    ...[u8(1, (facts.profileSpace << 6) | (facts.tier << 5) | facts.profile), u32(facts.compatibility)],
    ...[facts.constraints, u8(facts.level), noSpatialSegmentation],
    ...[u8(parallelismUnknown, ...sampling(facts)), frameRateUnknown],
    u8((facts.temporalLayers << 3) | (facts.temporalIdNesting ? 4 : 0) | LENGTH_SIZE_MINUS_ONE, 3),
    ...hvcArray(H265_NAL.vps, vps),
    ...hvcArray(H265_NAL.sps, sps),
    ...hvcArray(H265_NAL.pps, pps),
  );
}

/** `hvc1` demands array_completeness: what decoding needs is all here. */
function hvcArray(nalType: number, nals: readonly Uint8Array[]) {
  return [u8(0x80 | nalType), u16(nals.length), ...nals.flatMap(counted)];
}

function required(name: string, nals: readonly Uint8Array[], leastBytes: number): Uint8Array {
  const first = nals[0];
  if (!first) throw invalid(`The format has no ${name}.`, "Wait for the camera's parameter sets.");
  for (const nal of nals)
    if (nal.length < leastBytes || nal.length > 0xffff) throw invalid(`A ${name} of ${nal.length} bytes is none.`);
  return first;
}

const counted = (nal: Uint8Array): Uint8Array[] => [u16(nal.length), nal];
