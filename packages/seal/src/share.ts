import { sha256 } from "@noble/hashes/sha2.js";
import { type CameraId, type EpochId, fromUtf8, toHex, utf8 } from "@overt/core";
import { Decrypter, Encrypter } from "age-encryption";
import { fromBase64, toBase64 } from "./base64.ts";
import { CUSTODIAN_GROUPS, type CustodianGroup } from "./roster.ts";

/** What a share is a share of. It stands inside the plaintext, so that a stolen recorder cannot relabel it. */
export interface ShareLabel {
  readonly camera: CameraId;
  readonly epoch: EpochId;
  readonly roster: number;
  readonly group: CustodianGroup;
  /** The custodian's place in its group, from 0. */
  readonly index: number;
  readonly custodian: string;
  readonly k: number;
  readonly n: number;
}

/** A share that its custodian has opened. `share` is 32 bytes and the x coordinate. */
export interface Share extends ShareLabel {
  readonly share: Uint8Array<ArrayBuffer>;
}

export type ShareProblem =
  /** Not for this identity, or not as it was encrypted. */
  | { readonly problem: "share_not_opened" }
  /** Opened, but no share in the format that this version knows. */
  | { readonly problem: "share_invalid" }
  /** Opened, but a share of something else: whoever handed it over says of it what it is not. */
  | { readonly problem: "share_relabelled"; readonly says: ShareLabel };

/** Canonical JSON (RFC 8785): members in order, no white space, integers and ASCII only. */
export function encodeShare(share: Share): Uint8Array<ArrayBuffer> {
  const { camera, custodian, epoch, group, index, k, n, roster } = share;
  const members = { camera, custodian, epoch, group, index, k, n, roster, share: toBase64(share.share), v: 1 };
  return utf8(JSON.stringify(members));
}

/** Binds everything that the share says; 256 random bits keep it from being guessed. */
export const commitmentTo = (sharePlaintext: Uint8Array): string => toHex(sha256(sharePlaintext));

/** @param recipient `age1…` */
export function encryptShare(sharePlaintext: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(sharePlaintext);
}

/**
 * A custodian's act: opens one share and holds it against what it was said to be.
 *
 * @param identity `AGE-SECRET-KEY-1…`
 */
export async function openShare(
  ciphertext: Uint8Array,
  identity: string,
  label: ShareLabel,
): Promise<Share | ShareProblem> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plaintext = await decrypter.decrypt(ciphertext).catch(() => null);
  if (!plaintext) return { problem: "share_not_opened" };
  const share = parseShare(plaintext);
  if (!share) return { problem: "share_invalid" };
  const { share: _, ...says } = share;
  return sameLabel(says, label) ? share : { problem: "share_relabelled", says };
}

/** @returns `null` when it is no share in exactly the bytes that `encodeShare` makes */
export function parseShare(plaintext: Uint8Array): Share | null {
  let json: Partial<Record<string, unknown>>;
  try {
    json = Object(JSON.parse(fromUtf8(plaintext)));
  } catch {
    return null;
  }
  const share = typeof json.share === "string" ? fromBase64(json.share) : null;
  const group = CUSTODIAN_GROUPS.find((known) => known === json.group);
  if (share?.length !== 33 || !group || json.v !== 1) return null;
  const { index, k, n, roster } = json;
  const parsed: Share = {
    camera: String(json.camera) as CameraId,
    custodian: String(json.custodian),
    epoch: String(json.epoch) as EpochId,
    group,
    index: Number(index),
    k: Number(k),
    n: Number(n),
    roster: Number(roster),
    share,
  };
  return fromUtf8(encodeShare(parsed)) === fromUtf8(plaintext) ? parsed : null;
}

function sameLabel(a: ShareLabel, b: ShareLabel): boolean {
  return (["camera", "custodian", "epoch", "group", "index", "k", "n", "roster"] as const).every(
    (of) => a[of] === b[of],
  );
}
