/** Object identifier of the extension (RFC 5280 §4.2.1.10). */
export const NAME_CONSTRAINTS = "2.5.29.30";

const SEQUENCE = 0x30;
/** `[0]`, constructed: permittedSubtrees. */
const PERMITTED = 0xa0;
/** `[2]`, primitive: a dNSName. */
const DNS_NAME = 0x82;

/**
 * The extension's value for an authority that may sign for these DNS names, and names below them, alone. Who trusts it
 * then gives it no power over other sites.
 */
export function encodeNameConstraints(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const subtrees = names.map((name) => element(SEQUENCE, [element(DNS_NAME, [Buffer.from(name, "latin1")])]));
  return element(SEQUENCE, [element(PERMITTED, subtrees)]);
}

/** The permitted DNS names out of a value that `encodeNameConstraints` wrote; empty for any other. */
export function permittedNames(value: Uint8Array): string[] {
  const permitted = content(content(value, SEQUENCE), PERMITTED);
  const names: string[] = [];
  for (let rest = permitted; rest.length > 0; rest = rest.subarray(wholeLength(rest)))
    names.push(Buffer.from(content(content(rest, SEQUENCE), DNS_NAME)).toString("latin1"));
  return names;
}

/** Whether an authority with these constraints may sign for `name` (RFC 5280: the name itself, or labels before it). */
export function permits(permitted: readonly string[], name: string): boolean {
  return permitted.some((one) => name === one || name.endsWith(`.${one}`));
}

function element(tag: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return new Uint8Array([tag, ...length, ...body]);
}

function content(bytes: Uint8Array, tag: number): Uint8Array {
  if (bytes[0] !== tag) return new Uint8Array();
  return bytes.subarray(headLength(bytes), wholeLength(bytes));
}

const headLength = (bytes: Uint8Array): number => (bytes[1] === 0x82 ? 4 : 2);

function wholeLength(bytes: Uint8Array): number {
  const length = bytes[1] === 0x82 ? ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0) : (bytes[1] ?? 0);
  return headLength(bytes) + length;
}
