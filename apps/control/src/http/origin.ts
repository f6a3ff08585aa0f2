import type { IncomingHttpHeaders } from "node:http";

export interface OriginRules {
  /** `https`, or `http` on loopback. */
  readonly scheme: "https" | "http";
  /** `scheme://host[:port]` of the public address, if one is configured. */
  readonly publicOrigin: string | undefined;
}

/**
 * Whether a browser page of our own sent this, ports included: a page on another port of this machine is a stranger
 * (`cases.md` ops-08). A request without an Origin is none of a page's; programs must say it too.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, rules: OriginRules): boolean {
  const { origin, host } = headers;
  if (!origin || !host) return false;
  if (origin === rules.publicOrigin) return true;
  // Without a certificate that names us, any name on the Internet may have been pointed at this machine's loopback.
  if (rules.scheme === "http" && !LOOPBACK.test(host)) return false;
  return origin === `${rules.scheme}://${host}`;
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
