import { binaryOf } from "./binary.ts";
import { streamFailure } from "./failures.ts";
import { parseHead, REQUEST_METHODS, type RtspRequest, type RtspResponse } from "./message.ts";

/** Takes what a reader finds. Byte arrays are valid until the call returns. */
export interface RtspSink {
  message(message: RtspResponse | RtspRequest): void;
  interleaved(channel: number, payload: Uint8Array): void;
  /** Whether a frame could be one of ours, asked only where framing was lost. `first` and `second` are payload bytes. */
  fits(channel: number, size: number, first: number, second: number): boolean;
  /** Framing was lost for so many bytes, and found again. */
  skipped(bytes: number): void;
}

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const MAX_HEAD_BYTES = 16_384;
const MAX_BODY_BYTES = 262_144;
const MAX_SKIPPED_BYTES = 262_144;
const TEXT_STEP_BYTES = 4_096;
const INCOMPLETE = -1;

/**
 * Cuts a connection's bytes into responses, requests and interleaved frames (RFC 2326 §10.12), told apart by the first
 * byte of each. Frames that lie whole in a chunk are handed out without a copy.
 */
export class RtspReader {
  readonly #sink: RtspSink;
  /** The beginning of a message whose end has not arrived. */
  #held = new Uint8Array(2_048);
  #heldBytes = 0;
  /** How many bytes `#held` must have before it is looked at again. */
  #needed = 0;
  /** How many bytes to add at once: a frame's end is known and not passed, so that what follows needs no copy. */
  #step = 1;
  #spoken = false;
  #lost = false;
  #skipped = 0;
  #stopped = false;

  constructor(sink: RtspSink) {
    this.#sink = sink;
  }

  /** Nothing more is handed out, not even from the chunk at hand. */
  stop(): void {
    this.#stopped = true;
  }

  /** @throws OvertError `RTSP_NOT_SPOKEN`, `RTSP_FRAMING_LOST`, `RTSP_MESSAGE_TOO_LONG`; the connection is of no use then. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (this.#heldBytes > 0 && at < chunk.length && !this.#stopped) {
      const take = Math.min(Math.max(this.#needed - this.#heldBytes, this.#step), chunk.length - at);
      this.#hold(chunk, at, at + take);
      at += take;
      if (this.#heldBytes < this.#needed) return;
      const used = this.#consume(this.#held, this.#heldBytes, chunk[at]);
      this.#held.copyWithin(0, used, this.#heldBytes);
      this.#heldBytes -= used;
    }
    if (this.#stopped || at === chunk.length) return;
    const rest = at === 0 ? chunk : chunk.subarray(at);
    this.#hold(rest, this.#consume(rest, rest.length, undefined), rest.length);
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const size = this.#heldBytes + to - from;
    if (size > this.#held.length || (size < 2_048 && this.#held.length > 131_072)) {
      const roomier = new Uint8Array(Math.max(2_048, size * 2));
      roomier.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = roomier;
    }
    this.#held.set(bytes.subarray(from, to), this.#heldBytes);
    this.#heldBytes = size;
  }

  /** @returns how many bytes are done with; the rest is the beginning of something. */
  #consume(bytes: Uint8Array, end: number, next: number | undefined): number {
    let at = 0;
    while (at < end) {
      if (this.#stopped) return end;
      const used = this.#lost ? this.#seek(bytes, at, end) : this.#one(bytes, at, end, next);
      if (used === INCOMPLETE) break;
      at += used;
    }
    return at;
  }

