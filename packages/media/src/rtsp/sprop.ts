import { splitAnnexB } from "../codec/annex-b.ts";
import type { ParameterSets } from "../codec/format.ts";
import { type Codec, H264_NAL, H265_NAL, nalType } from "../codec/nal.ts";

const NONE: ParameterSets = { vps: [], sps: [], pps: [] };
const MAX_BASE64_LETTERS = 16_384;
const MAX_SETS = 16;

const KINDS: Record<Codec, ReadonlyMap<number, keyof ParameterSets>> = {
  h264: new Map([
    [H264_NAL.sps, "sps"],
    [H264_NAL.pps, "pps"],
  ]),
  h265: new Map([
    [H265_NAL.vps, "vps"],
    [H265_NAL.sps, "sps"],
    [H265_NAL.pps, "pps"],
  ]),
};

/**
 * The parameter sets of an fmtp line (RFC 6184 §8.1, RFC 7798 §7.1): whole, or empty, since a lone SPS cannot open a
 * track. What is no NAL unit of its kind is dropped and counted.
 */
export function spropParameterSets(
  codec: Codec,
  fmtp: ReadonlyMap<string, string>,
): { readonly sets: ParameterSets; readonly dropped: number } {
  const names = codec === "h264" ? ["sprop-parameter-sets"] : ["sprop-vps", "sprop-sps", "sprop-pps"];
  const found = { vps: [] as Uint8Array[], sps: [] as Uint8Array[], pps: [] as Uint8Array[] };
  let dropped = 0;
  for (const text of names.flatMap((name) => fmtp.get(name)?.split(",") ?? [])) {
    if (text.trim() === "") continue;
    // Some cameras leave a start code before, behind or between the units of one value.
    const units = splitAnnexB(base64(text));
    if (units.length === 0) dropped++;
    for (const unit of units) {
      const kind = KINDS[codec].get(nalType(codec, unit));
      const forbiddenBit = (unit[0] ?? 0) & 0x80;
      if (kind && !forbiddenBit && found[kind].length < MAX_SETS) found[kind].push(unit);
      else dropped++;
    }
  }
  const whole = found.sps.length > 0 && found.pps.length > 0 && (codec === "h264" || found.vps.length > 0);
  return { sets: whole ? found : NONE, dropped };
}

function base64(text: string): Uint8Array {
  // Padding is often missing or doubled; URL-safe letters have been seen.
  const letters = text.replace(/[\s=]/g, "").replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]*$/.test(letters) || letters.length % 4 === 1 || letters.length > MAX_BASE64_LETTERS)
    return new Uint8Array();
  const binary = atob(letters);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}
