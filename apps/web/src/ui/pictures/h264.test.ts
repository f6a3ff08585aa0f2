import { expect, test } from "vitest";
import { codecOf } from "./h264.ts";

test("the codec string comes from the SPS, wherever it stands in the unit", () => {
  const unit = Uint8Array.of(0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0, 0, 1, 0x68, 0xce);
  expect(codecOf(unit)).toBe("avc1.42c01f");
});

test("a unit without an SPS has no codec string", () => {
  expect(codecOf(Uint8Array.of(0, 0, 1, 0x41, 0x9a, 1, 2, 3, 4))).toBeNull();
});
