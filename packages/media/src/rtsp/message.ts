import { binaryOf, bytesOf, fromUtf8Loosely } from "./binary.ts";

export interface RtspResponse {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  /** Valid until the call that handed it out returns. */
  readonly body: Uint8Array;
}

/** A request that a server sends to us. */
export interface RtspRequest {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
  readonly headers: RtspHeaders;
}

export const REQUEST_METHODS = [
  "OPTIONS",
  "DESCRIBE",
  "SETUP",
  "PLAY",
  "GET_PARAMETER",
  "SET_PARAMETER",
  "TEARDOWN",
  "ANNOUNCE",
  "PAUSE",
  "REDIRECT",
] as const;

/** Header fields, their names without case, values trimmed, each value a string of bytes. */
export class RtspHeaders {
  readonly #values = new Map<string, string[]>();

  add(name: string, value: string): void {
    const known = this.#values.get(name.toLowerCase());
    if (known) known.push(value);
    else this.#values.set(name.toLowerCase(), [value]);
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** A value that is text in UTF-8, such as a URL. */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : fromUtf8Loosely(bytesOf(value));
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/**
 * A request, CSeq first: there are cameras that look nowhere else (RFC 2326 §6).
 *
 * @param headers  strings of bytes; a line break in one is cut out, since it would begin a header of its own
 */
export function encodeRequest(
  method: string,
  uri: string,
  cseq: number,
  headers: readonly (readonly [name: string, value: string])[],
): Uint8Array<ArrayBuffer> {
  const lines = headers.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, "")}\r\n`);
  return bytesOf(`${method} ${uri} RTSP/1.0\r\nCSeq: ${cseq}\r\n${lines.join("")}\r\n`);
}

/** The answer to a request that a server sent us. */
export function encodeResponse(status: number, reason: string, cseq: string): Uint8Array<ArrayBuffer> {
  return bytesOf(`RTSP/1.0 ${status} ${reason}\r\nCSeq: ${cseq.replace(/[^\d]/g, "")}\r\n\r\n`);
}

export interface RtspHead {
  readonly startLine: string;
  readonly headers: RtspHeaders;
}

const MAX_HEADERS = 128;

/** The lines of a head, which end in CRLF or in LF alone; one that begins with a blank goes on with the one before. */
export function parseHead(bytes: Uint8Array, from: number, to: number): RtspHead {
  const [startLine = "", ...lines] = binaryOf(bytes, from, to)
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/);
  const headers = new RtspHeaders();
  for (const line of lines.slice(0, MAX_HEADERS)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.add(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return { startLine: startLine.trim(), headers };
}
