import type { VideoFormat } from "../codec/index.ts";

/** What a sample entry says of a stream. */
export type Fmp4Format = Pick<VideoFormat, "codec" | "width" | "height" | "parameterSets">;

/** What `trex` says of samples about which their fragment says nothing (ISO/IEC 14496-12 §8.8.3). */
export interface SampleDefaults {
  readonly durationTicks: number;
  readonly sizeBytes: number;
  readonly flags: number;
}

/** A header read back. */
export interface ReadInit extends Fmp4Format {
  /** `avc1` and `hvc1` keep the parameter sets in the header; `avc3` and `hev1` may repeat them in samples. */
  readonly sampleEntry: "avc1" | "avc3" | "hvc1" | "hev1";
  /** Ticks per second. */
  readonly timescale: number;
  readonly trackId: number;
  readonly nalLengthBytes: 1 | 2 | 4;
  readonly defaults: SampleDefaults;
}

/** A picture read back; `data` and `nals` are views into the bytes that were read. */
export interface ReadSample {
  /** The sample as stored: NAL units with their length fields. */
  readonly data: Uint8Array;
  readonly nals: readonly Uint8Array[];
  readonly durationTicks: number;
  /** Presentation minus decode time; negative ones are legal. */
  readonly compositionOffsetTicks: number;
  /** What the sample flags say: decoding can start here. */
  readonly key: boolean;
}
