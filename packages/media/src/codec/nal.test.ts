import { expect, test } from "vitest";
import { isKeyType, nalPlace, nalType, startsPicture } from "./nal.ts";

test("an H.264 key picture is an IDR, an H.265 one any IRAP", () => {
  const keys = (codec: "h264" | "h265") =>
    Array.from({ length: 64 }, (_, type) => type).filter((type) => isKeyType(codec, type));
  expect(keys("h264")).toEqual([5]);
  expect(keys("h265")).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
});

test("parameter sets, SEI and delimiters come before a picture, filler and suffix SEI behind its slices", () => {
  expect([1, 5, 6, 7, 8, 9, 12].map((type) => nalPlace("h264", type))).toEqual([
    "slice",
    "slice",
    "head",
    "head",
    "head",
    "head",
    "tail",
  ]);
  expect([1, 19, 21, 32, 33, 34, 35, 39, 38, 40].map((type) => nalPlace("h265", type))).toEqual([
    "slice",
    "slice",
    "slice",
    "head",
    "head",
    "head",
    "head",
    "head",
    "tail",
    "tail",
  ]);
});

test("the first slice of a picture is told from the others", () => {
  expect(startsPicture("h264", Uint8Array.of(0x65, 0x88))).toBe(true);
  expect(startsPicture("h264", Uint8Array.of(0x65, 0x48))).toBe(false);
  expect(startsPicture("h265", Uint8Array.of(0x26, 0x01, 0xaf))).toBe(true);
  expect(startsPicture("h265", Uint8Array.of(0x26, 0x01, 0x2f))).toBe(false);
  expect(nalType("h264", new Uint8Array())).toBe(-1);
});
