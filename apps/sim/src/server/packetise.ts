import type { VideoCodec } from "../codec/annexb.ts";
import { isSlice } from "../codec/annexb.ts";
import type { RtpPayload } from "./rtp.ts";
import { RTP_HEADER } from "./rtp.ts";

/** Bytes of an RTP packet, header included. */
export const MTU = 1400;
const ROOM = MTU - RTP_HEADER;

/**
 * The RTP payloads of one picture: parameter sets and SEI aggregated, slices whole or in fragments,
 * the marker on the last packet (RFC 6184 §5.6 to §5.8, RFC 7798 §4.4).
 */
export function packetise(codec: VideoCodec, nals: readonly Uint8Array[]): RtpPayload[] {
  const payloads: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = () => {
    if (small.length === 1) payloads.push(small[0]!);
    else if (small.length) payloads.push(aggregate(codec, small));
    small = [];
  };
  for (const nal of nals) {
    if (isSlice(codec, nal) || nal.length > ROOM) {
      flush();
      payloads.push(...(nal.length > ROOM ? fragment(codec, nal) : [nal]));
      continue;
    }
    if (aggregateLength(codec, [...small, nal]) > ROOM) flush();
    small.push(nal);
  }
  flush();
  return payloads.map((payload, i) => ({ payload, marker: i === payloads.length - 1 }));
}

/** STAP-A (24) or AP (48). */
export function aggregate(codec: VideoCodec, nals: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(aggregateLength(codec, nals));
  let at = codec === "h264" ? 1 : 2;
  if (codec === "h264") out[0] = Math.max(...nals.map((nal) => nal[0]! & 0x60)) | 24;
  else out.set([48 << 1, 1]);
  for (const nal of nals) {
    out[at] = nal.length >> 8;
    out[at + 1] = nal.length;
    out.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return out;
}

/** FU-A (28) or FU (49), in pieces of at most `ROOM` bytes, the first of at most `firstRoom`. */
export function fragment(codec: VideoCodec, nal: Uint8Array, firstRoom: number = ROOM): Uint8Array[] {
  const nalHeader = codec === "h264" ? 1 : 2;
  const head = nalHeader + 1;
  const type = codec === "h264" ? nal[0]! & 0x1f : (nal[0]! >> 1) & 0x3f;
  const pieces: Uint8Array[] = [];
  for (let at = nalHeader, end = 0; at < nal.length; at = end) {
    end = at + (at === nalHeader ? firstRoom : ROOM) - head;
    const body = nal.subarray(at, end);
    const piece = new Uint8Array(head + body.length);
    if (codec === "h264") piece[0] = (nal[0]! & 0xe0) | 28;
    else piece.set([(nal[0]! & 0x81) | (49 << 1), nal[1]!]);
    piece[head - 1] = (at === nalHeader ? 0x80 : 0) | (end >= nal.length ? 0x40 : 0) | type;
    piece.set(body, head);
    pieces.push(piece);
  }
  return pieces;
}

function aggregateLength(codec: VideoCodec, nals: readonly Uint8Array[]): number {
  return nals.reduce((sum, nal) => sum + 2 + nal.length, codec === "h264" ? 1 : 2);
}
