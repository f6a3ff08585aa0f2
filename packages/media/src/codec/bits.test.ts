import { fc, test as prop } from "@fast-check/vitest";
import { fromHex, toHex } from "@overt/core";
import { expect, test } from "vitest";
import { BitReader, unescapeNal } from "./bits.ts";

test("emulation prevention is removed wherever it stands", () => {
  expect(toHex(unescapeNal(fromHex("6700000301000003000003000003")))).toBe("67000001000000000000");
  expect(toHex(unescapeNal(fromHex("6700030000020003")))).toBe("6700030000020003");
});

test("the Exp-Golomb codes of H.264 table 9-2 and 9-3 are read", () => {
  const reader = new BitReader(fromHex("a642 98e2 048a".replaceAll(" ", "")));
  expect(Array.from({ length: 9 }, () => reader.ue())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const signed = new BitReader(fromHex("a64298e0"));
  expect(Array.from({ length: 6 }, () => signed.se())).toEqual([0, 1, -1, 2, -2, 3]);
});

test("past the end it gives zeros and says so", () => {
  const reader = new BitReader(fromHex("ff"));
  expect([reader.bits(8), reader.overrun]).toEqual([255, false]);
  expect([reader.bits(4), reader.overrun]).toEqual([0, true]);
  expect(new BitReader(new Uint8Array(9)).ue()).toBe(0);
});

/** The encoder's rule (H.264 §7.4.1). */
function escaped(rbsp: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of rbsp) {
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

prop.prop([fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), { maxLength: 60 })])(
  "undoes what an encoder does",
  (bytes) => {
    // A first byte that is not zero, as every NAL header's.
    const rbsp = Uint8Array.from([0x67, ...bytes]);
    expect(toHex(unescapeNal(escaped(rbsp)))).toBe(toHex(rbsp));
  },
);
