import { uint32 } from "./packet.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const BYE = 203;
/** 1900-01-01 to 1970-01-01, in seconds. */
const NTP_TO_UNIX_S = 2_208_988_800;

export interface SenderReport {
  readonly kind: "sender-report";
  readonly ssrc: number;
  /** The sender's wall clock, UTC milliseconds with fraction; era by RFC 4330 §3, so that 2036 is passed. */
  readonly ntpMs: number;
  /** The middle 32 bits of its NTP timestamp, to be echoed as LSR. */
  readonly ntpMiddle: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export interface Goodbye {
  readonly kind: "bye";
  readonly ssrcs: readonly number[];
}

export type RtcpPacket = SenderReport | Goodbye | { readonly kind: "other"; readonly type: number };

/**
 * Reads a compound RTCP packet (RFC 3550 §6.1). What is whole before the first broken part is returned.
 *
 * @returns `broken` when a part contradicts its length.
 */
export function parseRtcp(compound: Uint8Array): { readonly packets: RtcpPacket[]; readonly broken: boolean } {
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (at + 4 <= compound.length) {
    const end = at + 4 + ((compound[at + 2]! << 8) | compound[at + 3]!) * 4;
    if (compound[at]! >> 6 !== 2 || end > compound.length) return { packets, broken: true };
    const packet = readPacket(compound, at, end);
    if (!packet) return { packets, broken: true };
    packets.push(packet);
    at = end;
  }
  return { packets, broken: at !== compound.length || packets.length === 0 };
}

function readPacket(bytes: Uint8Array, at: number, end: number): RtcpPacket | null {
  const count = bytes[at]! & 0x1f;
  const type = bytes[at + 1]!;
  if (type === SENDER_REPORT) return end - at >= 28 ? readSenderReport(bytes, at) : null;
  if (type !== BYE) return { kind: "other", type };
  if (at + 4 + count * 4 > end) return null;
  return { kind: "bye", ssrcs: Array.from({ length: count }, (_, n) => uint32(bytes, at + 4 + n * 4)) };
}

function readSenderReport(bytes: Uint8Array, at: number): SenderReport {
  const secondsField = uint32(bytes, at + 8);
  const fraction = uint32(bytes, at + 12);
  // The top bit is 0 only after 2036-02-07, when the 32 bits have wrapped.
  const seconds = secondsField >= 2 ** 31 ? secondsField : secondsField + 2 ** 32;
  return {
    kind: "sender-report",
    ssrc: uint32(bytes, at + 4),
    ntpMs: (seconds - NTP_TO_UNIX_S) * 1000 + (fraction / 2 ** 32) * 1000,
    ntpMiddle: (((secondsField & 0xffff) << 16) | (fraction >>> 16)) >>> 0,
    rtpTimestamp: uint32(bytes, at + 16),
    packets: uint32(bytes, at + 20),
    octets: uint32(bytes, at + 24),
  };
}

export interface ReceptionReport {
  readonly ownSsrc: number;
  readonly sourceSsrc: number;
  /** 0 to 255. */
  readonly fractionLost: number;
  readonly lost: number;
  readonly highestSequence: number;
  readonly jitterTicks: number;
  /** `ntpMiddle` of the last sender report; 0 for none. */
  readonly lastReport: number;
  readonly sinceLastReportMs: number;
}

/** A compound packet of a receiver report with one block and an empty-named SDES, as §6.1 demands (RFC 3550 §6.4.2). */
export function buildReceiverReport(report: ReceptionReport): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(32 + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x81000007 | (RECEIVER_REPORT << 16));
  view.setUint32(4, report.ownSsrc);
  view.setUint32(8, report.sourceSsrc);
  const lost = Math.max(-0x800000, Math.min(0x7fffff, report.lost));
  view.setUint32(12, (report.fractionLost << 24) | (lost & 0xffffff));
  view.setUint32(16, report.highestSequence);
  view.setUint32(20, report.jitterTicks);
  view.setUint32(24, report.lastReport);
  view.setUint32(28, report.lastReport ? Math.round((report.sinceLastReportMs / 1000) * 65_536) : 0);
  view.setUint32(32, 0x81000002 | (DESCRIPTION << 16));
  view.setUint32(36, report.ownSsrc);
  out[40] = 1;
  return out;
}
