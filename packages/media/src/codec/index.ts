export * from "./annex-b.ts";
export { BitReader, unescapeNal } from "./bits.ts";
export { codecString } from "./codec-string.ts";
export {
  type ParameterSets,
  parseSps,
  sameDecoder,
  sameParameterSets,
  type VideoFormat,
  videoFormat,
} from "./format.ts";
export { type H264Sps, parseH264Sps } from "./h264-sps.ts";
export { type H265Sps, parseH265Sps } from "./h265-sps.ts";
export * from "./nal.ts";
export type { Sps, SpsCommon } from "./sps.ts";
