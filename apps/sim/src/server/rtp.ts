/** RTP over one interleaved channel, UDP or in a template: what a packet is before a client's numbers are in it. */
export interface RtpPayload {
  readonly payload: Uint8Array;
  readonly marker: boolean;
  /** Added to the picture's timestamp, 90 kHz; only faults use it. */
  readonly timestampOffset?: number;
  /** Replaces the session's; only faults use it. */
  readonly ssrc?: number;
  /** Takes no sequence number of its own but is lost on the way; only faults use it. */
  readonly lost?: boolean;
}

export const RTP_HEADER = 12;
export const INTERLEAVED_HEADER = 4;

/** All packets of one picture as one run of bytes, each behind its interleaved header, with zeros for a client's numbers. */
export interface PacketRun {
  readonly bytes: Uint8Array;
  /** Where each packet's interleaved header starts. */
  readonly starts: readonly number[];
}

/** RFC 3550 §5.1 headers, framed after RFC 2326 §10.12. */
export function packetRun(payloads: readonly RtpPayload[], payloadType: number): PacketRun {
  let length = 0;
  for (const { payload } of payloads) length += INTERLEAVED_HEADER + RTP_HEADER + payload.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const starts: number[] = [];
  let at = 0;
  for (const { payload, marker } of payloads) {
    starts.push(at);
    bytes[at] = 0x24;
    view.setUint16(at + 2, RTP_HEADER + payload.length);
    bytes[at + 4] = 0x80;
    bytes[at + 5] = payloadType | (marker ? 0x80 : 0);
    bytes.set(payload, at + INTERLEAVED_HEADER + RTP_HEADER);
    at += INTERLEAVED_HEADER + RTP_HEADER + payload.length;
  }
  return { bytes, starts };
}

export interface ClientNumbers {
  readonly channel: number;
  readonly ssrc: number;
  /** Of the first packet; 16 bits. */
  readonly sequence: number;
  readonly timestamp: number;
}

/** A copy of the run that carries one client's channel, sequence, timestamp and SSRC. */
export function stampRun(run: PacketRun, numbers: ClientNumbers): Buffer {
  const out = Buffer.allocUnsafe(run.bytes.length);
  out.set(run.bytes);
  let { sequence } = numbers;
  const timestamp = numbers.timestamp >>> 0;
  for (const at of run.starts) {
    out[at + 1] = numbers.channel;
    out[at + 6] = sequence >> 8;
    out[at + 7] = sequence;
    out.writeUInt32BE(timestamp, at + 8);
    out.writeUInt32BE(numbers.ssrc, at + 12);
    sequence = (sequence + 1) & 0xffff;
  }
  return out;
}

const NTP_EPOCH_S = 2_208_988_800;

/**
 * A sender report with a CNAME (RFC 3550 §6.4.1, §6.5).
 *
 * @param wallMs UTC by the camera's clock, in ms since 1970.
 * @param timestamp RTP time of the same instant.
 */
export function senderReport(ssrc: number, wallMs: number, timestamp: number, packets: number, octets: number): Buffer {
  const cname = Buffer.from("camera@overt.example");
  const sdesLength = Math.ceil((8 + 2 + cname.length + 1) / 4) * 4;
  const out = Buffer.alloc(28 + 4 + sdesLength - 4);
  const seconds = Math.floor(wallMs / 1000);
  out[0] = 0x80;
  out[1] = 200;
  out.writeUInt16BE(6, 2);
  out.writeUInt32BE(ssrc, 4);
  out.writeUInt32BE((seconds + NTP_EPOCH_S) >>> 0, 8);
  out.writeUInt32BE(Math.floor(((wallMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12);
  out.writeUInt32BE(timestamp >>> 0, 16);
  out.writeUInt32BE(packets >>> 0, 20);
  out.writeUInt32BE(octets >>> 0, 24);
  out[28] = 0x81;
  out[29] = 202;
  out.writeUInt16BE(sdesLength / 4 - 1, 30);
  out.writeUInt32BE(ssrc, 32);
  out[36] = 1;
  out[37] = cname.length;
  cname.copy(out, 38);
  return out;
}
