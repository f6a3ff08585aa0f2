import { fc, test as prop } from "@fast-check/vitest";
import { fromHex, toHex } from "@overt/core";
import { expect, test } from "vitest";
import { joinAnnexB, splitAnnexB } from "./annex-b.ts";

/** No start code inside, and no zero at the end: what a NAL unit is by definition. */
const nalUnit = fc
  .array(fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 40 })
  .map((bytes) => Uint8Array.from([0x65, ...bytes, 0x80]))
  .filter((nal) => !toHex(nal).match(/^(?:..)*?00000[01]/));

prop.prop([fc.array(nalUnit, { maxLength: 8 })])("what is joined splits into the same NAL units", (nals) => {
  expect(splitAnnexB(joinAnnexB(nals)).map(toHex)).toEqual(nals.map(toHex));
});

test("3-byte start codes, trailing zeros and empty pieces are understood", () => {
  const stream = fromHex("0000016742000000000001000001680000000165800000");
  expect(splitAnnexB(stream).map(toHex)).toEqual(["6742", "68", "6580"]);
});

test("nothing splits into nothing", () => {
  expect(splitAnnexB(new Uint8Array())).toEqual([]);
  expect(splitAnnexB(fromHex("000001"))).toEqual([]);
});
