import { equalBytes } from "@overt/core";
import { BitReader, unescapeNal } from "../codec/bits.ts";
import { type ParameterSets, parseSps, sameParameterSets, type VideoFormat, videoFormat } from "../codec/format.ts";
import { type Codec, H264_NAL, H265_NAL, isKeyType, nalHeaderBytes, nalType } from "../codec/nal.ts";
import type { Tally } from "./tally.ts";

/** Enough for any id field and slice header start, without unescaping a whole slice. */
const HEAD_BYTES = 32;
/** Sets with every scaling list stay below 4 KiB; there can be 300 of them. */
const MAX_SET_BYTES = 8_192;

/**
 * The parameter sets of a stream as they come, from SDP and in-band, and the format that a key picture activates
 * (cases sdp-01, sdp-02, rtp-14, rtp-15, rtp-17).
 */
export class ParameterSetTracker {
  readonly #codec: Codec;
  readonly #tally: Tally;
  readonly #vps = new Map<number, Uint8Array>();
  readonly #sps = new Map<number, Uint8Array>();
  readonly #pps = new Map<number, { readonly nal: Uint8Array; readonly spsId: number }>();
  #changed = true;
  #activePps = -1;
  #format: VideoFormat | null = null;

  constructor(codec: Codec, tally: Tally) {
    this.#codec = codec;
    this.#tally = tally;
  }

  /** Keeps a copy when `nal` is a parameter set that says something new; anything else is left alone. */
  take(nal: Uint8Array, type = nalType(this.#codec, nal)): void {
    const { sps, pps } = this.#codec === "h264" ? H264_NAL : H265_NAL;
    if (type === pps) this.#takePps(nal);
    else if (type === sps) this.#takeSps(nal);
    else if (this.#codec === "h265" && type === H265_NAL.vps && nal.length > 3)
      this.#keep(this.#vps, nal[2]! >> 4, nal);
  }

  /**
   * The format that a key picture with this first slice has.
   *
   * @returns null while a set that it names is unknown. The same object as long as nothing changed.
   */
  activate(slice: Uint8Array): VideoFormat | null {
    const ppsId = slicePpsId(this.#codec, slice);
    if (!this.#changed && ppsId === this.#activePps && this.#format) return this.#format;
    const sets = this.#setsOf(ppsId);
    const next = sets && videoFormat(this.#codec, sets);
    if (!next) {
      this.#tally.note("parameter-sets-missing");
      return null;
    }
    this.#changed = false;
    this.#activePps = ppsId;
    if (!this.#format || !sameParameterSets(this.#format.parameterSets, next.parameterSets)) {
      this.#format = next;
      if (next.sps.unparsed) this.#tally.note("parameter-set-unparsed-rest");
    }
    return this.#format;
  }

  /** The named PPS comes first; others of the same SPS are kept, since later pictures may use them. */
  #setsOf(ppsId: number): ParameterSets | null {
    const active = this.#pps.get(ppsId);
    const sps = active && this.#sps.get(active.spsId);
    if (!active || !sps) return null;
    const others = [...this.#pps.values()].filter((pps) => pps !== active && pps.spsId === active.spsId);
    const vps = this.#codec === "h265" ? this.#vps.get(sps[2]! >> 4) : undefined;
    return { vps: vps ? [vps] : [], sps: [sps], pps: [active.nal, ...others.map((pps) => pps.nal)] };
  }

  #takeSps(nal: Uint8Array): void {
    const known = [...this.#sps.values()].some((sps) => equalBytes(sps, nal));
    if (known) return;
    const sps = nal.length <= MAX_SET_BYTES ? parseSps(this.#codec, nal) : null;
    if (sps) this.#keep(this.#sps, sps.id, nal);
    else this.#tally.note("parameter-set-unreadable");
  }

  #takePps(nal: Uint8Array): void {
    const r = new BitReader(unescapeNal(nal.subarray(0, HEAD_BYTES)), nalHeaderBytes(this.#codec));
    const id = r.ue();
    const spsId = r.ue();
    if (r.overrun || id > 255 || spsId > 31 || nal.length > MAX_SET_BYTES) {
      this.#tally.note("parameter-set-unreadable");
      return;
    }
    const known = this.#pps.get(id);
    if (known && equalBytes(known.nal, nal)) return;
    this.#pps.set(id, { nal: nal.slice(), spsId });
    this.#changed = true;
  }

  #keep(sets: Map<number, Uint8Array>, id: number, nal: Uint8Array): void {
    const known = sets.get(id);
    if (nal.length > MAX_SET_BYTES || (known && equalBytes(known, nal))) return;
    sets.set(id, nal.slice());
    this.#changed = true;
  }
}

/** `pic_parameter_set_id` of a slice header (H.264 §7.3.3), `slice_pic_parameter_set_id` (H.265 §7.3.6.1). */
function slicePpsId(codec: Codec, slice: Uint8Array): number {
  const r = new BitReader(unescapeNal(slice.subarray(0, HEAD_BYTES)), nalHeaderBytes(codec));
  if (codec === "h264") {
    r.ue();
    r.ue();
  } else r.skip(isKeyType(codec, nalType(codec, slice)) ? 2 : 1);
  return r.ue();
}
