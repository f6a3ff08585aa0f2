import { OvertError, utf8 } from "@overt/core";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * RFC 8785: members sorted by their UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 *
 * @throws OvertError `JSON_NOT_CANONICAL` for what JSON does not have, and for text that is no Unicode (RFC 8785 §3.2.2.2)
 */
export const canonicalBytes = (value: Json): Uint8Array<ArrayBuffer> => utf8(canonicalJson(value));

export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === "string" && value.isWellFormed()) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") return `{${members(value as { [name: string]: Json }).join(",")}}`;
  throw new OvertError("JSON_NOT_CANONICAL", `${String(value).slice(0, 40)} has no canonical JSON.`);
}

/** The default order of `sort` is that of UTF-16 code units, as RFC 8785 §3.2.3 wants it. */
function members(value: { [name: string]: Json }): string[] {
  return Object.keys(value)
    .sort()
    .map((name) => `${canonicalJson(name)}:${canonicalJson(value[name]!)}`);
}
