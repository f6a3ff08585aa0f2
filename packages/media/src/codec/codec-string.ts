import type { H264Sps } from "./h264-sps.ts";
import type { H265Sps } from "./h265-sps.ts";
import type { Sps } from "./sps.ts";

/**
 * The RFC 6381 string by which browsers are asked for a decoder, computed from the SPS: `avc1.640028`,
 * `hvc1.1.6.L93.B0` (ISO/IEC 14496-15 Annex E; case mse-01).
 */
export function codecString(sps: Sps): string {
  return sps.codec === "h264" ? h264String(sps) : h265String(sps);
}

function h264String(sps: H264Sps): string {
  const hex = [sps.profile, sps.constraints, sps.level].map((byte) => byte.toString(16).padStart(2, "0"));
  return `avc1.${hex.join("")}`;
}

function h265String(sps: H265Sps): string {
  const space = ["", "A", "B", "C"][sps.profileSpace] ?? "";
  const compatibility = reverseBits(sps.compatibility).toString(16).toUpperCase();
  let used = sps.constraints.length;
  while (used > 0 && sps.constraints[used - 1] === 0) used--;
  const constraints = [...sps.constraints.subarray(0, used)].map((byte) => `.${byte.toString(16).toUpperCase()}`);
  return `hvc1.${space}${sps.profile}.${compatibility}.${sps.tier ? "H" : "L"}${sps.level}${constraints.join("")}`;
}

function reverseBits(word: number): number {
  let out = 0;
  for (let bit = 0; bit < 32; bit++) out = out * 2 + ((word >>> bit) & 1);
  return out;
}
