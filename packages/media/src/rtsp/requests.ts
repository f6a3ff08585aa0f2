import type { Authorizer } from "./digest.ts";
import { encodeRequest, type RtspResponse } from "./message.ts";

export type ClientMethod = "OPTIONS" | "DESCRIBE" | "SETUP" | "PLAY" | "GET_PARAMETER" | "TEARDOWN";
export type HeaderFields = readonly (readonly [name: string, value: string])[];

/** A request without its answer. */
export interface OpenRequest {
  readonly method: ClientMethod;
  readonly uri: string;
  readonly headers: HeaderFields;
  readonly cseq: number;
  readonly deadlineMs: number;
  /** It carried our login. */
  readonly authorized: boolean;
  /** It does nothing but show that we are there. */
  readonly keepAlive: boolean;
  /** 1 for the first time, more where a login was asked for. */
  readonly attempt: number;
}

export interface NewRequest {
  readonly method: ClientMethod;
  readonly uri: string;
  readonly headers?: HeaderFields;
  readonly keepAlive?: boolean;
  readonly attempt?: number;
  readonly timeoutMs: number;
}

/** The requests of one connection: their numbers, standing headers and deadlines. */
export class Requests {
  readonly #userAgent: string;
  readonly #write: (bytes: Uint8Array) => void;
  #open: OpenRequest[] = [];
  #cseq = 0;
  authorizer: Authorizer | null = null;
  sessionId: string | undefined;

  constructor(userAgent: string, write: (bytes: Uint8Array) => void) {
    this.#userAgent = userAgent;
    this.#write = write;
  }

  get nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadlineMs } of this.#open) next = Math.min(next, deadlineMs);
    return next;
  }

  get keepAliveOpen(): boolean {
    return this.#open.some(({ keepAlive }) => keepAlive);
  }

  send(request: NewRequest, nowMs: number): void {
    const { method, uri, headers = [], keepAlive = false, attempt = 1, timeoutMs } = request;
    const cseq = ++this.#cseq;
    const standing: [string, string][] = [["User-Agent", this.#userAgent]];
    if (this.authorizer) standing.push(["Authorization", this.authorizer.authorize(method, uri)]);
    if (this.sessionId !== undefined) standing.push(["Session", this.sessionId]);
    const authorized = this.authorizer !== null;
    this.#open.push({ method, uri, headers, cseq, deadlineMs: nowMs + timeoutMs, authorized, keepAlive, attempt });
    this.#write(encodeRequest(method, uri, cseq, [...standing, ...headers]));
  }

  /** The request that this answers, which is open no longer; none if it answers nothing. */
  answeredBy(response: RtspResponse): OpenRequest | undefined {
    const cseq = Number.parseInt(response.headers.get("cseq") ?? "", 10);
    // Without a number it answers what has waited longest: requests are answered in order (RFC 2326 §10.1).
    const request = Number.isNaN(cseq) ? this.#open[0] : this.#open.find((each) => each.cseq === cseq);
    if (request) this.#open = this.#open.filter((each) => each !== request);
    return request;
  }

  /** Those whose time is over, which are open no longer. */
  takeLate(nowMs: number): readonly OpenRequest[] {
    const late = this.#open.filter((request) => request.deadlineMs <= nowMs);
    if (late.length > 0) this.#open = this.#open.filter((request) => request.deadlineMs > nowMs);
    return late;
  }

  forget(): void {
    this.#open = [];
  }
}
