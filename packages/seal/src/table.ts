import { equalBytes, fromUtf8, utf8 } from "@overt/core";
import { fromBase64, toBase64 } from "./base64.ts";
import type { CustodianGroup } from "./roster.ts";

/** What lies in an `original` track's envelope. */
export interface ShareTable {
  readonly roster: number;
  readonly groups: Readonly<Record<CustodianGroup, { readonly k: number; readonly shares: readonly WrappedShare[] }>>;
}

export interface WrappedShare {
  readonly custodian: string;
  /** SHA-256 of the share's plaintext, hexadecimal. */
  readonly commitment: string;
  /** An age file to the custodian's recipient. */
  readonly age: Uint8Array<ArrayBuffer>;
}

/** Canonical JSON (RFC 8785): members in order, no white space, integers and ASCII only. */
export function encodeTable({ groups, roster }: ShareTable): Uint8Array {
  const group = ({ k, shares }: ShareTable["groups"][CustodianGroup]) => ({
    k,
    shares: shares.map(({ age, commitment, custodian }) => ({ age: toBase64(age), commitment, custodian })),
  });
  const { operations, oversight } = groups;
  return utf8(JSON.stringify({ groups: { operations: group(operations), oversight: group(oversight) }, roster, v: 1 }));
}

/** @returns `null` unless `encodeTable` would give the same bytes: one table, one encoding */
export function decodeTable(json: Uint8Array): ShareTable | null {
  try {
    const { groups, roster, v } = JSON.parse(fromUtf8(json)) as EncodedTable;
    const table = {
      roster,
      groups: { operations: decodeGroup(groups.operations), oversight: decodeGroup(groups.oversight) },
    };
    return v === 1 && Number.isInteger(roster) && equalBytes(encodeTable(table), json) ? table : null;
  } catch {
    return null;
  }
}

type EncodedGroup = { k: number; shares: { age: string; commitment: string; custodian: string }[] };
type EncodedTable = { groups: Record<CustodianGroup, EncodedGroup>; roster: number; v: number };

function decodeGroup({ k, shares }: EncodedGroup): ShareTable["groups"][CustodianGroup] {
  if (!Number.isInteger(k) || k < 2) throw new TypeError("k");
  return {
    k,
    shares: shares.map(({ age, commitment, custodian }) => {
      const bytes = fromBase64(age);
      if (!bytes) throw new TypeError("age");
      return { age: bytes, commitment: String(commitment), custodian: String(custodian) };
    }),
  };
}
