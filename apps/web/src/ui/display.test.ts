import { expect, test } from "vitest";
import { readablePx } from "./display.ts";

test("C93: at two metres small letters are 5.8 mm high", () => {
  const fontPx = readablePx({ distanceM: 2, pitchMm: 0.265 });
  expect(fontPx * 0.52 * 0.265).toBeCloseTo(5.8, 1);
});
