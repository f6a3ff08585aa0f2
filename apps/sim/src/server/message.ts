/** An RTSP request (RFC 2326 §6) as it came, header names in lower case. */
export interface RtspRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Header names as they were written, in order: some cameras are strict about them. */
  readonly headerNames: readonly string[];
  readonly body: Uint8Array;
}

/** A frame of another protocol on the same connection (RFC 2326 §10.12). */
export interface InterleavedFrame {
  readonly channel: number;
  readonly data: Uint8Array;
}

export interface RtspReply {
  readonly status: number;
  /** Several headers of one name are several entries. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  302: "Moved Temporarily",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  453: "Not Enough Bandwidth",
  454: "Session Not Found",
  455: "Method Not Valid in This State",
  459: "Aggregate Operation Not Allowed",
  461: "Unsupported Transport",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

export function formatReply(reply: RtspReply, cseq: string | undefined): string {
  const { status, headers, body } = reply;
  const lines = [`RTSP/1.0 ${status} ${REASONS[status] ?? "Unknown"}`];
  if (cseq !== undefined) lines.push(`CSeq: ${cseq}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`;
}

const MAX_HEAD = 16 * 1024;
const MAX_BODY = 64 * 1024;

/** Cuts what a client sends into requests and interleaved frames. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the messages that are whole, or undefined once the bytes are no RTSP at all. */
  push(bytes: Uint8Array): (RtspRequest | InterleavedFrame)[] | undefined {
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : Buffer.from(bytes);
    const messages: (RtspRequest | InterleavedFrame)[] = [];
    for (;;) {
      const next = this.#rest[0] === 0x24 ? this.#frame() : this.#request();
      if (next === "broken") return undefined;
      if (!next) return messages;
      messages.push(next);
    }
  }

  #frame(): InterleavedFrame | undefined {
    if (this.#rest.length < 4) return undefined;
    const end = 4 + this.#rest.readUInt16BE(2);
    if (this.#rest.length < end) return undefined;
    const frame = { channel: this.#rest[1]!, data: this.#rest.subarray(4, end) };
    this.#rest = this.#rest.subarray(end);
    return frame;
  }

  #request(): RtspRequest | "broken" | undefined {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return this.#rest.length > MAX_HEAD ? "broken" : undefined;
    const [line = "", ...fields] = this.#rest.toString("latin1", 0, end).split("\r\n");
    const [, method, url] = /^([A-Z_]+) (\S+) RTSP\/\d\.\d$/.exec(line) ?? [];
    if (!method || !url) return "broken";
    const headers = new Map<string, string>();
    const headerNames: string[] = [];
    for (const field of fields) {
      const colon = field.indexOf(":");
      if (colon < 1) continue;
      const name = field.slice(0, colon).trim();
      headerNames.push(name);
      headers.set(name.toLowerCase(), field.slice(colon + 1).trim());
    }
    const length = Number(headers.get("content-length") ?? 0);
    if (!(length >= 0 && length <= MAX_BODY)) return "broken";
    const total = end + 4 + length;
    if (this.#rest.length < total) return undefined;
    const body = this.#rest.subarray(end + 4, total);
    this.#rest = this.#rest.subarray(total);
    return { method, url, headers, headerNames, body };
  }
}
