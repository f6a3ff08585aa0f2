/** What a client asks for in SETUP (RFC 2326 §12.39). */
export type TransportRequest =
  | { readonly kind: "tcp"; readonly channel: number | undefined }
  | { readonly kind: "udp"; readonly rtpPort: number; readonly rtcpPort: number };

/** The first transport of the header that this server can do; undefined is a 461. */
export function parseTransport(header: string): TransportRequest | undefined {
  for (const offer of header.split(",")) {
    const [profile = "", ...parameters] = offer.split(";").map((part) => part.trim());
    const value = (name: string) =>
      parameters.find((parameter) => parameter.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    if (/^RTP\/AVP\/TCP$/i.test(profile)) {
      const channel = /^\d+/.exec(value("interleaved") ?? "")?.[0];
      return { kind: "tcp", channel: channel === undefined ? undefined : Number(channel) };
    }
    if (!/^RTP\/AVP(\/UDP)?$/i.test(profile) || parameters.some((p) => p.toLowerCase() === "multicast")) continue;
    const [, rtp, rtcp] = /^(\d+)(?:-(\d+))?$/.exec(value("client_port") ?? "") ?? [];
    if (rtp) return { kind: "udp", rtpPort: Number(rtp), rtcpPort: rtcp ? Number(rtcp) : Number(rtp) + 1 };
  }
  return undefined;
}
