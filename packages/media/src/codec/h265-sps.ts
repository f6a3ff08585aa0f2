import { BitReader, unescapeNal } from "./bits.ts";
import { readH265Timing } from "./h265-vui.ts";
import type { SpsCommon } from "./sps.ts";

export interface H265Sps extends SpsCommon {
  readonly codec: "h265";
  readonly vpsId: number;
  readonly profileSpace: number;
  /** 0 main, 1 high. */
  readonly tier: number;
  readonly profile: number;
  /** `general_profile_compatibility_flag[0]` is the highest of the 32 bits. */
  readonly compatibility: number;
  /** The six bytes between the compatibility flags and the level, as they came. */
  readonly constraints: Uint8Array;
  /** `general_level_idc`: thirty times the level. */
  readonly level: number;
  readonly temporalLayers: number;
  readonly temporalIdNesting: boolean;
}

const MAX_SIDE = 16_384;

/**
 * Reads a sequence parameter set NAL unit (H.265 §7.3.2.2 and E.2.1), forgiving: an odd part behind the picture size
 * ends the reading and is named in `unparsed`.
 *
 * @returns null when not even the size can be read.
 */
export function parseH265Sps(nal: Uint8Array): H265Sps | null {
  const rbsp = unescapeNal(nal);
  const r = new BitReader(rbsp, 2);
  const vpsId = r.bits(4);
  const subLayersBelow = r.bits(3);
  const temporalIdNesting = r.flag();
  const general = readProfileTierLevel(r, rbsp, subLayersBelow);
  const id = r.ue();
  const size = readSize(r);
  if (r.overrun || !size || id > 15) return null;

  const bitDepthLuma = 8 + r.ue();
  const bitDepthChroma = 8 + r.ue();
  const orderCountBits = r.ue() + 4;
  const maxReorder = readReorder(r, subLayersBelow);
  const depthsRead = !r.overrun && bitDepthLuma <= 16 && bitDepthChroma <= 16;
  const timing = depthsRead ? readH265Timing(r, size.chromaFormat, orderCountBits) : { frameRate: null, read: false };
  return {
    codec: "h265",
    id,
    vpsId,
    ...general,
    temporalLayers: subLayersBelow + 1,
    temporalIdNesting,
    ...size,
    bitDepthLuma: depthsRead ? bitDepthLuma : 8,
    bitDepthChroma: depthsRead ? bitDepthChroma : 8,
    maxReorder: depthsRead && maxReorder <= 16 ? maxReorder : null,
    frameRate: timing.frameRate,
    unparsed: !depthsRead ? "bit depths" : timing.read ? null : "reference sets or VUI",
  };
}

function readProfileTierLevel(r: BitReader, rbsp: Uint8Array, subLayersBelow: number) {
  const profileSpace = r.bits(2);
  const tier = r.bits(1);
  const profile = r.bits(5);
  const compatibility = r.bits(32);
  const at = r.position / 8;
  r.skip(48);
  const constraints = rbsp.slice(at, at + 6);
  const level = r.bits(8);
  let skipped = 0;
  for (let layer = 0; layer < subLayersBelow; layer++) skipped += (r.flag() ? 88 : 0) + (r.flag() ? 8 : 0);
  if (subLayersBelow > 0) r.skip(2 * (8 - subLayersBelow));
  r.skip(skipped);
  return { profileSpace, tier, profile, compatibility, constraints, level };
}

function readSize(r: BitReader): { width: number; height: number; chromaFormat: number } | null {
  const chromaFormat = r.ue();
  if (chromaFormat > 3) return null;
  const separatePlanes = chromaFormat === 3 && r.flag();
  const codedWidth = r.ue();
  const codedHeight = r.ue();
  const [left, right, top, bottom] = r.flag() ? [r.ue(), r.ue(), r.ue(), r.ue()] : [0, 0, 0, 0];
  const unitX = !separatePlanes && (chromaFormat === 1 || chromaFormat === 2) ? 2 : 1;
  const unitY = chromaFormat === 1 ? 2 : 1;
  const width = codedWidth - (left + right) * unitX;
  const height = codedHeight - (top + bottom) * unitY;
  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE ? { width, height, chromaFormat } : null;
}

/** `sps_max_num_reorder_pics` of the highest sub-layer. */
function readReorder(r: BitReader, subLayersBelow: number): number {
  let reorder = 0;
  for (let layer = r.flag() ? 0 : subLayersBelow; layer <= subLayersBelow; layer++) {
    r.ue();
    reorder = r.ue();
    r.ue();
  }
  return reorder;
}
