/** The fields of an RTP header that we use (RFC 3550 §5.1). The payload is `[payloadStart, payloadEnd)`. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  /** 16 bits. */
  sequence: number;
  /** 32 bits, unsigned. */
  timestamp: number;
  /** 32 bits, unsigned. */
  ssrc: number;
  payloadStart: number;
  payloadEnd: number;
}

export const emptyRtpHeader = (): RtpHeader => ({
  marker: false,
  payloadType: 0,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
  payloadStart: 0,
  payloadEnd: 0,
});

/**
 * Reads an RTP header into an object of the caller's, so that nothing is allocated per packet. CSRCs, a header
 * extension and padding are stepped over.
 *
 * @returns false when the bytes are no RTP packet; `into` is then undefined in content.
 */
export function readRtpHeader(packet: Uint8Array, into: RtpHeader): boolean {
  const length = packet.length;
  if (length < 12) return false;
  const flags = packet[0]!;
  if (flags >> 6 !== 2) return false;
  const second = packet[1]!;
  into.marker = (second & 0x80) !== 0;
  into.payloadType = second & 0x7f;
  into.sequence = (packet[2]! << 8) | packet[3]!;
  into.timestamp = uint32(packet, 4);
  into.ssrc = uint32(packet, 8);

  let start = 12 + (flags & 0x0f) * 4;
  if (flags & 0x10) {
    if (start + 4 > length) return false;
    start += 4 + ((packet[start + 2]! << 8) | packet[start + 3]!) * 4;
  }
  const padding = flags & 0x20 ? packet[length - 1]! : 0;
  into.payloadStart = start;
  into.payloadEnd = length - padding;
  return start <= into.payloadEnd && !(flags & 0x20 && padding === 0);
}

/** Big-endian, unsigned; the four bytes must be there. */
export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
