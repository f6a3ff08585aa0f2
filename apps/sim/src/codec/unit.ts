import { createHash } from "node:crypto";

/** One coded picture as a camera sends it. */
export interface AccessUnit {
  /** Without start codes or trailing zeros, in stream order. */
  readonly nals: readonly Uint8Array[];
  readonly key: boolean;
  /** Place in display order, in pictures from the loop's start; differs from decode order where there are B pictures. */
  readonly displayIndex: number;
  /** {@link nalListHash} of `nals`. */
  readonly hash: string;
}

/**
 * SHA-256 of a NAL list, each unit behind its length as 4 bytes big-endian, in hex:
 * equal exactly when the lists are.
 */
export function nalListHash(nals: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  const length = Buffer.alloc(4);
  for (const nal of nals) {
    length.writeUInt32BE(nal.length);
    hash.update(length).update(nal);
  }
  return hash.digest("hex");
}

export function accessUnit(nals: readonly Uint8Array[], key: boolean, displayIndex: number): AccessUnit {
  return { nals, key, displayIndex, hash: nalListHash(nals) };
}
