/** The two channels of a track inside the RTSP connection (RFC 2326 §10.12). */
export interface InterleavedChannels {
  readonly rtp: number;
  readonly rtcp: number;
}

/** Two UDP ports on our side; `rtp` is even (RFC 3550 §11). */
export interface UdpPorts {
  readonly rtp: number;
  readonly rtcp: number;
}

/** Where a track's packets come: in this connection, or to our UDP ports. */
export type GrantedTransport =
  | { readonly kind: "interleaved"; readonly channels: InterleavedChannels }
  | { readonly kind: "udp" };

const ASKED_CHANNELS: InterleavedChannels = { rtp: 0, rtcp: 1 };

/** The Transport header of SETUP (RFC 2326 §12.39): interleaved, or to `udp` where it is given. */
export function askedTransport(udp: UdpPorts | undefined): string {
  return udp
    ? `RTP/AVP;unicast;client_port=${udp.rtp}-${udp.rtcp}`
    : `RTP/AVP/TCP;unicast;interleaved=${ASKED_CHANNELS.rtp}-${ASKED_CHANNELS.rtcp}`;
}

/**
 * What the server chose: its channels rule, ours hold where it gives none.
 *
 * @returns `null` where it means to send otherwise than it was asked to.
 */
export function grantedTransport(header: string | undefined, udp: UdpPorts | undefined): GrantedTransport | null {
  const [, first, second] = /;\s*interleaved\s*=\s*"?(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(header ?? "") ?? [];
  const overTcp = first !== undefined || /\/TCP/i.test(header ?? "");
  if (udp) return overTcp || /multicast/i.test(header ?? "") ? null : { kind: "udp" };
  if (first === undefined)
    return overTcp || !/client_port/i.test(header ?? "") ? { kind: "interleaved", channels: ASKED_CHANNELS } : null;
  const rtp = Number(first);
  const rtcp = second === undefined ? rtp + 1 : Number(second);
  return { kind: "interleaved", channels: rtp <= 255 && rtcp <= 255 ? { rtp, rtcp } : ASKED_CHANNELS };
}

/** RTCP on the same channel as RTP is told apart by its packet type (RFC 5761 §4). */
export function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

export interface SessionHeader {
  readonly id: string;
  readonly timeoutMs: number | undefined;
}

/** `1387212;timeout=60`, with or without blanks (RFC 2326 §12.37). */
export function parseSessionHeader(value: string): SessionHeader {
  const [id = "", ...parameters] = value.split(";");
  const timeout = parameters.map((text) => /^\s*timeout\s*=\s*(\d{1,6})/i.exec(text)?.[1]).find(Boolean);
  return { id: id.trim(), timeoutMs: timeout && Number(timeout) > 0 ? Number(timeout) * 1_000 : undefined };
}
