import { test as prop } from "@fast-check/vitest";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeNameConstraints, permits, permittedNames } from "./name-constraints.ts";

test("is written as in RFC 5280 §4.2.1.10", () => {
  expect(Buffer.from(encodeNameConstraints(["localhost", "a.b"])).toString("hex")).toBe(
    "3016a014300b82096c6f63616c686f73743005" + "8203612e62",
  );
});

const anyName = fc.stringMatching(/^[a-z0-9]{1,40}(\.[a-z]{1,20}){0,3}$/);

prop.prop([fc.array(anyName, { minLength: 1, maxLength: 52 })])("reads what it wrote", (names) => {
  expect(permittedNames(encodeNameConstraints(names))).toEqual(names);
});

test("another value permits nothing", () => {
  expect(permittedNames(new Uint8Array())).toEqual([]);
  expect(permittedNames(new Uint8Array([4, 1, 2]))).toEqual([]);
});

test("a name permits itself and what is below it", () => {
  const permitted = ["centre.example"];
  expect(["centre.example", "wall.centre.example"].map((name) => permits(permitted, name))).toEqual([true, true]);
  expect(["example", "xcentre.example", "centre.example.org"].some((name) => permits(permitted, name))).toBe(false);
});
