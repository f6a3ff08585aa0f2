import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { RtspRequest } from "./message.ts";

export type AuthScheme = "basic" | "digest-md5" | "digest-sha256";

export interface AuthOptions {
  readonly user: string;
  readonly password: string;
  /** Offered in this order, each in a header of its own. */
  readonly schemes: readonly AuthScheme[];
  readonly realm?: string;
  /** As in RFC 7616 §3.4; absent asks for the short answer of RFC 2069. */
  readonly qop?: string;
  readonly opaque?: string;
  /** Written as some firmware does: no blanks, bare words, an equals sign in the nonce. */
  readonly loose?: boolean;
  /** The algorithm must be named in the answer. */
  readonly echoAlgorithm?: boolean;
}

const ALGORITHM = { "digest-md5": "md5", "digest-sha256": "sha256" } as const;

/** Challenges and answers of one camera (RFC 7616, RFC 7617). */
export class Authenticator {
  readonly #options: AuthOptions;
  readonly #nonces = new Set<string>();

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  get realm(): string {
    return this.#options.realm ?? "Overt sim camera";
  }

  /** A fresh nonce, remembered as ours. */
  nonce(): string {
    const nonce = randomBytes(16).toString("hex") + (this.#options.loose ? "==" : "");
    this.#nonces.add(nonce);
    if (this.#nonces.size > 4096) for (const old of this.#nonces) if (this.#nonces.delete(old)) break;
    return nonce;
  }

  /** Values of the WWW-Authenticate headers of a 401. */
  challenges(): string[] {
    const { schemes, qop, opaque, loose } = this.#options;
    return schemes.map((scheme) => {
      if (loose && scheme !== "basic") return this.#looseChallenge(scheme);
      if (scheme === "basic") return `Basic realm="${this.realm}"`;
      const fields = [`realm="${this.realm}"`, `nonce="${this.nonce()}"`];
      if (scheme === "digest-sha256") fields.push('algorithm="SHA-256"');
      if (qop !== undefined) fields.push(`qop="${qop}"`);
      if (opaque !== undefined) fields.push(`opaque="${opaque}"`);
      return `Digest ${fields.join(", ")}, stale="FALSE"`;
    });
  }

  #looseChallenge(scheme: AuthScheme): string {
    const algorithm = scheme === "digest-sha256" ? "SHA-256" : "MD5";
    return `Digest realm="${this.realm}",nonce="${this.nonce()}",opaque="",stale=FALSE,algorithm=${algorithm}`;
  }

  /** Whether the request carries a right answer in a scheme that is offered. */
  accepts(request: RtspRequest): boolean {
    const header = request.headers.get("authorization");
    if (!header) return false;
    if (/^basic /i.test(header)) return this.#acceptsBasic(header.slice(6).trim());
    if (/^digest /i.test(header)) return this.#acceptsDigest(parseParameters(header.slice(7)), request.method);
    return false;
  }

  #acceptsBasic(token: string): boolean {
    const { user, password, schemes } = this.#options;
    return schemes.includes("basic") && same(token, Buffer.from(`${user}:${password}`).toString("base64"));
  }

  #acceptsDigest(given: ReadonlyMap<string, string>, method: string): boolean {
    const { user, password, schemes, qop, opaque } = this.#options;
    const scheme = given.get("algorithm")?.toUpperCase() === "SHA-256" ? "digest-sha256" : "digest-md5";
    if (!schemes.includes(scheme) || !this.#nonces.has(given.get("nonce") ?? "")) return false;
    if (given.get("username") !== user || given.get("realm") !== this.realm) return false;
    if (this.#options.echoAlgorithm && !given.has("algorithm")) return false;
    if (opaque !== undefined && given.get("opaque") !== opaque) return false;
    const h = (text: string) => createHash(ALGORITHM[scheme]).update(text).digest("hex");
    const ha1 = h(`${user}:${this.realm}:${password}`);
    const ha2 = h(`${method}:${given.get("uri") ?? ""}`);
    const answered = given.get("qop");
    if (qop !== undefined && answered !== "auth") return false;
    const middle =
      answered === undefined
        ? given.get("nonce")
        : [given.get("nonce"), given.get("nc"), given.get("cnonce"), answered].join(":");
    return same(given.get("response") ?? "", h(`${ha1}:${middle}:${ha2}`));
  }
}

function parseParameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, quoted, bare] of text.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi))
    found.set(name!.toLowerCase(), quoted === undefined ? bare! : quoted.replaceAll(/\\(.)/g, "$1"));
  return found;
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
