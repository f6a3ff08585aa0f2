export type VideoCodec = "h264" | "h265";

/**
 * Cuts an Annex B byte stream into NAL units without start codes and trailing zeros
 * (H.264 Annex B.1, H.265 Annex B.2).
 */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let start = -1;
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    if (start >= 0) push(nals, bytes.subarray(start, at));
    start = at + 3;
    at += 2;
  }
  if (start >= 0) push(nals, bytes.subarray(start));
  return nals;
}

function push(nals: Uint8Array[], nal: Uint8Array): void {
  let end = nal.length;
  while (end > 0 && nal[end - 1] === 0) end--;
  if (end > 0) nals.push(nal.subarray(0, end));
}

export function nalType(codec: VideoCodec, nal: Uint8Array): number {
  return codec === "h264" ? nal[0]! & 0x1f : (nal[0]! >> 1) & 0x3f;
}

/** VPS, SPS, PPS. */
export function isParameterSet(codec: VideoCodec, nal: Uint8Array): boolean {
  const type = nalType(codec, nal);
  return codec === "h264" ? type === 7 || type === 8 : type >= 32 && type <= 34;
}

/** A coded slice, as against parameter sets, SEI and delimiters. */
export function isSlice(codec: VideoCodec, nal: Uint8Array): boolean {
  const type = nalType(codec, nal);
  return codec === "h264" ? type >= 1 && type <= 5 : type < 32;
}
