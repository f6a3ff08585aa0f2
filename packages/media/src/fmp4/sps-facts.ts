/** How a picture's samples are stored: `chroma_format_idc` and the bits beyond 8. */
export interface Sampling {
  readonly chroma: number;
  readonly lumaExtraBits: number;
  readonly chromaExtraBits: number;
}

export interface H265Facts {
  /** The 12 bytes of general profile, tier, compatibility, constraints and level, as hvcC wants them. */
  readonly profileTierLevel: Uint8Array;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
  readonly sampling: Sampling;
}

const EIGHT_BIT_420: Sampling = { chroma: 1, lumaExtraBits: 0, chromaExtraBits: 0 };

/**
 * Sampling of an H.264 SPS (H.264 §7.3.2.1.1); undefined for the profiles that know only one and for an SPS that
 * ends early: cameras with odd parameter sets are recorded all the same (rtp-17).
 */
export function h264Sampling(sps: Uint8Array): Sampling | undefined {
  const profile = sps[1];
  if (profile === 66 || profile === 77 || profile === 88) return undefined;
  const bits = new Bits(payload(sps), 4 * 8);
  bits.unsigned();
  return sampling(bits, () => {});
}

/** What hvcC repeats of an H.265 SPS (H.265 §7.3.2.2.1, §7.3.3); undefined when it has no profile and level. */
export function h265Facts(sps: Uint8Array): H265Facts | undefined {
  const bytes = payload(sps);
  const profileTierLevel = bytes.slice(3, 15);
  if (profileTierLevel.length < 12) return undefined;
  const bits = new Bits(bytes, 2 * 8);
  bits.skip(4);
  const subLayers = bits.read(3);
  const temporalIdNested = bits.read(1) === 1;
  bits.skip(12 * 8);
  skipSubLayers(bits, subLayers);
  bits.unsigned();
  const found = sampling(bits, () => skipSize(bits));
  return { profileTierLevel, temporalLayers: subLayers + 1, temporalIdNested, sampling: found ?? EIGHT_BIT_420 };
}

function skipSubLayers(bits: Bits, subLayers: number): void {
  if (subLayers === 0) return;
  let skip = 0;
  for (let i = 0; i < subLayers; i++) {
    if (bits.read(1)) skip += 88;
    if (bits.read(1)) skip += 8;
  }
  bits.skip((8 - subLayers) * 2 + skip);
}

function skipSize(bits: Bits): void {
  bits.unsigned();
  bits.unsigned();
  if (bits.read(1)) for (let side = 0; side < 4; side++) bits.unsigned();
}

function sampling(bits: Bits, between: () => void): Sampling | undefined {
  const chroma = bits.unsigned();
  if (chroma === 3) bits.skip(1);
  between();
  const lumaExtraBits = bits.unsigned();
  const chromaExtraBits = bits.unsigned();
  const whole = !bits.over && chroma <= 3 && lumaExtraBits <= 7 && chromaExtraBits <= 7;
  return whole ? { chroma, lumaExtraBits, chromaExtraBits } : undefined;
}

/** The NAL unit without emulation prevention bytes (H.264 §7.4.1, H.265 §7.4.2). */
function payload(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** Reads zeros behind the end and remembers it, so that one check at the end is enough. */
class Bits {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, atBit: number) {
    this.#bytes = bytes;
    this.#at = atBit;
  }

  get over(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  skip(bits: number): void {
    this.#at += bits;
  }

  read(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++, this.#at++)
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    return value;
  }

  /** ue(v), H.264 §9.1. */
  unsigned(): number {
    let leading = 0;
    while (leading < 32 && this.read(1) === 0) leading++;
    return 2 ** leading - 1 + this.read(leading);
  }
}
