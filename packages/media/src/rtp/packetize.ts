import { concatBytes } from "@overt/core";
import { type Codec, nalHeaderBytes } from "../codec/nal.ts";

/** What `rtpPacket` needs besides the payload. */
export interface PacketFields {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker?: boolean;
  readonly payloadType?: number;
  readonly ssrc?: number;
}

/** One RTP packet, as a camera would send it; for tests and benches. */
export function rtpPacket(fields: PacketFields, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(12 + payload.length);
  const view = new DataView(out.buffer);
  out[0] = 0x80;
  out[1] = (fields.marker ? 0x80 : 0) | (fields.payloadType ?? 96);
  view.setUint16(2, fields.sequence & 0xffff);
  view.setUint32(4, fields.timestamp % 2 ** 32);
  view.setUint32(8, fields.ssrc ?? 0x1234abcd);
  out.set(payload, 12);
  return out;
}

/** The payloads of one NAL unit: itself, or fragments (RFC 6184 §5.8, RFC 7798 §4.4.3). */
export function payloadsOf(codec: Codec, nal: Uint8Array, mtu = 1_400): Uint8Array[] {
  if (nal.length <= mtu) return [nal];
  const header = nalHeaderBytes(codec);
  const body = mtu - header - 1;
  const payloads: Uint8Array[] = [];
  for (let at = header; at < nal.length; at += body) {
    const end = Math.min(nal.length, at + body);
    const bits = (at === header ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    payloads.push(concatBytes([fragmentHeader(codec, nal, bits), nal.subarray(at, end)]));
  }
  return payloads;
}

/** Aggregates NAL units into one payload (STAP-A, AP). */
export function aggregateOf(codec: Codec, nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = codec === "h264" ? Uint8Array.of(24 | 0x60) : Uint8Array.of(48 << 1, 1);
  return concatBytes([head, ...nals.flatMap((nal) => [Uint8Array.of(nal.length >> 8, nal.length & 0xff), nal])]);
}

function fragmentHeader(codec: Codec, nal: Uint8Array, bits: number): Uint8Array {
  const first = nal[0]!;
  if (codec === "h264") return Uint8Array.of((first & 0xe0) | 28, bits | (first & 0x1f));
  return Uint8Array.of((first & 0x81) | (49 << 1), nal[1]!, bits | ((first >> 1) & 0x3f));
}
