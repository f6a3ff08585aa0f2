import { pinnedTo, type RtspUrl, readRtspUrl, sameOrigin } from "./url.ts";

/** What DESCRIBE said about where the stream's parts are. */
export interface DescribedBase {
  readonly contentBase: string | undefined;
  readonly contentLocation: string | undefined;
  readonly sessionControl: string | undefined;
}

export interface ControlUrls {
  /** For PLAY, keep-alive and TEARDOWN. */
  readonly aggregate: string;
  /** For SETUP. */
  readonly media: string;
  /** The camera named another host than the one that we reached it by; ours was kept. */
  readonly hostReplaced: boolean;
}

/**
 * The URLs to use after DESCRIBE (RFC 2326 §C.1.1, as cameras speak it).
 *
 * Relative controls are appended with one slash, not joined by RFC 3986, which would drop the query that many cameras
 * choose the channel by.
 */
export function controlUrls(request: RtspUrl, base: DescribedBase, mediaControl: string | undefined): ControlUrls {
  const absolute = readRtspUrl(base.sessionControl ?? "");
  const stated = repaired(base.contentBase) ?? repaired(base.contentLocation) ?? absolute ?? request;
  const aggregate = joined(stated, base.sessionControl);
  const media = joined(stated, mediaControl);
  return {
    aggregate: pinnedTo(request, aggregate).href,
    media: pinnedTo(request, media).href,
    hostReplaced: !sameOrigin(request, aggregate) || !sameOrigin(request, media),
  };
}

function joined(base: RtspUrl, control: string | undefined): RtspUrl {
  if (control === undefined || control === "" || control === "*") return base;
  const absolute = readRtspUrl(control);
  if (absolute) return absolute;
  const rest = control.startsWith("?")
    ? base.rest + control
    : `${base.rest.replace(/\/$/, "")}/${control.replace(/^\//, "")}`;
  return readRtspUrl(`rtsp://${base.host}:${base.port}${rest}`) ?? base;
}

/** Bases have been seen without a scheme and with two. */
function repaired(text: string | undefined): RtspUrl | null {
  const bare = text?.trim().replace(/^(?:rtsps?:\/\/)+/i, "");
  return bare ? readRtspUrl(`rtsp://${bare}`) : null;
}
