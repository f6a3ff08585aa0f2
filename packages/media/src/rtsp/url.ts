import { OvertError } from "@overt/core";

/** An RTSP URL without credentials, cut up but not normalised: cameras compare paths byte by byte. */
export interface RtspUrl {
  readonly secure: boolean;
  /** As written; an IPv6 address stands in brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, starting with `/` or `?`, or empty. */
  readonly rest: string;
  /** The whole, without credentials and without a fragment. */
  readonly href: string;
}

const SHAPE = /^(rtsps?):\/\/(?:([^/?#]*)@)?(\[[0-9a-f:.%]+\]|[^:/?#@[\]\s]+)(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/i;

/**
 * The URL an operator entered.
 *
 * @throws OvertError `URL_INVALID`, or `URL_HAS_CREDENTIALS`: a password is a field of its own, since many contain
 * characters that mean something in a URL. Neither message repeats the text.
 */
export function parseRtspUrl(text: string): RtspUrl {
  // An "@" is looked for before the shape: in `rtsp://u:p/w@host` the shape alone would take "u" for the host.
  if (/^[a-z]+:\/\/[^@]*@/i.test(text) && !/^[a-z]+:\/\/(?:\[[^\]@]*\]|[^/?#@:]+)(?::\d+)?[/?]/i.test(text))
    throw new OvertError("URL_HAS_CREDENTIALS", "The stream's URL has a user name or password in it.", {
      hint: "Enter them in their own fields and leave rtsp://host:port/path in the URL.",
    });
  const url = readRtspUrl(text);
  if (!url)
    throw new OvertError("URL_INVALID", "The stream's URL is not an RTSP URL.", {
      hint: "Write it like rtsp://192.0.2.7:554/path or rtsps://camera.example/path.",
    });
  return url;
}

/** A URL that a camera sent, its credentials dropped; `null` if it is none. */
export function readRtspUrl(text: string): RtspUrl | null {
  const found = SHAPE.exec(text.trim().toWellFormed());
  if (!found) return null;
  const secure = found[1]?.toLowerCase() === "rtsps";
  const host = found[3] ?? "";
  const port = found[4] === undefined ? (secure ? 322 : 554) : Number(found[4]);
  if (port < 1 || port > 65_535) return null;
  // What may not stand in a request line or in a quoted string; the rest stays as the camera has it.
  const rest = (found[5] ?? "").replace(/[^!#-~]/gu, encodeURIComponent);
  const shownPort = found[4] === undefined ? "" : `:${port}`;
  return { secure, host, port, rest, href: `${secure ? "rtsps" : "rtsp"}://${host}${shownPort}${rest}` };
}

/** `url` with scheme, host and port of `connection`: what we say to a camera behind NAT that names its inner address. */
export function pinnedTo(connection: RtspUrl, url: RtspUrl): RtspUrl {
  const origin = /^rtsps?:\/\/[^/?]+/i.exec(connection.href)?.[0] ?? "";
  return { ...connection, rest: url.rest, href: `${origin}${url.rest}` };
}

export const sameOrigin = (a: RtspUrl, b: RtspUrl): boolean =>
  a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
