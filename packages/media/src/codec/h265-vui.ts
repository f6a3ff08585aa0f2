import type { BitReader } from "./bits.ts";

/**
 * Reads an H.265 SPS on from `log2_min_luma_coding_block_size_minus3` to the timing in its VUI (§7.3.2.2, E.2.1).
 *
 * @returns `read` is false where the bytes made no sense on the way; the frame rate is then null.
 */
export function readH265Timing(
  r: BitReader,
  chromaFormat: number,
  orderCountBits: number,
): { frameRate: number | null; read: boolean } {
  for (let field = 0; field < 6; field++) r.ue();
  if (r.flag() && r.flag()) skipScalingLists(r, chromaFormat);
  r.skip(2);
  if (r.flag()) {
    r.skip(8);
    r.ue();
    r.ue();
    r.skip(1);
  }
  if (!skipReferenceSets(r)) return { frameRate: null, read: false };
  if (r.flag()) {
    const longTerm = r.ue();
    if (longTerm > 32) return { frameRate: null, read: false };
    r.skip(longTerm * (orderCountBits + 1));
  }
  r.skip(2);
  const frameRate = r.flag() ? readVuiTiming(r) : null;
  return { frameRate: r.overrun ? null : frameRate, read: !r.overrun };
}

function readVuiTiming(r: BitReader): number | null {
  if (r.flag() && r.bits(8) === 255) r.skip(32);
  if (r.flag()) r.skip(1);
  if (r.flag()) {
    r.skip(4);
    if (r.flag()) r.skip(24);
  }
  if (r.flag()) {
    r.ue();
    r.ue();
  }
  r.skip(3);
  if (r.flag()) for (let side = 0; side < 4; side++) r.ue();
  if (!r.flag()) return null;
  const unitsInTick = r.bits(32);
  const timeScale = r.bits(32);
  return unitsInTick > 0 && timeScale > 0 ? timeScale / unitsInTick : null;
}

/** §7.3.4 `scaling_list_data`. */
function skipScalingLists(r: BitReader, chromaFormat: number): void {
  for (let sizeId = 0; sizeId < 4; sizeId++) {
    const step = sizeId === 3 && chromaFormat !== 3 ? 3 : 1;
    for (let matrix = 0; matrix < 6 && !r.overrun; matrix += step) {
      if (!r.flag()) {
        r.ue();
        continue;
      }
      if (sizeId > 1) r.se();
      const coefficients = Math.min(64, 1 << (4 + (sizeId << 1)));
      for (let at = 0; at < coefficients && !r.overrun; at++) r.se();
    }
  }
}

/** §7.3.7 `st_ref_pic_set`, with sets predicted from others, which strict parsers have refused (case rtp-17). */
function skipReferenceSets(r: BitReader): boolean {
  const count = r.ue();
  if (count > 64) return false;
  let pictures = 0;
  for (let set = 0; set < count; set++) {
    if (set > 0 && r.flag()) {
      r.skip(1);
      r.ue();
      let kept = 0;
      for (let at = 0; at <= pictures; at++) if (r.flag() || r.flag()) kept++;
      pictures = kept;
    } else {
      const before = r.ue();
      const after = r.ue();
      if (before > 16 || after > 16) return false;
      pictures = before + after;
      for (let at = 0; at < pictures; at++) {
        r.ue();
        r.skip(1);
      }
    }
    if (r.overrun) return false;
  }
  return true;
}
