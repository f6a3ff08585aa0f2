/** The two codecs that cameras send (ITU-T H.264 and H.265). */
export type Codec = "h264" | "h265";

/** `nal_unit_type` values that we act on (H.264 table 7-1). */
export const H264_NAL = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9 } as const;

/** `nal_unit_type` values that we act on (H.265 table 7-1). */
export const H265_NAL = {
  raslN: 8,
  raslR: 9,
  bla: 16,
  cra: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  aud: 35,
  prefixSei: 39,
} as const;

/**
 * Where a NAL unit stands in its access unit: `head` units come before the first slice and so, after one, belong to
 * the next picture (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4); `tail` units follow a slice of the same picture.
 */
export type NalPlace = "head" | "slice" | "tail";

/** Bytes of a NAL unit's own header. */
export const nalHeaderBytes = (codec: Codec): 1 | 2 => (codec === "h264" ? 1 : 2);

/** `nal_unit_type` of a NAL unit without framing; -1 of an empty one. */
export function nalType(codec: Codec, nal: Uint8Array): number {
  const first = nal[0];
  if (first === undefined) return -1;
  return codec === "h264" ? first & 0x1f : (first >> 1) & 0x3f;
}

export function nalPlace(codec: Codec, type: number): NalPlace {
  return codec === "h264" ? h264Place(type) : h265Place(type);
}

/** A slice that starts a decodable run: H.264 IDR; H.265 IRAP, that is BLA, IDR or CRA (H.265 §3.73). */
export function isKeyType(codec: Codec, type: number): boolean {
  return codec === "h264" ? type === H264_NAL.idr : type >= 16 && type <= 23;
}

/** A picture that a decoder which started at the preceding CRA or BLA cannot show (H.265 RASL). */
export const isSkippedLeading = (codec: Codec, type: number): boolean =>
  codec === "h265" && (type === H265_NAL.raslN || type === H265_NAL.raslR);

/**
 * Whether a slice is the first of its picture: `first_mb_in_slice` is 0 (H.264 §7.3.3, whose Exp-Golomb code is then
 * a single 1 bit) or `first_slice_segment_in_pic_flag` is set (H.265 §7.3.6.1).
 */
export function startsPicture(codec: Codec, slice: Uint8Array): boolean {
  return ((slice[nalHeaderBytes(codec)] ?? 0) & 0x80) !== 0;
}

function h264Place(type: number): NalPlace {
  if (type === H264_NAL.slice || type === H264_NAL.partitionA || type === H264_NAL.idr) return "slice";
  return (type >= 6 && type <= 9) || (type >= 13 && type <= 18) ? "head" : "tail";
}

function h265Place(type: number): NalPlace {
  if (type <= 9 || (type >= 16 && type <= 23)) return "slice";
  const head = (type >= 32 && type <= 35) || type === H265_NAL.prefixSei || (type >= 41 && type <= 44);
  return head || (type >= 48 && type <= 55) ? "head" : "tail";
}
