/** The two channels of a track inside the RTSP connection (RFC 2326 §10.12). */
export interface InterleavedChannels {
  readonly rtp: number;
  readonly rtcp: number;
}

export const ASKED_CHANNELS: InterleavedChannels = { rtp: 0, rtcp: 1 };

export const askedTransport = (channels: InterleavedChannels): string =>
  `RTP/AVP/TCP;unicast;interleaved=${channels.rtp}-${channels.rtcp}`;

/**
 * The channels that the server chose: its numbers rule, ours hold where it gives none.
 *
 * @returns `null` where it means to send elsewhere than into this connection.
 */
export function grantedChannels(transport: string | undefined, asked: InterleavedChannels): InterleavedChannels | null {
  if (transport === undefined) return asked;
  const [, first, second] = /;\s*interleaved\s*=\s*"?(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(transport) ?? [];
  if (first === undefined) return /\/TCP/i.test(transport) || !/client_port/i.test(transport) ? asked : null;
  const rtp = Number(first);
  const rtcp = second === undefined ? rtp + 1 : Number(second);
  return rtp <= 255 && rtcp <= 255 ? { rtp, rtcp } : asked;
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
