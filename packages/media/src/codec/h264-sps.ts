import { BitReader, unescapeNal } from "./bits.ts";
import type { SpsCommon } from "./sps.ts";

export interface H264Sps extends SpsCommon {
  readonly codec: "h264";
  readonly profile: number;
  /** The byte of `constraint_set` flags. */
  readonly constraints: number;
  /** `level_idc`: ten times the level. */
  readonly level: number;
}

const WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const MAX_SIDE = 16_384;

/**
 * Reads a sequence parameter set NAL unit (H.264 §7.3.2.1.1 and E.1.1), forgiving: an odd optional part ends the
 * reading and is named in `unparsed`.
 *
 * @returns null when not even the size can be read.
 */
export function parseH264Sps(nal: Uint8Array): H264Sps | null {
  const r = new BitReader(unescapeNal(nal), 1);
  const profile = r.bits(8);
  const constraints = r.bits(8);
  const level = r.bits(8);
  const id = r.ue();
  const chroma = WITH_CHROMA.has(profile) ? readChroma(r) : { format: 1, luma: 8, chroma: 8 };
  r.ue();
  const orderCountType = r.ue();
  skipOrderCount(r, orderCountType);
  r.ue();
  r.skip(1);
  const size = readSize(r, chroma.format);
  if (r.overrun || !size || id > 31) return null;

  const vui = r.flag() ? readVui(r) : { frameRate: null, maxReorder: null };
  return {
    codec: "h264",
    id,
    profile,
    constraints,
    level,
    ...size,
    chromaFormat: chroma.format,
    bitDepthLuma: chroma.luma,
    bitDepthChroma: chroma.chroma,
    frameRate: vui.frameRate,
    maxReorder: cannotReorder(profile, constraints, orderCountType) ? 0 : vui.maxReorder,
    unparsed: r.overrun ? "VUI" : null,
  };
}

/** Output order equals decoding order: order count type 2, Baseline, or an intra-only profile. */
function cannotReorder(profile: number, constraints: number, orderCountType: number): boolean {
  const intraOnly =
    profile === 44 || ((profile === 110 || profile === 122 || profile === 244) && (constraints & 0x10) !== 0);
  return orderCountType === 2 || profile === 66 || intraOnly;
}

function readChroma(r: BitReader): { format: number; luma: number; chroma: number } {
  const format = r.ue();
  if (format === 3) r.skip(1);
  const luma = 8 + r.ue();
  const chroma = 8 + r.ue();
  r.skip(1);
  const lists = r.flag() ? (format === 3 ? 12 : 8) : 0;
  for (let list = 0; list < lists; list++) {
    const given = r.flag();
    if (given) skipScalingList(r, list < 6 ? 16 : 64);
  }
  return { format, luma, chroma };
}

function skipScalingList(r: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let at = 0; at < size && !r.overrun; at++) {
    if (next !== 0) next = (last + r.se() + 256) & 0xff;
    if (next !== 0) last = next;
  }
}

function skipOrderCount(r: BitReader, type: number): void {
  if (type === 0) r.ue();
  if (type !== 1) return;
  r.skip(1);
  r.se();
  r.se();
  const count = r.ue();
  for (let at = 0; at < count && !r.overrun; at++) r.se();
}

function readSize(r: BitReader, chromaFormat: number): { width: number; height: number } | null {
  const columns = r.ue() + 1;
  const mapUnits = r.ue() + 1;
  const framesOnly = r.flag();
  if (!framesOnly) r.skip(1);
  r.skip(1);
  const [left, right, top, bottom] = r.flag() ? [r.ue(), r.ue(), r.ue(), r.ue()] : [0, 0, 0, 0];
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * (framesOnly ? 1 : 2);
  const width = columns * 16 - (left + right) * unitX;
  const height = mapUnits * 16 * (framesOnly ? 1 : 2) - (top + bottom) * unitY;
  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE ? { width, height } : null;
}

function readVui(r: BitReader): { frameRate: number | null; maxReorder: number | null } {
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
  let frameRate: number | null = null;
  if (r.flag()) {
    const unitsInTick = r.bits(32);
    const timeScale = r.bits(32);
    r.skip(1);
    if (unitsInTick > 0 && timeScale > 0 && !r.overrun) frameRate = timeScale / unitsInTick / 2;
  }
  const nalHrd = r.flag();
  if (nalHrd) skipHrd(r);
  const vclHrd = r.flag();
  if (vclHrd) skipHrd(r);
  if (nalHrd || vclHrd) r.skip(1);
  r.skip(1);
  if (!r.flag()) return { frameRate, maxReorder: null };
  r.skip(1);
  for (let field = 0; field < 4; field++) r.ue();
  const maxReorder = r.ue();
  return { frameRate, maxReorder: r.overrun || maxReorder > 16 ? null : maxReorder };
}

function skipHrd(r: BitReader): void {
  const count = r.ue() + 1;
  r.skip(8);
  for (let at = 0; at < count && !r.overrun; at++) {
    r.ue();
    r.ue();
    r.skip(1);
  }
  r.skip(20);
}
