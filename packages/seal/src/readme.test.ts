import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { split } from "shamir-secret-sharing";
import { expect } from "vitest";
import type { Vectors } from "./testing/check-vectors.ts";

// Written from the README alone, with nothing of this package: what it says is enough to open a record.

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const vectors = JSON.parse(read("vectors.json")) as Vectors;
const { input, records } = vectors.segments[1]!;

test("the README's example is the second segment's first fragment", () => {
  const example = read("README.md").split("```")[1] ?? "";
  const bytes = example
    .trim()
    .split("\n")
    .map((line) => /^((?:[0-9a-f]{2,} ?)*)(?: |$)/.exec(line)?.[1]?.replaceAll(" ", "") ?? "")
    .join("");
  expect(bytes).toBe(records[2]);
});

test("from the README alone the example opens", () => {
  const bytes = Buffer.from(records[2]!, "hex");
  const header = createHash("sha256").update(Buffer.from(records[0]!, "hex")).digest();
  const prefix = Buffer.from(bytes.subarray(0, 16));
  prefix.fill(0, 12);
  const body = bytes.subarray(16);
  const nonce = Buffer.concat([Buffer.alloc(8), body.subarray(80, 84)]);
  const { epochKey } = vectors.segmentKeys[1]!;
  const info = Buffer.concat([Buffer.from("overt/1 segment"), Buffer.of(1), body.subarray(0, 32)]);
  const key = Buffer.from(hkdfSync("sha256", Buffer.from(epochKey, "hex"), body.subarray(48, 80), info, 32));
  const decipher = createDecipheriv("aes-256-gcm", key, nonce)
    .setAAD(Buffer.concat([header, prefix, body.subarray(0, 100)]))
    .setAuthTag(body.subarray(-16));
  const plaintext = Buffer.concat([decipher.update(body.subarray(100, -16)), decipher.final()]);
  expect(plaintext.toString("hex")).toBe(input.media[0]!.plaintext);
  expect(key.toString("hex")).toBe(input.key);
});

test.prop([fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 2, max: 6 })])(
  "shares are points of polynomials over AES's field, x in the last byte",
  async (half, k) => {
    const shares = (await split(Uint8Array.from(half), 7, k)).slice(-k);
    expect(Uint8Array.from(half, (_, i) => atZero(shares.map((share) => [share[32]!, share[i]!])))).toEqual(half);
  },
);

/** Lagrange's polynomial through the points, at x = 0. */
function atZero(points: readonly (readonly [number, number])[]): number {
  return points.reduce((sum, [x, y], i) => {
    const others = points.filter((_, j) => j !== i);
    return sum ^ others.reduce((product, [other]) => times(product, times(other, inverse(other ^ x))), y);
  }, 0);
}

/** Modulo x⁸ + x⁴ + x³ + x + 1 (FIPS 197 §4.2). */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return product;
}

const inverse = (a: number): number => {
  for (let b = 1; b < 256; b++) if (times(a, b) === 1) return b;
  throw new RangeError("zero has no inverse");
};
