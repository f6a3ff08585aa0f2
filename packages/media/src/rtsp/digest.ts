import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "@overt/core";
import { bytesOf, utf8Binary } from "./binary.ts";
import type { Challenge } from "./challenge.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Writes the Authorization header of each request on one connection. */
export interface Authorizer {
  readonly scheme: "basic" | "digest";
  readonly nonce: string | undefined;
  /** @param uri  exactly as in the request line */
  authorize(method: string, uri: string): string;
}

export type AuthorizerChoice =
  | { readonly kind: "use"; readonly authorizer: Authorizer }
  /** Only Basic is offered, on a connection that everyone can read. */
  | { readonly kind: "basic_refused" }
  | { readonly kind: "unsupported"; readonly offered: string };

/**
 * The strongest of the challenges that we can answer: SHA-256, then MD5, then Basic (RFC 7616 §3.7).
 *
 * @param makeCnonce  a fresh random string of hexadecimal digits at each call
 */
export function chooseAuthorizer(
  challenges: readonly Challenge[],
  credentials: Credentials,
  allowBasic: boolean,
  makeCnonce: () => string,
): AuthorizerChoice {
  const digests = challenges.filter((challenge) => challenge.scheme === "digest" && algorithmOf(challenge) !== null);
  const strongest = digests.find((challenge) => algorithmOf(challenge)?.hash === sha256) ?? digests[0];
  if (strongest) return { kind: "use", authorizer: new DigestAuthorizer(strongest, credentials, makeCnonce) };
  const basic = challenges.some((challenge) => challenge.scheme === "basic");
  if (basic && allowBasic) return { kind: "use", authorizer: basicAuthorizer(credentials) };
  if (basic) return { kind: "basic_refused" };
  const offered = challenges.map(({ scheme, parameters }) => `${scheme} ${parameters.get("algorithm") ?? ""}`.trim());
  return { kind: "unsupported", offered: offered.join(", ") || "nothing" };
}

function basicAuthorizer({ username, password }: Credentials): Authorizer {
  const header = `Basic ${btoa(utf8Binary(`${username}:${password}`))}`;
  return { scheme: "basic", nonce: undefined, authorize: () => header };
}

interface Algorithm {
  readonly hash: (bytes: Uint8Array) => Uint8Array;
  readonly session: boolean;
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ["md5", { hash: md5, session: false }],
  ["md5-sess", { hash: md5, session: true }],
  ["sha-256", { hash: sha256, session: false }],
  ["sha256", { hash: sha256, session: false }],
  ["sha-256-sess", { hash: sha256, session: true }],
]);

function algorithmOf({ parameters }: Challenge): Algorithm | null {
  if (parameters.get("nonce") === undefined) return null;
  const qop = qopsOf(parameters);
  if (qop.length > 0 && !qop.includes("auth")) return null;
  return ALGORITHMS.get((parameters.get("algorithm") || "MD5").toLowerCase()) ?? null;
}

const qopsOf = (parameters: Challenge["parameters"]): string[] =>
  (parameters.get("qop") ?? "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

class DigestAuthorizer implements Authorizer {
  readonly scheme = "digest";
  readonly nonce: string;
  readonly #parameters: Challenge["parameters"];
  readonly #username: string;
  readonly #algorithm: Algorithm;
  readonly #qop: boolean;
  readonly #cnonce: () => string;
  readonly #secret: string;
  #uses = 0;

  constructor(challenge: Challenge, { username, password }: Credentials, makeCnonce: () => string) {
    this.#parameters = challenge.parameters;
    this.nonce = challenge.parameters.get("nonce") ?? "";
    this.#algorithm = algorithmOf(challenge) ?? { hash: md5, session: false };
    this.#qop = qopsOf(challenge.parameters).includes("auth");
    this.#cnonce = makeCnonce;
    this.#username = utf8Binary(username);
    this.#secret = this.#hash(`${this.#username}:${challenge.parameters.get("realm") ?? ""}:${utf8Binary(password)}`);
  }

  authorize(method: string, uri: string): string {
    const { session } = this.#algorithm;
    const cnonce = this.#qop || session ? this.#cnonce() : "";
    const nc = (++this.#uses).toString(16).padStart(8, "0");
    const ha1 = session ? this.#hash(`${this.#secret}:${this.nonce}:${cnonce}`) : this.#secret;
    const ha2 = this.#hash(`${method}:${uri}`);
    const response = this.#hash(
      this.#qop ? `${ha1}:${this.nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${this.nonce}:${ha2}`,
    );
    const fields = [
      `username="${this.#username.replace(/["\\]/g, "\\$&")}"`,
      `realm="${this.#parameters.get("realm") ?? ""}"`,
      `nonce="${this.nonce}"`,
      `uri="${uri}"`,
      `response="${response}"`,
    ];
    const algorithm = this.#parameters.get("algorithm");
    if (algorithm) fields.push(`algorithm=${algorithm}`);
    const opaque = this.#parameters.get("opaque");
    if (opaque !== undefined) fields.push(`opaque="${opaque}"`);
    if (this.#qop) fields.push("qop=auth", `nc=${nc}`);
    if (this.#qop || session) fields.push(`cnonce="${cnonce}"`);
    return `Digest ${fields.join(", ")}`;
  }

  #hash(binary: string): string {
    return toHex(this.#algorithm.hash(bytesOf(binary)));
  }
}
