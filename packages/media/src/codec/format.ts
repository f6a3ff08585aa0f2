import { equalBytes } from "@overt/core";
import { codecString } from "./codec-string.ts";
import { parseH264Sps } from "./h264-sps.ts";
import { parseH265Sps } from "./h265-sps.ts";
import type { Codec } from "./nal.ts";
import type { Sps } from "./sps.ts";

/** NAL units without framing, as the camera sent them; `vps` is empty for H.264. */
export interface ParameterSets {
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** What a decoder or a file header must know of a stream before its first picture. */
export interface VideoFormat {
  readonly codec: Codec;
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
  readonly parameterSets: ParameterSets;
  /** RFC 6381, e.g. `avc1.640028` or `hvc1.1.6.L93.B0`. */
  readonly codecString: string;
  /** The parsed first SPS, for `avcC` and `hvcC`. */
  readonly sps: Sps;
}

/** @returns null when there is no SPS or PPS (or VPS, in H.265), or the SPS's size cannot be read (case sdp-02). */
export function videoFormat(codec: Codec, parameterSets: ParameterSets): VideoFormat | null {
  const nal = parameterSets.sps[0];
  if (!nal || parameterSets.pps.length === 0 || (codec === "h265" && parameterSets.vps.length === 0)) return null;
  const sps = parseSps(codec, nal);
  if (!sps) return null;
  return { codec, width: sps.width, height: sps.height, parameterSets, codecString: codecString(sps), sps };
}

export function parseSps(codec: Codec, nal: Uint8Array): Sps | null {
  return codec === "h264" ? parseH264Sps(nal) : parseH265Sps(nal);
}

/**
 * Whether a decoder set up for one goes on with the other when the new sets come in-band: only bytes that do not
 * matter outside the pictures (such as the initial QP) differ (case rtp-14).
 */
export function sameDecoder(a: VideoFormat, b: VideoFormat): boolean {
  return (
    a.codecString === b.codecString &&
    a.width === b.width &&
    a.height === b.height &&
    a.sps.chromaFormat === b.sps.chromaFormat &&
    a.sps.bitDepthLuma === b.sps.bitDepthLuma &&
    a.sps.bitDepthChroma === b.sps.bitDepthChroma
  );
}

export function sameParameterSets(a: ParameterSets, b: ParameterSets): boolean {
  return sameNals(a.vps, b.vps) && sameNals(a.sps, b.sps) && sameNals(a.pps, b.pps);
}

function sameNals(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((nal, at) => equalBytes(nal, b[at]!));
}
