import type { H264Sps } from "./h264-sps.ts";
import type { H265Sps } from "./h265-sps.ts";

/** What a sequence parameter set says in either codec, as far as a recorder needs it. */
export interface SpsCommon {
  readonly id: number;
  /** Luma samples after cropping. */
  readonly width: number;
  readonly height: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Most pictures that may precede one in decoding and follow it in output; null where it is not said. */
  readonly maxReorder: number | null;
  /** Pictures per second by the VUI, null where it is not said (cameras are often wrong about it). */
  readonly frameRate: number | null;
  /** The part at which reading stopped; null when all that we look for was read (case rtp-17). */
  readonly unparsed: string | null;
}

export type Sps = H264Sps | H265Sps;
