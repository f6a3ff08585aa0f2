import { concatBytes, utf8 } from "@overt/core";
import { z } from "zod";
import { canonicalBytes, type Json } from "./canonical.ts";

/** Ed25519 over bytes, as `@overt/seal` makes it from a key. */
export type SignBytes = (bytes: Uint8Array) => Promise<Uint8Array>;
export type VerifyBytes = (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/** A statement as it stands in a file: readable, and signed over its canonical form. */
export interface Signed {
  readonly payload: Json;
  /** Ed25519, base64url. */
  readonly signature: string;
  /** The ledger's proof that the payload is in it; `null` until there is a ledger. */
  readonly proof: null;
}

/** The kind stands before the payload in what is signed, so that no statement can be taken for one of another kind. */
export type StatementKind = "permit" | "roster" | "time";

const SignedShape = z.strictObject({
  payload: z.json(),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
  proof: z.null(),
});

export async function signStatement(kind: StatementKind, payload: Json, sign: SignBytes): Promise<Signed> {
  const signature = await sign(signedBytes(kind, payload));
  return { payload, signature: toBase64Url(signature), proof: null };
}

/** @returns the payload, or why it is not to be believed */
export async function verifyStatement(
  kind: StatementKind,
  signed: unknown,
  verify: VerifyBytes,
): Promise<{ payload: Json } | { refused: "unreadable" | "signature" }> {
  const shape = SignedShape.safeParse(signed);
  if (!shape.success) return { refused: "unreadable" };
  const payload = shape.data.payload as Json;
  const valid = await verify(signedBytes(kind, payload), fromBase64Url(shape.data.signature));
  return valid ? { payload } : { refused: "signature" };
}

const signedBytes = (kind: StatementKind, payload: Json): Uint8Array =>
  concatBytes([utf8(`overt/1 ${kind}\n`), canonicalBytes(payload)]);

/** RFC 4648 §5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @throws DOMException when it is not base64url */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