  #one(bytes: Uint8Array, at: number, end: number, next: number | undefined): number {
    const first = bytes[at];
    if (first === DOLLAR) return this.#frame(bytes, at, end, next);
    if (first === CR || first === LF) return 1;
    const kind = textKind(bytes, at, end);
    if (kind === "unknown") return this.#wait(end - at + 1, TEXT_STEP_BYTES);
    return kind === "neither" ? this.#lose(bytes, at, end) : this.#text(bytes, at, end, kind);
  }

  #frame(bytes: Uint8Array, at: number, end: number, next: number | undefined): number {
    if (end - at < 4) return this.#wait(4);
    const size = 4 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (end - at < size) return this.#wait(size);
    // A frame that no message follows is itself the broken one: bytes were cut out of it, and it has swallowed others.
    const following = at + size < end ? bytes[at + size] : next;
    if (following !== undefined && !mayBegin(following)) return this.#lose(bytes, at, end);
    if (size > 4) this.#sink.interleaved(bytes[at + 1] ?? 0, bytes.subarray(at + 4, at + size));
    return size;
  }

  #text(bytes: Uint8Array, at: number, end: number, kind: "response" | "request"): number {
    const bodyAt = headEnd(bytes, at, end);
    if (bodyAt === INCOMPLETE) {
      if (end - at > MAX_HEAD_BYTES) throw tooLong("head", MAX_HEAD_BYTES);
      return this.#wait(end - at + 1, TEXT_STEP_BYTES);
    }
    const { startLine, headers } = parseHead(bytes, at, bodyAt);
    const stated = Number.parseInt(headers.get("content-length") ?? "0", 10);
    const bodyBytes = Number.isNaN(stated) ? 0 : Math.max(stated, 0);
    if (bodyBytes > MAX_BODY_BYTES) throw tooLong("body", MAX_BODY_BYTES);
    const size = bodyAt - at + bodyBytes;
    if (end - at < size) return this.#wait(size);
    const [, status, reason = ""] = /^RTSP\/\d+\.\d+\s+(\d{3})(?:\s+(.*))?$/.exec(startLine) ?? [];
    if (kind === "response" && status === undefined) return this.#lose(bytes, at, end);
    this.#spoken = true;
    if (kind === "response") {
      const body = bytes.subarray(bodyAt, bodyAt + bodyBytes);
      this.#sink.message({ kind, status: Number(status), reason, headers, body });
    } else {
      const [method = "", uri = ""] = startLine.split(/\s+/);
      this.#sink.message({ kind, method, uri, headers });
    }
    return size;
  }

  #wait(bytes: number, step = 1): typeof INCOMPLETE {
    this.#needed = bytes;
    this.#step = step;
    return INCOMPLETE;
  }

  #lose(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#spoken)
      throw streamFailure(
        "RTSP_NOT_SPOKEN",
        `The port answers, but not in RTSP: its answer begins with ${shown(bytes, at, end)}.`,
      );
    this.#lost = true;
    this.#skipped = 1;
    return 1;
  }

  /** Goes on to the next place where channel, size and RTP version all fit, or a response begins. */
  #seek(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const place = bytes[at] === DOLLAR ? this.#placeOfFrame(bytes, at, end) : placeOfText(bytes, at, end);
      if (place === "no") continue;
      this.#countSkipped(at - from);
      if (place === "yes") {
        this.#lost = false;
        this.#sink.skipped(this.#skipped);
        return at - from;
      }
      if (at > from) return at - from;
      return this.#wait(end - at + 1, TEXT_STEP_BYTES);
    }
    this.#countSkipped(end - from);
    return end - from;
  }

  #placeOfFrame(bytes: Uint8Array, at: number, end: number): "yes" | "no" | "unknown" {
    if (end - at < 6) return "unknown";
    const size = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    return this.#sink.fits(bytes[at + 1] ?? 0, size, bytes[at + 4] ?? 0, bytes[at + 5] ?? 0) ? "yes" : "no";
  }

  #countSkipped(bytes: number): void {
    this.#skipped += bytes;
    if (this.#skipped > MAX_SKIPPED_BYTES)
      throw streamFailure(
        "RTSP_FRAMING_LOST",
        `The camera's stream lost its framing and did not find it again within ${MAX_SKIPPED_BYTES} bytes.`,
      );
  }
}

const RESPONSE = "RTSP/";
const STARTS = [RESPONSE, ...REQUEST_METHODS.map((method) => `${method} `)].map((text) => ({
  kind: text === RESPONSE ? ("response" as const) : ("request" as const),
  codes: [...text].map((letter) => letter.charCodeAt(0)),
}));
const FIRST_BYTES = new Set([DOLLAR, CR, LF, ...STARTS.map(({ codes }) => codes[0])]);

const mayBegin = (byte: number): boolean => FIRST_BYTES.has(byte);

function textKind(bytes: Uint8Array, at: number, end: number): "response" | "request" | "neither" | "unknown" {
  let open = false;
  for (const { kind, codes } of STARTS) {
    let same = 0;
    while (same < codes.length && at + same < end && bytes[at + same] === codes[same]) same++;
    if (same === codes.length) return kind;
    if (at + same === end) open = true;
  }
  return open ? "unknown" : "neither";
}

function placeOfText(bytes: Uint8Array, at: number, end: number): "yes" | "no" | "unknown" {
  if (bytes[at] !== RESPONSE.charCodeAt(0)) return "no";
  const kind = textKind(bytes, at, end);
  return kind === "response" ? "yes" : kind === "unknown" ? "unknown" : "no";
}

/** The index behind the empty line that ends a head; lines end in CRLF, LF, or a mixture. */
function headEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== LF) continue;
    if (bytes[at + 1] === LF && at + 1 < end) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF && at + 2 < end) return at + 3;
  }
  return INCOMPLETE;
}

const tooLong = (part: string, bytes: number) =>
  streamFailure("RTSP_MESSAGE_TOO_LONG", `The camera sent a message whose ${part} is longer than ${bytes} bytes.`);

function shown(bytes: Uint8Array, at: number, end: number): string {
  const start = binaryOf(bytes, at, Math.min(end, at + 24));
  return /^[\x20-\x7e\r\n]+$/.test(start) ? JSON.stringify(start) : `bytes ${[...start].map(hex).join(" ")}`;
}

const hex = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(2, "0");
