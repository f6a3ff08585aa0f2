import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";

/** Whom to believe at the other end of an encrypted link; without any of it, whom the machine's own authorities do. */
export interface PeerTls {
  /** PEM of the CA that signed the other side's certificate. */
  readonly ca?: string | undefined;
  /** SHA-256 of its certificate in hexadecimal, colons or not: then nothing else is checked. */
  readonly fingerprintSha256?: string | undefined;
  /** Takes any certificate. The link is encrypted, but to whom is not known. */
  readonly acceptAny?: boolean | undefined;
}

/** For `tls.connect`; the pinned certificate is checked by `otherCertificate` when it has connected. */
export function tlsOptions(host: string, { ca, fingerprintSha256, acceptAny }: PeerTls) {
  return {
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: fingerprintSha256 === undefined && acceptAny !== true,
  };
}

/** With a pinned certificate: the fingerprint of another one that is shown instead. Whoever does gets not a byte. */
export function otherCertificate(socket: TLSSocket, { fingerprintSha256 }: PeerTls): string | null {
  if (fingerprintSha256 === undefined) return null;
  const bare = (text: string) => text.replaceAll(":", "").toLowerCase();
  const shown = bare(socket.getPeerCertificate().fingerprint256 ?? "");
  return shown === bare(fingerprintSha256) ? null : shown;
}
